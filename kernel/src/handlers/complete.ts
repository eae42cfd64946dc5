import type { Handler } from './context.js';
import { toCharacters, toUnits } from './text.js';

/** complete_request: what may stand at the cursor. */
export const complete: Handler = ({ code, cursor_pos }, { executor }) => {
  const source = String(code ?? '');
  const position = typeof cursor_pos === 'number' ? toUnits(source, cursor_pos) : source.length;
  const found = executor.converter.complete(executor.declarations, source, position);
  return {
    status: 'ok',
    matches: found.candidates,
    cursor_start: toCharacters(source, found.start),
    cursor_end: toCharacters(source, found.end),
    metadata: {},
  };
};
