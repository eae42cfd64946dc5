import type { Handler } from './context.js';
import { toCharacters, toUnits } from './text.js';

/** complete_request: what may stand at the cursor. */
export const complete: Handler = async ({ code, cursor_pos }, { executor }) => {
  const source = String(code ?? '');
  const position = typeof cursor_pos === 'number' ? toUnits(source, cursor_pos) : source.length;
  const converter = await executor.converter;
  const found = converter.complete(source, position, executor.declarations);
  const start = toCharacters(source, found.start);
  const end = toCharacters(source, found.end);
  return {
    status: 'ok',
    matches: found.candidates.map(({ text }) => text),
    cursor_start: start,
    cursor_end: end,
    // Front ends show the kind beside each match.
    metadata: {
      _jupyter_types_experimental: found.candidates.map(({ text, kind }) => ({
        text,
        type: kind,
        start,
        end,
      })),
    },
  };
};
