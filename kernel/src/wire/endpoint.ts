import { randomUUID } from 'node:crypto';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { serialize } from './codec.js';
import type { Connection } from './connection.js';
import {
  ACKNOWLEDGED,
  AWAITS_INPUT,
  type FromIo,
  INPUTS,
  type Input,
  type IoStart,
  RECEIVED,
  SHARED_INTEGERS,
  SHIELDED,
  SIGINT_SOURCE,
  type ToIo,
} from './io-protocol.js';
import { type Channel, createMessage, type KernelInfoReply, type Message } from './messages.js';

export interface EndpointListeners {
  onMessage(channel: 'shell' | 'control' | 'stdin', message: Message, sequence: number): void;
  /** SIGINT or an interrupt_request. */
  onInterrupt(): void;
  onShutdown(): void;
  onDropped(reason: string, count: number): void;
}

/** The kernel's end of the five sockets, seen from the thread on which cells run. */
export class KernelEndpoint {
  readonly session = randomUUID();
  readonly #worker: Worker;
  readonly #state: Int32Array;
  readonly #input: MessagePort;
  readonly #waiting = new Map<number, () => void>();
  #syncs = 0;

  private constructor(
    worker: (start: IoStart) => Worker,
    connection: Connection,
    kernelInfo: KernelInfoReply,
  ) {
    const shared = new SharedArrayBuffer(4 * SHARED_INTEGERS);
    this.#state = new Int32Array(shared);
    const { session } = this;
    const { port1, port2: input } = new MessageChannel();
    this.#input = port1;
    this.#worker = worker({ connection, session, kernelInfo, shared, input, sigintSource: SIGINT_SOURCE });
  }

  /**
   * Binds the sockets; resolves when they are open.
   * @throws Error if a port is taken or the interface is not there.
   */
  static async bind(
    connection: Connection,
    kernelInfo: KernelInfoReply,
    listeners: EndpointListeners,
  ): Promise<KernelEndpoint> {
    const endpoint = new KernelEndpoint(startThread, connection, kernelInfo);
    const worker = endpoint.#worker;
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.on('message', (message: FromIo) => {
        if (message.kind === 'bound') resolve();
        else endpoint.#receive(message, listeners);
      });
    });
    return endpoint;
  }

  /** Number of the last message that has arrived at the shell socket. */
  get received(): number {
    return Atomics.load(this.#state, RECEIVED);
  }

  send(channel: Channel, message: Message<unknown>): void {
    this.#post({ kind: 'send', channel, message: serialize(message) });
  }

  /** Publishes to all who listen. `parent` is the header of the request that caused it. */
  publish(
    type: string,
    parent: Message['parent_header'],
    content: unknown,
    options: { readonly metadata?: Record<string, unknown>; readonly buffers?: readonly Uint8Array[] } = {},
  ): void {
    const identities = [Buffer.from(`kernel.${this.session}.${type}`)];
    const { session } = this;
    this.send('iopub', createMessage(type, { session, content, parent, identities, ...options }));
  }

  /** Resolves when all that had reached the sockets at the call is counted in `received`. */
  sync(): Promise<void> {
    const id = ++this.#syncs;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#post({ kind: 'sync', id });
    });
  }

  /** Does work of the kernel's own that an interrupt must not end half way. It waits until this is done. */
  shield<T>(work: () => T): T {
    const before = Atomics.exchange(this.#state, SHIELDED, 1);
    try {
      return work();
    } finally {
      Atomics.store(this.#state, SHIELDED, before);
    }
  }

  /** Sends an input_request and blocks until its reply comes, or an interrupt. */
  askBlocking(request: Message<unknown>): Input {
    while (receiveMessageOnPort(this.#input));
    const seen = Atomics.load(this.#state, INPUTS);
    Atomics.store(this.#state, AWAITS_INPUT, 1);
    try {
      this.send('stdin', request);
      for (;;) {
        Atomics.wait(this.#state, INPUTS, seen);
        const received = receiveMessageOnPort(this.#input) as { message: Input } | undefined;
        if (received) return received.message;
      }
    } finally {
      Atomics.store(this.#state, AWAITS_INPUT, 0);
    }
  }

  /** Hands a shutdown_request of the shell channel to the thread that answers those of the control channel. */
  shutdown(request: Message): void {
    this.#post({ kind: 'shutdown', request });
  }

  /** Sends what is still on its way and closes the sockets. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(0, resolve);
      this.#post({ kind: 'flush' });
    });
  }

  #post(message: ToIo): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromIo, listeners: EndpointListeners): void {
    switch (message.kind) {
      case 'message':
        listeners.onMessage(message.channel, message.message, message.sequence);
        break;
      case 'interrupt':
        // Heard: from here on nothing is terminated, least of all the work below.
        Atomics.store(this.#state, ACKNOWLEDGED, message.id);
        this.shield(() => listeners.onInterrupt());
        break;
      case 'dropped':
        listeners.onDropped(message.reason, message.count);
        break;
      case 'synced':
        this.#settle(message.id);
        break;
      case 'flushed':
        this.#settle(0);
        break;
      case 'shutdown':
        listeners.onShutdown();
        break;
      case 'bound':
        break;
    }
  }

  #settle(id: number): void {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }
}

function startThread(workerData: IoStart): Worker {
  const transferList = [workerData.input];
  if (!import.meta.url.endsWith('.ts')) {
    // Messages are short-lived and few are large: with little room for new objects the thread stays some 30 MB smaller.
    const resourceLimits = { maxYoungGenerationSizeMb: 6 };
    return new Worker(new URL('./io-thread.js', import.meta.url), {
      workerData,
      transferList,
      resourceLimits,
    });
  }
  // Run from the sources: the loader for TypeScript has to be put into each new thread by hand.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const file = JSON.stringify(new URL('./io-thread.ts', import.meta.url).href);
  const program = `import(${loader}).then(({ register }) => { register(); return import(${file}); })`;
  return new Worker(program, { eval: true, workerData, transferList });
}
