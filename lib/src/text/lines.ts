import { readChunks } from '#platform';

export interface LineOptions {
  /** Longest line in bytes; a longer one is an error, for a file without line ends must not fill the memory. */
  readonly maximumBytes: number;
}

export const defaultLineOptions: LineOptions = {
  maximumBytes: 1 << 20, // a hundred times any sentence
};

/**
 * The lines of a text file of any size, gzip or plain, one after the other: UTF-8; line ends LF or CR LF are taken off, and so
 * is a byte order mark at the start. An empty last line is none.
 *
 * @throws naming file and line where the file cannot be read, bytes are not UTF-8 or a line does not end
 */
export function readLines(path: string, options: Partial<LineOptions> = {}): AsyncGenerator<string> {
  return linesOf(readChunks(path), path, options);
}

const NEWLINE = 0x0a;

/** The lines of bytes that come piece by piece. @param name what messages call them */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: Partial<LineOptions> = {},
): AsyncGenerator<string> {
  const { maximumBytes } = { ...defaultLineOptions, ...options };
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let begun: Uint8Array[] = [];
  let bytes = 0;
  let line = 1;

  // Whole lines are decoded together, which is many times faster than one by one.
  const decode = (block: Uint8Array): string[] => {
    let text: string;
    try {
      text = decoder.decode(block);
    } catch {
      throw new Error(describeDamage(block, decoder, { name, line }));
    }
    if (line === 1 && text.startsWith('\ufeff')) text = text.slice(1);
    const lines = text.split('\n');
    if (block.length > maximumBytes) checkLengths(block, { name, line, maximumBytes });
    line += lines.length;
    return lines;
  };

  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end >= 0) {
      const block = joined([...begun, chunk.subarray(0, end)]);
      begun = [];
      bytes = 0;
      for (const text of decode(block)) yield withoutReturn(text);
    }
    begun.push(chunk.subarray(end + 1));
    bytes += chunk.length - end - 1;
    if (bytes > maximumBytes) throw new Error(describeEndless({ name, line, maximumBytes }));
  }
  if (bytes > 0) for (const text of decode(joined(begun))) yield withoutReturn(text);
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

interface Place {
  readonly name: string;
  /** Number of the first line of the block. */
  readonly line: number;
}

function describeDamage(block: Uint8Array, decoder: TextDecoder, { name, line }: Place): string {
  for (const bytes of splitBytes(block)) {
    try {
      decoder.decode(bytes);
      line++;
    } catch {
      break;
    }
  }
  return (
    `${name}, line ${line}: the bytes are not UTF-8. Save the file as UTF-8 ` +
    `(iconv -f latin1 -t utf-8, or utf-16 where a program of Windows wrote it).`
  );
}

function checkLengths(block: Uint8Array, { name, line, maximumBytes }: Place & LineOptions): void {
  for (const bytes of splitBytes(block)) {
    if (bytes.length > maximumBytes) throw new Error(describeEndless({ name, line, maximumBytes }));
    line++;
  }
}

function describeEndless({ name, line, maximumBytes }: Place & LineOptions): string {
  return (
    `${name}, line ${line} has more than ${maximumBytes} bytes: is it a text of one sentence a line? ` +
    'If it is, raise maximumBytes.'
  );
}

function* splitBytes(block: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  while (from <= block.length) {
    const newline = block.indexOf(NEWLINE, from);
    const end = newline < 0 ? block.length : newline;
    yield block.subarray(from, end);
    from = end + 1;
  }
}
