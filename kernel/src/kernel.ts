import { toBundle } from './display/bundle.js';
import { completeBundle } from './display/complete.js';
import { CellContext } from './execution/cell-context.js';
import { redirectStreams } from './execution/console.js';
import type { Converter } from './execution/converter.js';
import { Executor } from './execution/executor.js';
import { displayContent } from './execution/outputs.js';
import { type Cell, ExecuteHandler } from './handlers/execute.js';
import { History } from './handlers/history.js';
import { handlers } from './handlers/index.js';
import { GLOBAL_DECLARATIONS, type Host, hostSymbol, type NotebookApi, notebookSymbol } from './host.js';
import type { Connection } from './wire/connection.js';
import { KernelEndpoint } from './wire/endpoint.js';
import { createMessage, type KernelInfoReply, type Message } from './wire/messages.js';

export interface KernelOptions {
  readonly connection: Connection;
  readonly converter: Converter;
  readonly info: KernelInfoReply;
  /** The notebook's folder. */
  readonly folder: string;
}

interface Queued {
  readonly message: Message;
  readonly sequence: number;
}

/** A kernel on its sockets: takes requests, runs cells in order, answers everything else at once. */
export class Kernel {
  readonly #info: KernelInfoReply;
  readonly #executor: Executor;
  readonly #history = new History();
  readonly #context: CellContext<Cell>;
  readonly #execute: ExecuteHandler;
  readonly #log: (line: string) => void;
  readonly #queue: Queued[] = [];
  #endpoint!: KernelEndpoint;
  #working = false;
  #cell: Cell | undefined;
  /** Cells that arrived up to this number are answered `aborted`: one before them has failed. */
  #abortUpTo = 0;

  private constructor({ converter, info, folder }: KernelOptions) {
    this.#info = info;
    const notebook = this.#notebook();
    const values = { display: notebook.display, clearOutput: notebook.clearOutput };
    this.#executor = new Executor({
      converter,
      folder,
      globals: { declarations: GLOBAL_DECLARATIONS, values },
    });
    this.#executor.stacks.install();
    this.#context = new CellContext((error, cell) => this.#onStrayError(error, cell));
    this.#context.install();
    this.#log = redirectStreams(() => this.#context.current?.output);
    Object.assign(globalThis, values, { [hostSymbol]: this.#host(), [notebookSymbol]: notebook });
    this.#execute = new ExecuteHandler({
      executor: this.#executor,
      history: this.#history,
      log: this.#log,
      publish: (type, parent, content) => this.#endpoint.publish(type, parent, content),
      begin: (cell) => this.#begin(cell),
    });
  }

  /** Binds the sockets and serves until a shutdown request or the end of the parent process. */
  static async start(options: KernelOptions): Promise<Kernel> {
    const kernel = new Kernel(options);
    kernel.#endpoint = await KernelEndpoint.bind(options.connection, options.info, {
      onMessage: (channel, message, sequence) => {
        // What terminated code left behind must not become the context of a request.
        if (!kernel.#cell) kernel.#context.recover();
        void kernel.#receive(channel, message, sequence);
      },
      onInterrupt: () => kernel.#interrupt(),
      onShutdown: () => void kernel.#shutdown(),
      onDropped: (reason, count) => kernel.#log(`heed: dropped a message (${count} so far): ${reason}`),
    });
    kernel.#endpoint.publish('status', {}, { execution_state: 'starting' });
    return kernel;
  }

  async #receive(channel: 'shell' | 'control' | 'stdin', message: Message, sequence: number): Promise<void> {
    const type = message.header.msg_type;
    if (channel === 'stdin') return;
    if (type === 'execute_request') {
      this.#queue.push({ message, sequence });
      if (!this.#working) await this.#work();
      return;
    }
    if (type === 'shutdown_request') {
      this.#endpoint.shutdown(message);
      return;
    }
    await this.#between(message, async () => {
      if (type === 'kernel_info_request') return this.#reply(channel, message, { ...this.#info });
      const handler = handlers[type];
      if (!handler) {
        this.#log(`heed: ignored a message of unknown type ${JSON.stringify(type)}`);
        return;
      }
      try {
        const context = { executor: this.#executor, history: this.#history, log: this.#log };
        this.#reply(channel, message, await handler(message.content, context, message.header));
      } catch (error) {
        this.#reply(channel, message, { status: 'error', ...this.#executor.stacks.describe(error) });
      }
    });
  }

  /** Runs the queued cells in the order of their arrival. */
  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const { message, sequence } = next;
      await this.#between(message, async () => {
        if (sequence <= this.#abortUpTo) {
          const ename = 'Aborted';
          const evalue = 'not run: a cell before it failed';
          const execution_count = this.#execute.count;
          this.#reply('shell', message, { status: 'aborted', execution_count, ename, evalue, traceback: [] });
          return;
        }
        const reply = await this.#execute.handle(message.content, message.header);
        if (reply.status === 'error' && message.content.stop_on_error !== false) {
          await this.#endpoint.sync();
          this.#abortUpTo = this.#endpoint.received;
        }
        this.#reply('shell', message, { ...reply });
      });
    }
    this.#working = false;
  }

  /** Whatever happens inside, `idle` is what a request ends with. */
  async #between(message: Message, work: () => Promise<void>): Promise<void> {
    this.#endpoint.publish('status', message.header, { execution_state: 'busy' });
    try {
      await work();
    } catch (error) {
      this.#log(`heed: ${message.header.msg_type} failed: ${(error as Error).stack}`);
    } finally {
      this.#endpoint.publish('status', message.header, { execution_state: 'idle' });
    }
  }

  #reply(channel: 'shell' | 'control', request: Message, content: Record<string, unknown>): void {
    const type = request.header.msg_type.replace(/_request$/, '_reply');
    const { identities, header: parent } = request;
    const { session } = this.#endpoint;
    this.#endpoint.send(channel, createMessage(type, { session, content, parent, identities }));
  }

  #begin(cell: Cell): { enter<T>(work: () => T): T; end(): void } {
    this.#cell = cell;
    return {
      enter: (work) => this.#context.run(cell, work),
      end: () => {
        this.#cell = undefined;
      },
    };
  }

  #interrupt(): void {
    this.#context.recover();
    const cell = this.#cell;
    if (!cell) return;
    this.#context.clearTimers(cell);
    try {
      this.#context.run(cell, () => cell.abort.abort());
    } catch (error) {
      this.#log(`heed: a listener of the cell's AbortSignal failed: ${(error as Error).stack}`);
    }
    cell.output.close();
    this.#executor.interrupt(cell.name);
  }

  #onStrayError(error: unknown, cell: Cell | undefined): void {
    if (!cell) {
      this.#log(`heed: ${this.#executor.stacks.describe(error).traceback.join('\n')}`);
      return;
    }
    if (cell.interrupted) return;
    const described = this.#executor.stacks.describe(error);
    if (cell.running) cell.stray ??= described;
    cell.output.send('error', { ...described });
  }

  #notebook(): NotebookApi {
    const current = (what: string) => {
      const cell = this.#context.current;
      if (!cell) throw new Error(`${what} has no cell to show in: call it from a cell`);
      return cell;
    };
    return {
      display: (value, options = {}) => {
        const { id, update = false } = options;
        if (update && id === undefined) {
          throw new Error('display({ update: true }) needs the id of the output to replace');
        }
        const content = toBundle(value).then((bundle) => displayContent(bundle, id));
        return current('display').output.sendLater(update ? 'update_display_data' : 'display_data', content);
      },
      clearOutput: ({ wait = false } = {}) => current('clearOutput').output.send('clear_output', { wait }),
    };
  }

  #host(): Host {
    return {
      display: (data, { id, update = false, metadata = {} } = {}) => {
        const output = this.#context.current?.output;
        const bundle = completeBundle({ data: { ...data }, metadata: { ...metadata } });
        const content = Promise.resolve(bundle).then((whole) => displayContent(whole, id));
        void output?.sendLater(update ? 'update_display_data' : 'display_data', content);
      },
      signal: () => this.#context.current?.abort.signal,
    };
  }

  async #shutdown(): Promise<void> {
    this.#cell?.abort.abort();
    this.#executor.converter.close();
    await this.#endpoint.close();
    process.exit(0);
  }
}
