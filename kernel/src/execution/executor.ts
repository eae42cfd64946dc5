import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Conversion, Converter, Declarations } from '../convert/index.js';
import { Linker } from '../convert/linker.js';
import { type CellContext, Scope } from '../convert/scope.js';
import { noDeclarations } from '../convert/state.js';
import type { ErrorContent } from '../wire/messages.js';
import { keepHeapSmall, letHeapGrow } from './memory.js';
import { moduleHost, requireFrom } from './modules.js';
import { locator } from './source-map.js';
import { startFromLoop } from './start.js';
import { makeTrainingStoppable } from './stop-training.js';
import { describeDiagnostics, Interrupted, StackWriter } from './traceback.js';

/** How a cell ended. `value` is there only if its last statement is an expression. */
export type Outcome =
  | { readonly status: 'ok'; readonly hasValue: boolean; readonly value: unknown }
  | { readonly status: 'error'; readonly error: ErrorContent };

export interface ExecutorOptions {
  /** Made while the kernel already answers; the first cell waits for it. */
  readonly converter: Promise<Converter>;
  /** The notebook's folder: modules are resolved from here. */
  readonly folder: string;
  /** The signal of the cell whose code is executing, aborted when that is stopped. */
  readonly cellSignal: () => AbortSignal | undefined;
}

export interface CellOptions {
  /** How the cell is called in stacks. */
  readonly name: string;
  /** Runs the synchronous part, so that a caller can say whose code it is. */
  enter<T>(work: () => T): T;
  /** Asked before anything of the cell runs: it may have been stopped while it was converted. */
  isStopped(): boolean;
}

type Result = { readonly value: unknown } | undefined;
type CellFunction = (context: CellContext) => Result | Promise<Result>;

/** Runs cells one after the other and keeps their names. */
export class Executor {
  readonly stacks: StackWriter;
  readonly converter: Promise<Converter>;
  readonly #file: string;
  readonly #require: NodeJS.Require;
  readonly #cellSignal: () => AbortSignal | undefined;
  readonly #scope = new Scope();
  #linker = new Linker(moduleHost);
  #linking = false;
  #declarations = noDeclarations;
  #fail: ((error: unknown) => void) | undefined;

  constructor({ converter, folder, cellSignal }: ExecutorOptions) {
    this.#cellSignal = cellSignal;
    this.converter = converter;
    this.stacks = new StackWriter(folder);
    this.#file = join(folder, 'cell.ts');
    this.#require = requireFrom(this.#file);
  }

  /** All that is known of the names of earlier cells. */
  get declarations(): Declarations {
    return this.#declarations;
  }

  /** Converts and runs a cell. Never rejects. */
  async execute(source: string, { name, enter, isStopped }: CellOptions): Promise<Outcome> {
    let converter: Converter;
    let conversion: Conversion;
    try {
      converter = await this.converter;
      conversion = converter.convert(source, this.#declarations);
    } catch (error) {
      return { status: 'error', error: this.stacks.describe(error) };
    }
    if (!conversion.ok) {
      const errors = conversion.diagnostics.filter(({ category }) => category === 'error');
      return { status: 'error', error: describeDiagnostics(errors, source, name) };
    }
    this.stacks.add(name, locator(conversion.map));
    for (const { path, map } of conversion.sideModules) this.stacks.add(path, locator(map));
    const before = this.#declarations;
    let context: CellContext | undefined;
    try {
      const result = await this.#settled((end) => {
        if (isStopped()) throw new Interrupted(`${name} was stopped`);
        const run = (modules: object[]) => {
          makeTrainingStoppable(this.#cellSignal);
          context = this.#contextOf(modules);
          const cell = moduleHost.evaluate(conversion.code, name) as CellFunction;
          letHeapGrow();
          const returned = enter(() => cell(context!));
          if (conversion.hasTopLevelAwait) (returned as Promise<Result>).then(end.resolve, end.reject);
          else {
            keepHeapSmall();
            end.resolve(returned as Result);
          }
        };
        if (conversion.imports.length === 0) run([]);
        else this.#link(conversion, enter, end, run);
      });
      this.#declarations = conversion.declarations;
      return { status: 'ok', hasValue: result !== undefined, value: result?.value };
    } catch (error) {
      const lost = conversion.names.filter((known) => !context?.assigned.has(known));
      this.#declarations = converter.withoutNames(before, conversion.declarations, lost);
      return { status: 'error', error: this.stacks.describe(error) };
    } finally {
      keepHeapSmall();
    }
  }

  /** Ends the running cell with an error, whatever becomes of its code. */
  fail(error: unknown): void {
    this.#fail?.(error);
    // A module that was being loaded when its code was terminated never comes to an end.
    if (this.#linking) this.#linker = new Linker(moduleHost);
    this.#linking = false;
  }

  /** Loads what the cell imports and then runs it. */
  #link(
    { imports, sideModules }: Pick<Conversion, 'imports' | 'sideModules'>,
    enter: CellOptions['enter'],
    end: End,
    run: (modules: object[]) => void,
  ): void {
    this.#linking = true;
    enter(() => this.#linker.load(imports, sideModules, this.#file)).then(
      (modules) => {
        this.#linking = false;
        startFromLoop(() => end.guard(() => run(modules)));
      },
      (error) => {
        this.#linking = false;
        end.reject(error);
      },
    );
  }

  /** Starts `work` from the loop; settles by what it is handed or by `fail`, whichever comes first. */
  #settled(work: (end: End) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      let open = true;
      const once =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          if (!open) return;
          open = false;
          this.#fail = undefined;
          settle(value);
        };
      const end: End = {
        resolve: once(resolve),
        reject: once(reject),
        guard: (part) => {
          if (!open) return;
          try {
            part();
          } catch (error) {
            end.reject(error);
          }
        },
      };
      this.#fail = end.reject;
      startFromLoop(() => end.guard(() => work(end)));
    });
  }

  #contextOf(modules: object[]): CellContext {
    return this.#scope.context({
      modules,
      import: async (specifier) => this.#import(String(specifier)),
      meta: { url: pathToFileURL(this.#file).href },
      require: this.#require,
      module: { exports: {} },
      exports: {},
      __filename: this.#file,
      __dirname: join(this.#file, '..'),
    });
  }

  /** `import()`: which file it means, and whether that has to be converted, is known only when it runs. */
  async #import(specifier: string): Promise<unknown> {
    const local = /^\.{0,2}\//.test(specifier);
    const { imports, sideModules } = local
      ? (await this.converter).convert(`import ${JSON.stringify(specifier)};`, noDeclarations)
      : { imports: [{ specifier }], sideModules: [] };
    for (const { path, map } of sideModules) this.stacks.add(path, locator(map));
    return (await this.#linker.load(imports, sideModules, this.#file))[0];
  }
}

interface End {
  resolve(result: Result): void;
  reject(error: unknown): void;
  /** Runs a part of the cell unless it has ended; what it throws ends it. */
  guard(part: () => void): void;
}
