import { commInfo } from './comm-info.js';
import { complete } from './complete.js';
import type { Handler } from './context.js';
import { history } from './history.js';
import { inspect } from './inspect.js';
import { isComplete } from './is-complete.js';

/** Requests that are answered at once, also while a cell awaits. Their replies are named like the request. */
export const handlers: Readonly<Record<string, Handler>> = {
  comm_info_request: commInfo,
  complete_request: complete,
  history_request: history,
  inspect_request: inspect,
  is_complete_request: isComplete,
};
