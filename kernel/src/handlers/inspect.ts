import type { Handler } from './context.js';
import { toUnits } from './text.js';

/** inspect_request: type and documentation of the name at the cursor. */
export const inspect: Handler = async ({ code, cursor_pos }, { executor }) => {
  const source = String(code ?? '');
  const position = typeof cursor_pos === 'number' ? toUnits(source, cursor_pos) : source.length;
  const converter = await executor.converter;
  const found = converter.inspect(source, position, executor.declarations);
  const { signature, documentation } = found ?? { signature: '', documentation: '' };
  const markdown = `\`\`\`typescript\n${signature}\n\`\`\`${documentation ? `\n\n${documentation}` : ''}`;
  const plain = documentation ? `${signature}\n\n${documentation}` : signature;
  const data = found ? { 'text/plain': plain, 'text/markdown': markdown } : {};
  return { status: 'ok', found: found !== undefined, data, metadata: {} };
};
