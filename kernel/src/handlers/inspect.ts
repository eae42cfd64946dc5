import type { Handler } from './context.js';
import { toUnits } from './text.js';

/** inspect_request: type and documentation of the name at the cursor. */
export const inspect: Handler = ({ code, cursor_pos }, { executor }) => {
  const source = String(code ?? '');
  const position = typeof cursor_pos === 'number' ? toUnits(source, cursor_pos) : source.length;
  const { converter, declarations } = executor;
  // A cursor behind the last letter of a name still means that name.
  const found =
    converter.inspect(declarations, source, position) ??
    (position > 0 ? converter.inspect(declarations, source, position - 1) : undefined);
  const data = found ? { 'text/plain': found.text } : {};
  return { status: 'ok', found: found !== undefined, data, metadata: {} };
};
