import { inspect } from 'node:util';
import { type ClearOptions, type DisplayOptions, type NotebookApi, notebookSymbol } from './host.js';

function notebook(): NotebookApi | undefined {
  return (globalThis as Record<symbol, unknown>)[notebookSymbol] as NotebookApi | undefined;
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
