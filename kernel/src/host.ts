/**
 * What the kernel puts in the global scope for libraries and cells: the host contract that libraries speak to, and
 * what a cell uses of the notebook around it.
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

export interface InputOptions {
  /** Hide what is typed. */
  readonly password?: boolean;
}

/** What comes over a comm. */
export interface CommMessage {
  readonly data: unknown;
  readonly metadata: Record<string, unknown>;
  readonly buffers: readonly Uint8Array[];
}

export interface CommOptions {
  readonly data?: unknown;
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly Uint8Array[];
}

export type CommListener = (message: CommMessage) => void | Promise<void>;
/** Called when the page opens a comm of this target. */
export type CommTarget = (comm: Comm, message: CommMessage) => void | Promise<void>;

/** A channel between code in the kernel and code in the page. */
export interface Comm {
  readonly id: string;
  readonly target: string;
  /** @throws Error if the comm is closed. */
  send(data: unknown, options?: Omit<CommOptions, 'data'>): void;
  close(data?: unknown): void;
  /** Returns what removes the listener. */
  onMessage(listener: CommListener): () => void;
  /** Called when the page closes the comm. Returns what removes the listener. */
  onClose(listener: CommListener): () => void;
}

export interface NotebookApi {
  display(value: unknown, options?: DisplayOptions): Promise<void>;
  clearOutput(options?: ClearOptions): void;
  input(prompt: string, options?: InputOptions): string;
  registerComm(target: string, onOpen: CommTarget): () => void;
  openComm(target: string, options?: CommOptions): Comm;
}

export const hostSymbol = Symbol.for('heed.host');
export const notebookSymbol = Symbol.for('heed.notebook');

/** The same for TypeScript: what a cell may use without an import. */
export const GLOBAL_DECLARATIONS = `
/** Shows a value as the notebook can show it best. With \`id\`, a later call with \`update: true\` replaces what was shown. */
declare function display(value: unknown, options?: { readonly id?: string; readonly update?: boolean }): Promise<void>;
/** Removes the outputs of the running cell; with \`wait\`, when its next output comes. */
declare function clearOutput(options?: { readonly wait?: boolean }): void;
/** Asks the reader for a line of text and waits for it. An empty answer gives \`initial\`, if there is one. */
declare function prompt(message?: string, initial?: string): string | null;
/** Asks the reader a question that is answered with yes or no, and waits for it. */
declare function confirm(message?: string): boolean;
`;
