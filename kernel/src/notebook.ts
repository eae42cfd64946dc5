import { inspect } from 'node:util';
import {
  type ClearOptions,
  type Comm,
  type CommOptions,
  type CommTarget,
  type DisplayOptions,
  type NotebookApi,
  notebookSymbol,
} from './host.js';

function notebook(): NotebookApi | undefined {
  return (globalThis as Record<symbol, unknown>)[notebookSymbol] as NotebookApi | undefined;
}

function kernelFor(what: string): NotebookApi {
  const api = notebook();
  if (!api) throw new Error(`${what} needs a page to speak to: it works in a notebook on this kernel alone`);
  return api;
}

/**
 * Shows a value in the output of the running cell, as well as the notebook can show it. Resolves when it is shown;
 * what the cell puts out meanwhile keeps its order. Outside a kernel it prints the value.
 *
 * @throws Error if `update` is asked for without an `id`.
 */
export async function display(value: unknown, options: DisplayOptions = {}): Promise<void> {
  const api = notebook();
  if (api) await api.display(value, options);
  else console.log(typeof value === 'string' ? value : inspect(value));
}

/** Removes the outputs of the running cell. Outside a kernel it does nothing. */
export function clearOutput(options: ClearOptions = {}): void {
  notebook()?.clearOutput(options);
}

/**
 * Says what happens when the page opens a comm (a channel for data) to `target`; returns what takes it back.
 *
 * @throws Error outside a kernel.
 */
export function registerComm(target: string, onOpen: CommTarget): () => void {
  return kernelFor('registerComm').registerComm(target, onOpen);
}

/**
 * Opens a comm to what the page has registered as `target`.
 *
 * @throws Error outside a kernel.
 */
export function openComm(target: string, options: CommOptions = {}): Comm {
  return kernelFor('openComm').openComm(target, options);
}

/**
 * Asks the reader for a line of text without showing what is typed, and waits for it.
 *
 * @throws Error outside a kernel, or if the client answers no questions.
 */
export function promptPassword(message = 'Password: '): string {
  return kernelFor('promptPassword').input(message, { password: true });
}
