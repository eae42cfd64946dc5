import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';
import { Interrupted } from '../execution/traceback.js';
import type { Input } from '../wire/io-protocol.js';
import { createMessage, type Message } from '../wire/messages.js';
import type { Cell } from './cell.js';
import { watchReaders } from './readers.js';

/** What a cell gets that asks for input where nobody answers. */
export class InputRefused extends Error {
  override readonly name = 'InputRefused';
}

export interface InputContext {
  /** The cell that asks. */
  cell(): Cell | undefined;
  readonly session: () => string;
  /** Sends an input_request and blocks until its reply comes, or an interrupt. */
  askBlocking(request: Message<unknown>): Input;
  send(request: Message<unknown>): void;
  /** Ends the running cell with an error. */
  fail(error: Error): void;
}

const { setTimeout: later } = globalThis;

/** Questions to the reader: input_request and its reply. */
export class InputRequests {
  readonly #context: InputContext;
  /** Which cell waits for a line without blocking, and what takes it. */
  #waiting: { readonly cell: Cell; take(value: string): void } | undefined;
  /** For each stream of lines, what asks for the next one. */
  readonly #streams = new WeakMap<object, () => void>();
  #watching = false;

  constructor(context: InputContext) {
    this.#context = context;
  }

  /** Asks and blocks until the answer comes, as `prompt` does in a browser. */
  ask(prompt: string, { password = false }: { readonly password?: boolean } = {}): string {
    const cell = this.#cell();
    const answer = this.#context.askBlocking(this.#request(cell, prompt, password));
    if (answer.kind === 'interrupted') throw new Interrupted(`${cell.name} was stopped`);
    return answer.value;
  }

  /** Puts `prompt`, `confirm` and a `process.stdin` that asks the reader in place. */
  install(): void {
    Object.assign(globalThis, {
      prompt: (message = 'Prompt', initial?: string): string | null => {
        const answer = this.ask(initial === undefined ? `${message} ` : `${message} [${initial}] `);
        return answer === '' ? (initial ?? '') : answer;
      },
      confirm: (message = 'Confirm'): boolean => /^y(es)?$/i.test(this.ask(`${message} [y/N] `).trim()),
    });
    let stream: Readable | undefined;
    const stdin = () => {
      if (!stream || stream.destroyed) stream = this.#stream();
      return stream;
    };
    Object.defineProperty(process, 'stdin', { configurable: true, enumerable: true, get: stdin });
    // For cells that import the name from node:process.
    syncBuiltinESMExports();
  }

  /** An input_reply that did not come to a blocked cell. */
  receive(message: Message): void {
    if (message.header.msg_type !== 'input_reply') return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting?.cell.running) waiting.take(String(message.content.value ?? ''));
  }

  /** Lines that a reader types when they are wanted: what node:readline reads from. */
  #stream(): Readable {
    this.#watch();
    const wanted = () => stream.readableFlowing === true && stream.listenerCount('data') > 0;
    const ask = () => {
      // A question that its cell did not wait for is void.
      if (this.#waiting?.cell.running || !wanted()) return;
      let cell: Cell;
      try {
        cell = this.#cell();
      } catch (error) {
        if (this.#context.cell()) this.#context.fail(error as Error);
        return;
      }
      this.#waiting = { cell, take: (value) => void stream.push(`${value}\n`) };
      this.#context.send(this.#request(cell, '', false));
    };
    const stream = new Readable({
      // A reader who has his line pauses the stream a moment later; then nothing is asked.
      read: () => void later(ask, 10),
    });
    stream.on('resume', () => later(ask, 10));
    // A reader left open by an earlier cell keeps the stream flowing, and then nothing is resumed.
    stream.on('newListener', (event) => event === 'data' && later(ask, 10));
    this.#streams.set(stream, () => later(ask, 10));
    return Object.assign(stream, { fd: 0, isTTY: false });
  }

  /** Interfaces of node:readline are watched from the first use of stdin on. */
  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    watchReaders({
      isInput: (stream): stream is Readable =>
        typeof stream === 'object' && this.#streams.has(stream as object),
      onWanted: (stream) => this.#streams.get(stream)?.(),
      asker: () => this.#context.cell(),
    });
  }

  #cell(): Cell {
    const cell = this.#context.cell();
    if (!cell?.running) throw new InputRefused('only a running cell can ask for input');
    if (!cell.allowsInput) {
      throw new InputRefused(
        'this client does not answer questions (allow_stdin is false), as when a notebook runs unattended: give the value in code',
      );
    }
    return cell;
  }

  #request(cell: Cell, prompt: string, password: boolean): Message<unknown> {
    const { identities, header: parent } = cell.request;
    // Lines printed before the question have to be seen before it.
    cell.output.flush();
    const session = this.#context.session();
    return createMessage('input_request', { session, content: { prompt, password }, parent, identities });
  }
}
