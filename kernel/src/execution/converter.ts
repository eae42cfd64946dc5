/** What a converter found wrong in a cell, or in a local module that it imports. Nothing is run then. */
export interface Diagnostic {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units. */
  readonly character: number;
  /** UTF-16 units from the start of what is meant. */
  readonly length: number;
  /** TypeScript's number of the message, 2322 in TS2322. */
  readonly code: number;
  readonly message: string;
  /** A local module, relative to the notebook's folder; absent when the place is in the cell. */
  readonly file?: string;
}

/** A local module, converted: `path` is absolute and ends in `.js`, `code` is CommonJS. */
export interface SideOutput {
  readonly path: string;
  readonly code: string;
  /** Source map of version 3 as JSON, from `code` to the module's TypeScript. */
  readonly sourceMap?: string;
}

/** A cell as JavaScript. */
export interface Conversion {
  /** Empty when the cell may run. */
  readonly diagnostics: readonly Diagnostic[];
  /**
   * The body of a function `(exports, require)`, async if `hasTopLevelAwait`. Every top-level name of the cell is
   * written to `exports` when it is assigned; names of earlier cells are read from `exports`.
   */
  readonly output: string;
  /** Source map of version 3 as JSON, from `output` to the cell's source. */
  readonly sourceMap?: string;
  /** All names known after this cell, as a declaration file: what the next `convert` wants. */
  readonly declarations: string;
  /** The top-level values that the cell declares, imports and functions too; types are not among them. */
  readonly names: readonly string[];
  /** The name in `exports` that holds the value of the last expression; absent when the cell ends otherwise. */
  readonly lastExpressionVariable?: string;
  readonly hasTopLevelAwait: boolean;
  readonly sideOutputs: readonly SideOutput[];
}

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly string[];
}

export interface Inspection {
  /** The symbol's type and documentation as text. */
  readonly text: string;
}

export type Completeness =
  | { readonly status: 'complete' | 'invalid' }
  | { readonly status: 'incomplete'; readonly indent: string };

/** TypeScript cells to JavaScript. A converter has no memory of cells: the declarations so far are handed in. */
export interface Converter {
  /** The version of TypeScript that it really uses. */
  readonly typescriptVersion: string;
  convert(previousDeclarations: string, source: string): Conversion;
  /** Declarations after a cell that stopped half way: those of `next`, but for `lost`, which keep their `previous` meaning, if any. */
  withoutNames(previous: string, next: string, lost: readonly string[]): string;
  /** `position` counts UTF-16 units. */
  complete(previousDeclarations: string, source: string, position: number): Completion;
  inspect(previousDeclarations: string, source: string, position: number): Inspection | undefined;
  isComplete(source: string): Completeness;
  close(): void;
}
