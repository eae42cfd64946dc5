import { readLibrarySource } from '#platform';
import { type DISPLAY, displayed } from '../figures/display.js';

/** A piece of the library's own source, shown as code. */
export interface LibrarySource {
  readonly code: string;
  [DISPLAY](): Record<string, unknown>;
}

/**
 * The source of declarations of the library, so that a lesson shows the code that runs and not a copy of it.
 *
 * @param file below `lib/src`, such as `attention/attend.ts`
 * @param names declarations at the top level of that file; all of the file without them
 * @throws where the file or a declaration does not exist, and in a browser, which has no sources
 */
export function librarySource(file: string, ...names: readonly string[]): LibrarySource {
  const text = readLibrarySource(file);
  const code =
    names.length === 0 ? text.trim() : names.map((name) => declaration(file, text, name)).join('\n\n');
  return {
    code,
    ...displayed(() => ({
      'text/markdown': `\`lib/src/${file}\`\n\n\`\`\`ts\n${code}\n\`\`\``,
      'text/plain': code,
    })),
  };
}

/** From the comment above a declaration to the line that closes it: the formatter puts that at the left edge. */
function declaration(file: string, text: string, name: string): string {
  const lines = text.split('\n');
  const escaped = name.replace(/[$]/g, '\\$&');
  const opening = new RegExp(
    `^(?:export )?(?:async )?(?:function|const|let|class|interface|type) ${escaped}\\b`,
  );
  const at = lines.findIndex((line) => opening.test(line));
  if (at < 0) {
    const known = [
      ...text.matchAll(/^(?:export )?(?:async )?(?:function|const|class|interface|type) (\w+)/gm),
    ].map(([, found]) => found);
    throw new Error(`lib/src/${file} declares no "${name}"; it declares ${known.join(', ')}.`);
  }
  let start = at;
  while (start > 0 && /^( \*|\/\*\*|\/\/)/.test(lines[start - 1]!)) start--;
  // Formatted code closes a declaration at the left edge, and opens nothing new on that line.
  const closing = (line: string) => /^[}\])]/.test(line) && !/[{([]\s*$/.test(line);
  const single = /[;}]\s*$/.test(lines[at]!);
  const end = single ? at : at + 1 + lines.slice(at + 1).findIndex(closing);
  return lines.slice(start, end + 1).join('\n');
}
