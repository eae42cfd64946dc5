import { promiseHooks } from 'node:v8';
import { allowTermination, clearAsyncStack, forgetAsyncIds, surviveAsyncHooks } from './termination.js';

/**
 * Knows which cell a piece of code belongs to, also after an `await` or in a timer, so that late output and late
 * errors go where they come from.
 *
 * Not AsyncLocalStorage: on Node 20 and 22 it keeps a stack of ids for each continuation, and when a continuation is
 * terminated from outside (see the interrupt) that stack is left askew and Node aborts the process. V8's promise hooks
 * carry the cell from a promise to its continuations without a stack; timers are wrapped here. Callbacks of other
 * sources (files, sockets) that use no promise count as of the cell that runs or ran last.
 */
export class CellContext<Cell extends { readonly interrupted: boolean }> {
  readonly #key = Symbol('cell');
  readonly #timers = new Map<Cell, Set<() => void>>();
  #current: Cell | undefined;
  #last: Cell | undefined;
  #onError: (error: unknown, cell: Cell | undefined) => void;

  constructor(onError: (error: unknown, cell: Cell | undefined) => void) {
    this.#onError = onError;
  }

  /** The cell whose code is executing. */
  get current(): Cell | undefined {
    return this.#current ?? this.#last;
  }

  install(): void {
    allowTermination();
    surviveAsyncHooks();
    type Marked = Promise<unknown> & Record<symbol, Cell | undefined>;
    const key = this.#key;
    promiseHooks.createHook({
      init: (promise) => {
        if (this.#current) (promise as Marked)[key] = this.#current;
      },
      before: (promise) => {
        this.#current = (promise as Marked)[key];
      },
      after: () => {
        this.#current = undefined;
      },
    });
    this.#wrapTimers();
    this.#wrapTicks();
    process.on('unhandledRejection', (reason, promise) => {
      this.#onError(reason, (promise as Marked)[key] ?? this.#last);
    });
    process.on('uncaughtException', (error) => this.#onError(error, this.current));
  }

  /** Runs the synchronous part of a cell; what it starts remembers the cell. */
  run<T>(cell: Cell, work: () => T): T {
    const before = this.#current;
    this.#current = cell;
    this.#last = cell;
    forgetAsyncIds();
    try {
      return work();
    } finally {
      this.#current = before;
    }
  }

  /** After code was terminated: no frame of it could clean up. */
  recover(): void {
    this.#current = undefined;
    clearAsyncStack();
  }

  /** Forgets the timers of a cell, so that a loop that sleeps does not wake again. */
  clearTimers(cell: Cell): void {
    for (const clear of this.#timers.get(cell) ?? []) clear();
    this.#timers.delete(cell);
  }

  #wrapTicks(): void {
    type Callback = (...values: unknown[]) => void;
    const inCell = (callback: Callback): Callback => {
      const cell = this.#current;
      if (!cell || typeof callback !== 'function') return callback;
      return (...values) => this.run(cell, () => callback(...values));
    };
    const { nextTick } = process;
    process.nextTick = (callback: Callback, ...values: unknown[]) => nextTick(inCell(callback), ...values);
    const { queueMicrotask } = globalThis;
    globalThis.queueMicrotask = (callback) => queueMicrotask(inCell(callback) as () => void);
  }

  #wrapTimers(): void {
    const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globalThis;
    type Callback = (...values: unknown[]) => void;
    // biome-ignore lint/suspicious/noExplicitAny: Node's timers have overloads that one wrapper serves.
    const wrap = (original: any, clear: any, once: boolean): any => {
      const wrapped = (callback: Callback, ...rest: unknown[]) => {
        const cell = this.#current;
        if (!cell || typeof callback !== 'function') return original(callback, ...rest);
        if (cell.interrupted) return original(() => undefined, 0);
        const timers = this.#timers.get(cell) ?? new Set();
        this.#timers.set(cell, timers);
        const forget = () => clear(timer);
        const timer = original(
          (...values: unknown[]) => {
            if (once) timers.delete(forget);
            try {
              this.run(cell, () => callback(...values));
            } catch (error) {
              this.#onError(error, cell);
            }
            // The continuations that the callback woke belong to its cell by their promises.
          },
          ...rest,
        );
        timers.add(forget);
        return timer;
      };
      return Object.assign(wrapped, original);
    };
    globalThis.setTimeout = wrap(setTimeout, clearTimeout, true);
    globalThis.setInterval = wrap(setInterval, clearInterval, false);
    globalThis.setImmediate = wrap(setImmediate, clearImmediate, true);
    // util.promisify finds the promise form on this symbol.
    for (const [to, from] of [
      [globalThis.setTimeout, setTimeout],
      [globalThis.setImmediate, setImmediate],
    ] as const) {
      for (const symbol of Object.getOwnPropertySymbols(from)) {
        Object.defineProperty(to, symbol, Object.getOwnPropertyDescriptor(from, symbol)!);
      }
    }
  }
}
