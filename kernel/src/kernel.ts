import type { Converter } from './convert/index.js';
import { CellContext } from './execution/cell-context.js';
import { redirectStreams } from './execution/console.js';
import { Executor } from './execution/executor.js';
import { CellOutput } from './execution/outputs.js';
import { Cell } from './handlers/cell.js';
import { Comms } from './handlers/comms.js';
import type { HandlerContext } from './handlers/context.js';
import { ExecuteHandler } from './handlers/execute.js';
import { HistoryStore } from './handlers/history-store.js';
import { handlers } from './handlers/index.js';
import { InputRequests } from './handlers/input.js';
import { hostSymbol, notebookSymbol } from './host.js';
import { host, notebookApi } from './notebook-api.js';
import { RunningCell } from './running-cell.js';
import type { Connection } from './wire/connection.js';
import { KernelEndpoint } from './wire/endpoint.js';
import { createMessage, type ErrorContent, type KernelInfoReply, type Message } from './wire/messages.js';

export interface KernelOptions {
  readonly connection: Connection;
  /** Makes the converter, once the kernel answers. `shield` surrounds its work, which an interrupt must not end. */
  createConverter(shield: KernelEndpoint['shield']): Promise<Converter>;
  readonly info: KernelInfoReply;
  /** The notebook's folder. */
  readonly folder: string;
  /** Where the history is kept between sessions; without it, in memory alone. */
  readonly historyFile?: string;
}

interface Queued {
  readonly message: Message;
  readonly sequence: number;
}

/** A kernel on its sockets: takes requests, runs cells in order, answers everything else at once. */
export class Kernel {
  readonly #endpoint: KernelEndpoint;
  readonly #handling: HandlerContext;
  readonly #context: CellContext<Cell>;
  readonly #execute: ExecuteHandler;
  readonly #input: InputRequests;
  readonly #running: RunningCell;
  readonly #queue: Queued[] = [];
  #working = false;
  /** Cells that arrived up to this number are answered `aborted`: one before them has failed. */
  #abortUpTo = 0;

  private constructor(endpoint: KernelEndpoint, options: KernelOptions) {
    this.#endpoint = endpoint;
    const shield: KernelEndpoint['shield'] = (work) => endpoint.shield(work);
    this.#context = new CellContext((error, cell) => this.#onStrayError(error, cell));
    const current = () => this.#context.current;
    const log = redirectStreams(() => current()?.output);
    const converter = options.createConverter(shield);
    converter.catch((error) => log(`heed: the compiler could not be loaded: ${error.stack}`));
    const executor = new Executor({
      converter,
      folder: options.folder,
      cellSignal: () => current()?.abort.signal,
    });
    const file = options.historyFile;
    const history = new HistoryStore({ log, shield, ...(file === undefined ? {} : { file }) });
    const comms = new Comms({
      publish: (type, content, more) =>
        endpoint.publish(type, current()?.request.header ?? {}, content, more),
    });
    this.#handling = { executor, history, comms, log };
    this.#running = new RunningCell({
      context: this.#context,
      executor,
      log,
      publishError: ({ request }, error) => endpoint.publish('error', request.header, { ...error }),
    });
    this.#input = new InputRequests({
      cell: () => this.#running.current,
      session: () => endpoint.session,
      askBlocking: (request) => endpoint.askBlocking(request),
      send: (request) => endpoint.send('stdin', request),
      fail: (error) => executor.fail(error),
    });
    this.#execute = new ExecuteHandler({
      ...this.#handling,
      publish: (type, parent, content) => endpoint.publish(type, parent, content),
      begin: (cell) => this.#running.begin(cell),
    });
    executor.stacks.install();
    this.#context.install();
    this.#input.install();
    const notebook = notebookApi({ current, comms, input: this.#input });
    const { display, clearOutput } = notebook;
    Object.assign(globalThis, {
      display,
      clearOutput,
      [hostSymbol]: host(current),
      [notebookSymbol]: notebook,
    });
  }

  /** Binds the sockets and serves until a shutdown request or the end of the parent process. */
  static async start(options: KernelOptions): Promise<Kernel> {
    let kernel: Kernel | undefined;
    const early: (() => void)[] = [];
    // What comes before the kernel stands is kept, not lost.
    const whenUp = (work: (kernel: Kernel) => void) => {
      if (kernel) work(kernel);
      else early.push(() => work(kernel!));
    };
    const endpoint = await KernelEndpoint.bind(options.connection, options.info, {
      onMessage: (channel, message, sequence) =>
        whenUp((kernel) => {
          // What terminated code left behind must not become the context of a request.
          if (!kernel.#running.current) kernel.#context.recover();
          void kernel.#receive(channel, message, sequence);
        }),
      onInterrupt: () => {
        if (kernel) kernel.#running.interrupt();
      },
      onShutdown: () => whenUp((kernel) => void kernel.#shutdown()),
      onDropped: (reason, count) =>
        whenUp((kernel) => kernel.#handling.log(`heed: dropped a message (${count} so far): ${reason}`)),
    });
    endpoint.publish('status', {}, { execution_state: 'starting' });
    kernel = new Kernel(endpoint, options);
    for (const work of early) work();
    return kernel;
  }

  async #receive(channel: 'shell' | 'control' | 'stdin', message: Message, sequence: number): Promise<void> {
    const type = message.header.msg_type;
    if (channel === 'stdin') {
      this.#input.receive(message);
      return;
    }
    if (type === 'execute_request') {
      this.#queue.push({ message, sequence });
      if (!this.#working) await this.#work();
      return;
    }
    if (type === 'shutdown_request') {
      this.#endpoint.shutdown(message);
      return;
    }
    if (/^comm_(open|msg|close)$/.test(type)) {
      await this.#between(message, () => this.#communicate(message));
      return;
    }
    await this.#between(message, async () => {
      const handler = handlers[type];
      if (!handler) {
        this.#handling.log(`heed: ignored a message of unknown type ${JSON.stringify(type)}`);
        return;
      }
      try {
        const content = await handler(message.content, this.#handling, message);
        if (content) this.#reply(channel, message, content);
      } catch (error) {
        this.#reply(channel, message, { status: 'error', ...this.#describe(error) });
      }
    });
  }

  /** Runs what listens to a comm; what it puts out belongs to the message, as a cell's output to its request. */
  async #communicate(message: Message): Promise<void> {
    const { header } = message;
    const publish = (type: string, parent: Message['parent_header'], content: Record<string, unknown>) =>
      this.#endpoint.publish(type, parent, content);
    const name = `comm message ${header.msg_type}`;
    const cell = new Cell(name, new CellOutput(header, publish, { silent: false }), message, {
      allowsInput: false,
    });
    try {
      await this.#context.run(cell, () => this.#handling.comms.receive(header.msg_type, message));
    } catch (error) {
      cell.output.send('error', { ...this.#describe(error) });
    }
    await cell.output.drained();
  }

  #describe(error: unknown): ErrorContent {
    return this.#handling.executor.stacks.describe(error);
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
          // Without a count: JupyterLab would number the cell as if it had run.
          this.#reply('shell', message, { status: 'aborted', ename, evalue, traceback: [] });
          return;
        }
        const reply = await this.#running.reply(
          () => this.#execute.handle(message),
          () => this.#execute.count,
        );
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
      this.#handling.log(`heed: ${message.header.msg_type} failed: ${(error as Error).stack}`);
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

  #onStrayError(error: unknown, cell: Cell | undefined): void {
    if (!cell) {
      this.#handling.log(`heed: ${this.#describe(error).traceback.join('\n')}`);
      return;
    }
    if (cell.interrupted) return;
    const described = this.#describe(error);
    if (cell.running) cell.stray ??= described;
    cell.output.send('error', { ...described });
  }

  async #shutdown(): Promise<void> {
    this.#running.current?.abort.abort();
    await this.#handling.history.close();
    await this.#endpoint.close();
    process.exit(0);
  }
}
