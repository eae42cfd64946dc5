import { tslabDisplay } from '../figures/display.js';

/** What a kernel offers to the library: the only way in which the library speaks or listens by itself. */
export interface Host {
  /** Shows a MIME bundle below the running cell, or replaces the one shown under the same id. */
  display(
    bundle: Record<string, unknown>,
    options?: { id?: string; update?: boolean; metadata?: object },
  ): void;
  /** Aborted when the running cell is interrupted. */
  signal(): AbortSignal | undefined;
}

/** Where a kernel puts its `Host`. */
export const HOST: unique symbol = Symbol.for('heed.host');

/** The kernel's host, on stock tslab its display API, or undefined where the library runs in a plain program. */
export function currentHost(): Host | undefined {
  return (globalThis as { [HOST]?: Host })[HOST] ?? tslabHost();
}

/** Stock tslab does not tell its cells that they are interrupted. */
function tslabHost(): Host | undefined {
  const display = tslabDisplay();
  return display && { display, signal: () => undefined };
}

/** Aborted when the running cell is interrupted; undefined outside a notebook. Pass it to whatever takes long. */
export function cellSignal(): AbortSignal | undefined {
  return currentHost()?.signal();
}

/** Shows a bundle; without a host its plain text is printed as a line. */
export function show(bundle: Record<string, unknown>): void {
  const host = currentHost();
  if (host) host.display(bundle);
  else console.log(String(bundle['text/plain'] ?? ''));
}

/** Text for HTML. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
