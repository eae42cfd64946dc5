import type { Executor } from '../execution/executor.js';
import type { Message } from '../wire/messages.js';
import type { Comms } from './comms.js';
import type { HistoryStore } from './history-store.js';

/** What a handler may use. */
export interface HandlerContext {
  readonly executor: Executor;
  readonly history: HistoryStore;
  readonly comms: Comms;
  /** The kernel's own log, never a cell's output. */
  log(line: string): void;
}

/** Answers one type of request with the content of its reply; what has no reply gives nothing back. */
export type Handler = (
  content: Record<string, unknown>,
  context: HandlerContext,
  request: Message,
) => Content | undefined | Promise<Content | undefined>;

type Content = Record<string, unknown>;
