import type { CellOutput } from '../execution/outputs.js';
import type { ErrorContent, Message } from '../wire/messages.js';

/** One execution of a cell, or of what a comm message starts. */
export class Cell {
  readonly name: string;
  readonly output: CellOutput;
  /** The message that asked for it: its sender is asked for input. */
  readonly request: Message;
  readonly allowsInput: boolean;
  readonly abort = new AbortController();
  /** An error that came from outside the cell's own flow: a timer, a promise that nobody awaits. */
  stray: ErrorContent | undefined;
  running = true;

  constructor(
    name: string,
    output: CellOutput,
    request: Message,
    options: { readonly allowsInput: boolean },
  ) {
    this.name = name;
    this.output = output;
    this.request = request;
    this.allowsInput = options.allowsInput;
  }

  get interrupted(): boolean {
    return this.abort.signal.aborted;
  }
}
