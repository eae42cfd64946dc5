import { toBundle } from '../display/bundle.js';
import type { CellOptions } from '../execution/executor.js';
import { CellOutput, type Publish } from '../execution/outputs.js';
import type { ExecuteReply, ExecuteRequest, Message } from '../wire/messages.js';
import { Cell } from './cell.js';
import type { HandlerContext } from './context.js';

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

  async handle(message: Message): Promise<ExecuteReply> {
    const { header } = message;
    const request = message.content as unknown as ExecuteRequest;
    const code = String(request.code ?? '');
    const silent = request.silent === true;
    const counts = !silent && request.store_history !== false;
    const { executor, history, publish, begin } = this.#context;
    if (counts) this.#count++;
    const execution_count = this.#count;
    const entry = counts ? history.add(execution_count, code) : undefined;
    const cell = new Cell(`cell ${execution_count}`, new CellOutput(header, publish, { silent }), message, {
      allowsInput: request.allow_stdin === true,
    });
    if (!silent) publish('execute_input', header, { code, execution_count });
    const { enter, end } = begin(cell);
    try {
      const isStopped = () => cell.interrupted;
      const outcome = await executor.execute(code, { name: cell.name, enter, isStopped });
      // Node tells of a rejection that nobody handles when the present turn is over.
      await new Promise<void>((resolve) => soon(resolve));
      if (outcome.status === 'error' || cell.stray) {
        const error = outcome.status === 'error' ? outcome.error : cell.stray!;
        // Not once more for a cell that was given up.
        if (cell.interrupted && cell.running) publish('error', header, { ...error });
        else if (error !== cell.stray) cell.output.send('error', { ...error });
        await cell.output.drained();
        return { status: 'error', execution_count, ...error };
      }
      if (outcome.hasValue && outcome.value !== undefined && !silent) {
        const bundle = await enter(() => toBundle(outcome.value));
        if (entry && typeof bundle.data['text/plain'] === 'string') entry.output = bundle.data['text/plain'];
        cell.output.send('execute_result', { execution_count, ...bundle });
      }
      const user_expressions = await this.#evaluate(request.user_expressions ?? {}, { enter, isStopped });
      await cell.output.drained();
      return { status: 'ok', execution_count, user_expressions, payload: [] };
    } finally {
      cell.running = false;
      end();
    }
  }

  async #evaluate(
    expressions: Record<string, string>,
    { enter, isStopped }: Pick<CellOptions, 'enter' | 'isStopped'>,
  ): Promise<Record<string, unknown>> {
    const results: Record<string, unknown> = {};
    for (const [key, expression] of Object.entries(expressions)) {
      const outcome = await this.#context.executor.execute(`(${expression});`, {
        name: `expression ${key}`,
        enter,
        isStopped,
      });
      results[key] =
        outcome.status === 'ok'
          ? { status: 'ok', ...(await enter(() => toBundle(outcome.value))) }
          : { status: 'error', ...outcome.error };
    }
    return results;
  }
}
