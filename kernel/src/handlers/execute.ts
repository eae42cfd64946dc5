import { toBundle } from '../display/bundle.js';
import { CellOutput, type Publish } from '../execution/outputs.js';
import type { ErrorContent, ExecuteReply, ExecuteRequest, Header } from '../wire/messages.js';
import type { HandlerContext } from './context.js';

/** One execution of a cell. */
export class Cell {
  readonly name: string;
  readonly output: CellOutput;
  readonly abort = new AbortController();
  /** An error that came from outside the cell's own flow: a timer, a promise that nobody awaits. */
  stray: ErrorContent | undefined;
  running = true;

  constructor(name: string, output: CellOutput) {
    this.name = name;
    this.output = output;
  }

  get interrupted(): boolean {
    return this.abort.signal.aborted;
  }
}

export interface ExecuteContext extends HandlerContext {
  readonly publish: Publish;
  /** Makes a cell the running one; `enter` runs its synchronous part. */
  begin(cell: Cell): { enter<T>(work: () => T): T; end(): void };
}

const { setImmediate: soon } = globalThis;

/** execute_request: runs the cells of one kernel, one after the other. */
export class ExecuteHandler {
  readonly #context: ExecuteContext;
  #count = 0;

  constructor(context: ExecuteContext) {
    this.#context = context;
  }

  get count(): number {
    return this.#count;
  }

  async handle(content: Record<string, unknown>, header: Header): Promise<ExecuteReply> {
    const request = content as unknown as ExecuteRequest;
    const code = String(request.code ?? '');
    const silent = request.silent === true;
    const counts = !silent && request.store_history !== false;
    const { executor, history, publish, begin } = this.#context;
    if (counts) this.#count++;
    const execution_count = this.#count;
    const entry = counts ? history.add(execution_count, code) : undefined;
    const cell = new Cell(`cell ${execution_count}`, new CellOutput(header, publish, { silent }));
    if (!silent) publish('execute_input', header, { code, execution_count });
    const { enter, end } = begin(cell);
    try {
      const outcome = await executor.execute(code, cell.name, enter);
      // Node tells of a rejection that nobody handles when the present turn is over.
      await new Promise<void>((resolve) => soon(resolve));
      if (outcome.status === 'error' || cell.stray) {
        const error = outcome.status === 'error' ? outcome.error : cell.stray!;
        if (cell.interrupted) publish('error', header, { ...error });
        else if (error !== cell.stray) cell.output.send('error', { ...error });
        await cell.output.drained();
        return { status: 'error', execution_count, ...error };
      }
      if (outcome.hasValue && outcome.value !== undefined && !silent) {
        const bundle = await enter(() => toBundle(outcome.value));
        if (entry && typeof bundle.data['text/plain'] === 'string') entry.output = bundle.data['text/plain'];
        cell.output.send('execute_result', { execution_count, ...bundle });
      }
      const user_expressions = await this.#evaluate(request.user_expressions ?? {}, enter);
      await cell.output.drained();
      return { status: 'ok', execution_count, user_expressions, payload: [] };
    } finally {
      cell.running = false;
      end();
    }
  }

  async #evaluate(
    expressions: Record<string, string>,
    enter: <T>(work: () => T) => T,
  ): Promise<Record<string, unknown>> {
    const results: Record<string, unknown> = {};
    for (const [key, expression] of Object.entries(expressions)) {
      const outcome = await this.#context.executor.execute(`(${expression});`, `expression ${key}`, enter);
      results[key] =
        outcome.status === 'ok'
          ? { status: 'ok', ...(await enter(() => toBundle(outcome.value))) }
          : { status: 'error', ...outcome.error };
    }
    return results;
  }
}
