import type { CellContext } from './execution/cell-context.js';
import type { Executor } from './execution/executor.js';
import { leaveTensorScopes } from './execution/stop-training.js';
import { Interrupted } from './execution/traceback.js';
import type { Cell } from './handlers/cell.js';
import type { ErrorContent, ExecuteReply } from './wire/messages.js';

// A cell must not be able to replace it.
const { setTimeout: later } = globalThis;

/** Milliseconds that an interrupted cell has to end by itself. */
const LAST_CHANCE = 500;

export interface RunningCellOptions {
  readonly context: CellContext<Cell>;
  readonly executor: Executor;
  readonly log: (text: string) => void;
  /** Publishes the error of a cell that was given up. */
  publishError(cell: Cell, error: ErrorContent): void;
}

/** The cell that runs now, if one does: begun, interrupted and, where nothing else helps, given up. */
export class RunningCell {
  readonly #options: RunningCellOptions;
  #cell: Cell | undefined;
  /** Answers for the running cell when nothing else does. */
  #giveUp: (() => void) | undefined;

  constructor(options: RunningCellOptions) {
    this.#options = options;
  }

  get current(): Cell | undefined {
    return this.#cell;
  }

  /** Makes a cell the running one; `enter` runs its synchronous part. */
  begin(cell: Cell): { enter<T>(work: () => T): T; end(): void } {
    this.#cell = cell;
    return {
      enter: (work) => this.#options.context.run(cell, work),
      end: () => {
        if (this.#cell === cell) this.#cell = undefined;
      },
    };
  }

  /**
   * The reply of a cell. Termination may hit the kernel's own work around a cell, on a machine so busy that this takes long
   * enough, or a value's own display may never settle: then the cell that was interrupted is given up.
   *
   * @param handle runs the cell
   * @param count the number of the cell that runs
   */
  reply(handle: () => Promise<ExecuteReply>, count: () => number): Promise<ExecuteReply> {
    return new Promise((resolve, reject) => {
      this.#giveUp = () => {
        const cell = this.#cell!;
        this.#cell = undefined;
        cell.running = false;
        const { stacks } = this.#options.executor;
        const error = stacks.describe(new Interrupted(`${cell.name} was stopped`));
        this.#options.publishError(cell, error);
        resolve({ status: 'error', execution_count: count(), ...error });
      };
      handle().then(resolve, reject);
    });
  }

  /** Stops the running cell, whose code has been terminated where it could not hear. */
  interrupt(): void {
    const { context, executor, log } = this.#options;
    context.recover();
    const cell = this.#cell;
    if (!cell) return;
    context.clearTimers(cell);
    try {
      context.run(cell, () => cell.abort.abort());
    } catch (error) {
      log(`heed: a listener of the cell's AbortSignal failed: ${(error as Error).stack}`);
    }
    cell.output.close();
    try {
      leaveTensorScopes();
    } catch (error) {
      // Terminated half way through its own bookkeeping: the cell must get its reply all the same.
      log(`heed: TensorFlow.js could not be put in order: ${(error as Error).message}`);
    }
    executor.fail(new Interrupted(`${cell.name} was stopped`));
    const giveUp = this.#giveUp;
    later(() => this.#cell === cell && giveUp?.(), LAST_CHANCE);
  }
}
