/** What the converter needs of the machine it runs on; `node-host.ts` fills it for Node, a browser may for itself. */
export interface ConverterHost {
  /** Absolute folder of the notebook; `/` separates, also on Windows. */
  readonly directory: string;
  /** Folder of TypeScript's `lib.*.d.ts`. */
  readonly libDirectory: string;
  readonly caseSensitive: boolean;
  /** Declaration files of last resort, such as Node's when the notebook's own project installs none. */
  readonly fallbackTypes?: readonly string[];
  /** A folder from which packages are looked for that the notebook's own folder does not lead to. */
  readonly fallbackDirectory?: string;
  readFile(path: string): string | undefined;
  fileExists(path: string): boolean;
  directoryExists(path: string): boolean;
  directories(path: string): string[];
  readDirectory(
    path: string,
    extensions?: readonly string[],
    exclude?: readonly string[],
    include?: readonly string[],
    depth?: number,
  ): string[];
  realPath(path: string): string;
  /** Anything that differs after a file's content did, such as its time and size; `undefined` when it is gone. */
  version(path: string): string | undefined;
}

export interface ConverterOptions {
  /** Declarations of globals that the kernel adds, as the text of a `.d.ts` file. */
  readonly globals?: string;
}

/** A top-level name that earlier cells left behind. */
export interface NameEntry {
  readonly name: string;
  /** The declaration module that exports it. */
  readonly module: number;
  /** Declared with `let` or `var`: a later cell may assign to it. */
  readonly mutable: boolean;
  /** It stands for something at run time. */
  readonly value: boolean;
  /** It can stand in a type. */
  readonly type: boolean;
}

/** The `.d.ts` of one earlier cell. */
export interface DeclarationModule {
  readonly id: number;
  readonly text: string;
  /** It augments globals or other modules and is in force without being imported. */
  readonly ambient: boolean;
}

/**
 * All that a conversion knows of earlier cells. Immutable plain data: it may be kept, compared, written as JSON and
 * handed to another converter. It holds the modules that live names still reach, so its size follows what can be named.
 */
export interface Declarations {
  readonly next: number;
  readonly modules: readonly DeclarationModule[];
  readonly names: readonly NameEntry[];
}

export type Category = 'error' | 'warning';

export interface Diagnostic {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units. */
  readonly character: number;
  /** UTF-16 units. */
  readonly length: number;
  /** TypeScript's number, 2322 in TS2322; 0 when the converter itself failed. */
  readonly code: number;
  readonly message: string;
  readonly category: Category;
  /** A local module, relative to the notebook's folder; absent when the place is in the cell. */
  readonly file?: string;
}

/** One module that must be loaded before the code runs. `path` names a side module; without it the loader resolves. */
export interface ModuleImport {
  readonly specifier: string;
  readonly path?: string;
}

/** A local module made CommonJS: `code` is `(function (exports, require, module, __filename, __dirname, $$meta) {…})`. */
export interface SideModule {
  /** Absolute path of the source. */
  readonly path: string;
  readonly code: string;
  /** Source map of version 3 as JSON. */
  readonly map: string;
  /** Changes with the source. */
  readonly version: string;
  /** `code` is an async function. */
  readonly hasTopLevelAwait: boolean;
  readonly imports: readonly ModuleImport[];
}

/** The last statement, when it is an expression: the code returns `{ value }` then. */
export interface ResultExpression {
  readonly start: number;
  readonly length: number;
  /** Its type, as an editor would show it. */
  readonly type: string;
}

export interface Conversion {
  /** No diagnostic is an error. */
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** `(function ($$) {…})`, async if `hasTopLevelAwait`; empty after a syntax error. See `scope.ts` for `$$`. */
  readonly code: string;
  /** Source map of version 3 as JSON, from `code` to the cell. */
  readonly map: string;
  /** For the next cell, had this one run to its end. Unchanged after a syntax error. */
  readonly declarations: Declarations;
  /** Top-level values that the cell declares, imports among them; types are not. */
  readonly names: readonly string[];
  readonly hasTopLevelAwait: boolean;
  readonly resultExpression?: ResultExpression;
  /** In the order of `$$.modules`. */
  readonly imports: readonly ModuleImport[];
  /** Every local module that the imports reach. */
  readonly sideModules: readonly SideModule[];
}

export interface CompletionCandidate {
  readonly text: string;
  /** TypeScript's word for it: const, function, method, property, module … */
  readonly kind: string;
}

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly CompletionCandidate[];
}

export interface Inspection {
  readonly start: number;
  readonly length: number;
  /** The signature or type. */
  readonly signature: string;
  /** The doc comment, tags included. */
  readonly documentation: string;
}

export type Completeness =
  | { readonly status: 'complete' | 'invalid' }
  | { readonly status: 'incomplete'; readonly indent: string };
