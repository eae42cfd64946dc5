/**
 * What the kernel puts in the global scope for libraries and cells: the host contract that libraries speak to, and
 * `display`.
 */
export interface Host {
  display(
    bundle: Record<string, unknown>,
    options?: { id?: string; update?: boolean; metadata?: object },
  ): void;
  signal(): AbortSignal | undefined;
}

export interface DisplayOptions {
  /** Marks the output, so that a later call with `update` replaces it. */
  readonly id?: string;
  /** Replace the outputs marked with `id` instead of adding one. */
  readonly update?: boolean;
}

export interface ClearOptions {
  /** Clear when the next output comes, so that nothing flickers. */
  readonly wait?: boolean;
}

export interface NotebookApi {
  display(value: unknown, options?: DisplayOptions): Promise<void>;
  clearOutput(options?: ClearOptions): void;
}

export const hostSymbol = Symbol.for('heed.host');
export const notebookSymbol = Symbol.for('heed.notebook');

/** The same for TypeScript: what a cell may use without an import. */
export const GLOBAL_DECLARATIONS = `
/** Shows a value as the notebook can show it best. With \`id\`, a later call with \`update: true\` replaces what was shown. */
declare function display(value: unknown, options?: { readonly id?: string; readonly update?: boolean }): Promise<void>;
/** Removes the outputs of the running cell; with \`wait\`, when its next output comes. */
declare function clearOutput(options?: { readonly wait?: boolean }): void;
`;
