import type { Executor } from '../execution/executor.js';
import type { Header } from '../wire/messages.js';
import type { History } from './history.js';

/** What a handler may use. */
export interface HandlerContext {
  readonly executor: Executor;
  readonly history: History;
  /** The kernel's own log, never a cell's output. */
  log(line: string): void;
}

/** Answers one type of request with the content of its reply. */
export type Handler = (
  content: Record<string, unknown>,
  context: HandlerContext,
  header: Header,
) => Record<string, unknown> | Promise<Record<string, unknown>>;
