import { constants, Script } from 'node:vm';
import type { ErrorContent } from '../wire/messages.js';
import type { Conversion, Converter } from './converter.js';
import { CellModules } from './modules.js';
import { locator } from './source-map.js';
import { describeDiagnostics, Interrupted, StackWriter } from './traceback.js';

/** How a cell ended. `value` is there only if its last statement is an expression. */
export type Outcome =
  | { readonly status: 'ok'; readonly hasValue: boolean; readonly value: unknown }
  | { readonly status: 'error'; readonly error: ErrorContent };

export interface ExecutorOptions {
  readonly converter: Converter;
  /** The notebook's folder: modules are resolved from here. */
  readonly folder: string;
  /** Names that every cell knows, with their types as a declaration file. */
  readonly globals: { readonly declarations: string; readonly values: Record<string, unknown> };
}

/**
 * Runs cells one after the other and keeps their names.
 *
 * A cell is a function of its own; each of its top-level names is copied to a common scope when it is assigned, and
 * later cells read and write the common scope. Two things follow that differ from one long module: a function of an
 * earlier cell goes on seeing the variables of its own cell, also after a later cell has assigned or redefined them; and
 * a name that a cell did not reach before it threw keeps the meaning that it had before.
 */
export class Executor {
  readonly stacks: StackWriter;
  readonly #converter: Converter;
  readonly #modules: CellModules;
  readonly #scope: Record<string, unknown>;
  #declarations: string;
  #stop: ((error: Interrupted) => void) | undefined;

  constructor({ converter, folder, globals }: ExecutorOptions) {
    this.#converter = converter;
    this.stacks = new StackWriter(folder);
    this.#modules = new CellModules(folder, this.stacks);
    this.#scope = { ...globals.values };
    this.#declarations = globals.declarations;
  }

  get converter(): Converter {
    return this.#converter;
  }

  /** All names known so far, as a declaration file. */
  get declarations(): string {
    return this.#declarations;
  }

  /**
   * Converts and runs a cell. Never rejects. `enter` runs the synchronous part, so that a caller can say whose code
   * it is; `name` is how the cell is called in stacks.
   */
  async execute(source: string, name: string, enter: <T>(work: () => T) => T): Promise<Outcome> {
    let conversion: Conversion;
    try {
      conversion = this.#converter.convert(this.#declarations, source);
    } catch (error) {
      return { status: 'error', error: this.stacks.describe(error) };
    }
    this.#modules.update(conversion.sideOutputs);
    if (conversion.diagnostics.length > 0) {
      return { status: 'error', error: describeDiagnostics(conversion.diagnostics, source, name) };
    }
    if (conversion.sourceMap) this.stacks.add(name, locator(conversion.sourceMap));
    const assigned = new Set<string>();
    const last = conversion.lastExpressionVariable;
    try {
      await this.#run(conversion, name, this.#exportsOf(assigned), enter);
      this.#declarations = conversion.declarations;
      const value = last === undefined ? undefined : this.#scope[last];
      return { status: 'ok', hasValue: last !== undefined, value };
    } catch (error) {
      const lost = conversion.names.filter((each) => !assigned.has(each));
      this.#declarations = lost.length
        ? this.#converter.withoutNames(this.#declarations, conversion.declarations, lost)
        : conversion.declarations;
      return { status: 'error', error: this.stacks.describe(error) };
    } finally {
      if (last !== undefined) delete this.#scope[last];
    }
  }

  /** Ends the running cell, whatever becomes of its code. */
  interrupt(name: string): void {
    this.#stop?.(new Interrupted(`${name} was stopped`));
  }

  #run(conversion: Conversion, name: string, exports: object, enter: <T>(work: () => T) => T): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        if (this.#stop === reject) this.#stop = undefined;
        settle();
      };
      this.#stop = reject;
      // Code that is terminated from outside takes with it every frame below it, so that none may be awaited:
      // it is started from the loop, and only `interrupt` settles it then.
      const start = () => {
        try {
          const kind = conversion.hasTopLevelAwait ? 'async function' : 'function';
          const script = new Script(`(${kind} (exports, require) {\n${conversion.output}\n})`, {
            filename: name,
            lineOffset: -1,
            importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
          });
          const cell = script.runInThisContext() as (exports: object, require: NodeJS.Require) => unknown;
          const result = enter(() => cell(exports, this.#modules.require));
          if (!conversion.hasTopLevelAwait) end(resolve);
          else {
            (result as Promise<unknown>).then(
              () => end(resolve),
              (error) => end(() => reject(error)),
            );
          }
        } catch (error) {
          end(() => reject(error));
        }
      };
      startFromLoop(start);
    });
  }

  /** The common scope as the `exports` of one cell; notes what the cell assigns. */
  #exportsOf(assigned: Set<string>): object {
    const scope = this.#scope;
    return new Proxy(scope, {
      set: (_target, key, value) => {
        assigned.add(String(key));
        scope[key as string] = value;
        return true;
      },
      // TypeScript defines imported names by getters, which could not be assigned again.
      defineProperty: (_target, key, attributes) => {
        if (key === '__esModule') return true;
        assigned.add(String(key));
        scope[key as string] = attributes.get ? attributes.get() : attributes.value;
        return true;
      },
    });
  }
}

const startFromLoop = (() => {
  const { port1, port2 } = new MessageChannel();
  let next: (() => void) | undefined;
  port1.onmessage = () => next?.();
  // The sockets' thread keeps the process alive.
  (port1 as unknown as { unref(): void }).unref();
  // A message's callback is the one from which terminated code leaves Node's own bookkeeping whole.
  return (work: () => void) => {
    next = work;
    port2.postMessage(null);
  };
})();
