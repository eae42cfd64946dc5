import { randomUUID } from 'node:crypto';
import { Dealer, Request, Subscriber } from 'zeromq';
import { decode, encode } from './codec.js';
import { addressOf, type Connection } from './connection.js';
import { type Channel, createMessage, type Message } from './messages.js';

export type MessageListener = (channel: Channel, message: Message) => void;

/** What came of a request: its reply, and all that was published for it up to and including `idle`. */
export interface Exchange {
  readonly reply: Message;
  readonly published: readonly Message[];
}

export interface ClientOptions {
  readonly username?: string;
  /** Milliseconds after which a request without an answer fails; 0 waits for ever. */
  readonly timeout?: number;
}

/** The client's end of a kernel's sockets: sends requests, hands out every message that arrives. */
export class KernelClient {
  readonly session = randomUUID();
  readonly #connection: Connection;
  readonly #sockets: { readonly shell: Dealer; readonly control: Dealer; readonly stdin: Dealer };
  readonly #iopub: Subscriber;
  readonly #listeners = new Set<MessageListener>();
  #closed = false;

  private constructor(connection: Connection) {
    this.#connection = connection;
    // One identity on all three, so that the kernel can route input_request to the client that sent the cell.
    const options = { routingId: this.session, linger: 0 };
    this.#sockets = { shell: new Dealer(options), control: new Dealer(options), stdin: new Dealer(options) };
    this.#iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  }

  /** Connects to a kernel that runs or will run; does not wait for it (see `ready`). */
  static connect(connection: Connection): KernelClient {
    const client = new KernelClient(connection);
    client.#sockets.shell.connect(addressOf(connection, 'shell_port'));
    client.#sockets.control.connect(addressOf(connection, 'control_port'));
    client.#sockets.stdin.connect(addressOf(connection, 'stdin_port'));
    client.#iopub.connect(addressOf(connection, 'iopub_port'));
    client.#iopub.subscribe();
    void client.#receive('shell', client.#sockets.shell);
    void client.#receive('control', client.#sockets.control);
    void client.#receive('stdin', client.#sockets.stdin);
    void client.#receive('iopub', client.#iopub);
    return client;
  }

  /** Calls `listener` with every message that arrives; returns what removes it. */
  listen(listener: MessageListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends a message and gives back what was sent; its `header.msg_id` marks what belongs to it. */
  async send(
    channel: Exclude<Channel, 'iopub'>,
    type: string,
    content: Record<string, unknown>,
    options: { readonly parent?: Message['parent_header'] } = {},
  ): Promise<Message> {
    const message = createMessage(type, { session: this.session, content, ...options });
    await this.#sockets[channel].send(encode(message, this.#connection.key));
    return message;
  }

  /** Sends frames as they are: for tests of forged and broken messages. */
  async sendRaw(channel: Exclude<Channel, 'iopub'>, frames: (string | Uint8Array)[]): Promise<void> {
    await this.#sockets[channel].send(frames);
  }

  /**
   * Sends a request; resolves when both its reply and the `idle` that ends it have come.
   * @throws Error after `timeout` milliseconds.
   */
  async request(
    channel: 'shell' | 'control',
    type: string,
    content: Record<string, unknown> = {},
    options: ClientOptions & { readonly onMessage?: MessageListener } = {},
  ): Promise<Exchange> {
    const published: Message[] = [];
    let id = '';
    let reply: Message | undefined;
    let settle: { resolve: (value: Exchange) => void; reject: (error: Error) => void };
    const done = new Promise<Exchange>((resolve, reject) => {
      settle = { resolve, reject };
    });
    let idle = false;
    const remove = this.listen((from, message) => {
      if ((message.parent_header as { msg_id?: string }).msg_id !== id) return;
      options.onMessage?.(from, message);
      if (from === channel) reply = message;
      if (from === 'iopub') {
        published.push(message);
        idle ||= message.header.msg_type === 'status' && message.content.execution_state === 'idle';
      }
      if (reply && idle) settle.resolve({ reply, published });
    });
    const timeout = options.timeout ?? 60_000;
    const timer = timeout
      ? setTimeout(() => {
          const missing = reply ? 'no idle status' : 'no reply';
          settle.reject(new Error(`${type}: ${missing} after ${timeout} ms`));
        }, timeout)
      : undefined;
    try {
      // The id is known as soon as the message is made, before anything can come back.
      const message = createMessage(type, { session: this.session, content });
      id = message.header.msg_id;
      await this.#sockets[channel].send(encode(message, this.#connection.key));
      return await done;
    } finally {
      clearTimeout(timer);
      remove();
    }
  }

  /**
   * Waits until the kernel answers and its published messages arrive: the subscription takes effect
   * some time after the connection, so the request is repeated until its own `idle` is seen.
   */
  async ready(timeout = 30_000): Promise<Message> {
    const end = Date.now() + timeout;
    for (;;) {
      if (this.#closed) throw new Error('The client was closed before the kernel answered.');
      try {
        return (await this.request('shell', 'kernel_info_request', {}, { timeout: 500 })).reply;
      } catch (error) {
        if (Date.now() > end) {
          throw new Error(`The kernel did not answer within ${timeout} ms (${(error as Error).message}).`);
        }
      }
    }
  }

  /** One heartbeat: milliseconds until its echo. */
  async heartbeat(timeout = 5000): Promise<number> {
    const socket = new Request({ linger: 0, receiveTimeout: timeout });
    socket.connect(addressOf(this.#connection, 'hb_port'));
    try {
      const start = performance.now();
      await socket.send('ping');
      await socket.receive();
      return performance.now() - start;
    } finally {
      socket.close();
    }
  }

  close(): void {
    this.#closed = true;
    for (const socket of [...Object.values(this.#sockets), this.#iopub]) socket.close();
  }

  async #receive(channel: Channel, socket: Dealer | Subscriber): Promise<void> {
    try {
      for await (const frames of socket) {
        const message = decode(frames, this.#connection.key);
        for (const listener of [...this.#listeners]) listener(channel, message);
      }
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }
}
