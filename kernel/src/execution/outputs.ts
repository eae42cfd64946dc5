import type { MimeBundle } from '../display/mime.js';
import type { Header } from '../wire/messages.js';
import { Interrupted } from './traceback.js';

export type StreamName = 'stdout' | 'stderr';
export type Publish = (type: string, parent: Header, content: Record<string, unknown>) => void;

/** In this many milliseconds this many writes go out at once; further ones are collected. */
const WINDOW = 50;
const WRITES_PER_WINDOW = 8;
/** Collected text of this length goes out without waiting for the window's end. */
const CHUNK = 1 << 16;

// The kernel's own timers must not be taken for those of a cell.
const { setTimeout: later, clearTimeout: never } = globalThis;

/** What one cell puts out, in the order in which it does, also after its end. */
export class CellOutput {
  readonly parent: Header;
  readonly #publish: Publish;
  readonly #silent: boolean;
  #text: { name: StreamName; parts: string[]; length: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #windowEnd = 0;
  #writes = 0;
  /** Outputs that wait for a value that is still being drawn. */
  #waiting: Promise<void> | undefined;
  #closed = false;

  constructor(parent: Header, publish: Publish, options: { readonly silent: boolean }) {
    this.parent = parent;
    this.#publish = publish;
    this.#silent = options.silent;
  }

  /** A write to stdout or stderr. */
  write(name: StreamName, text: string): void {
    if (this.#closed) throw new Interrupted('the cell that wrote this was stopped');
    if (text === '' || this.#silent) return;
    if (this.#text && this.#text.name !== name) this.flush();
    this.#text ??= { name, parts: [], length: 0 };
    this.#text.parts.push(text);
    this.#text.length += text.length;
    const now = performance.now();
    if (now > this.#windowEnd) {
      this.#windowEnd = now + WINDOW;
      this.#writes = 0;
    }
    // A few writes are shown at once, as a cell that computes right after them never lets a timer run.
    if (++this.#writes <= WRITES_PER_WINDOW || this.#text.length >= CHUNK) this.flush();
    else this.#timer ??= later(() => this.flush(), WINDOW);
  }

  /** Sends the text collected so far. */
  flush(): void {
    never(this.#timer);
    this.#timer = undefined;
    if (!this.#text) return;
    const { name, parts } = this.#text;
    this.#text = undefined;
    this.#emit('stream', { name, text: parts.join('') });
  }

  /** Puts out a message after all that went before it. */
  send(type: string, content: Record<string, unknown>): void {
    this.flush();
    this.#emit(type, content);
  }

  /** As `send`, with a content that is still to come; what is put out meanwhile waits for it. */
  sendLater(type: string, content: Promise<Record<string, unknown>>): Promise<void> {
    this.flush();
    const before = this.#waiting;
    const mine = (async () => {
      await before;
      const ready = await content;
      this.#now(type, ready);
    })();
    const waiting = mine
      .catch(() => undefined)
      .then(() => {
        if (this.#waiting === waiting) this.#waiting = undefined;
      });
    this.#waiting = waiting;
    return mine;
  }

  /** Resolves when everything put out so far is sent. */
  async drained(): Promise<void> {
    this.flush();
    while (this.#waiting) {
      await this.#waiting;
      this.flush();
    }
  }

  /** After an interrupt: nothing more comes from this cell. */
  close(): void {
    this.flush();
    this.#closed = true;
  }

  #emit(type: string, content: Record<string, unknown>): void {
    if (this.#waiting) void this.sendLater(type, Promise.resolve(content));
    else this.#now(type, content);
  }

  #now(type: string, content: Record<string, unknown>): void {
    if (!this.#closed && !this.#silent) this.#publish(type, this.parent, content);
  }
}

/** The content of a `display_data` message, or of one that updates it. */
export function displayContent(bundle: MimeBundle, id: string | undefined): Record<string, unknown> {
  const { data, metadata } = bundle;
  return { data, metadata, transient: id === undefined ? {} : { display_id: id } };
}
