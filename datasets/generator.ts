/** What every generator does with what it makes: it writes the file with its hash, or holds the frozen file against it. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

export interface DatasetGenerator {
  /** `import.meta.url` of the generator. `NAME.json` and SHA256SUMS lie beside it, where NAME is that of the folder. */
  readonly url: string;
  /** What the file says. */
  readonly generate: () => object;
  /** Blanks before an entry, each on a line of its own, for files whose changes shall be read; default: all on one line. */
  readonly indent?: number;
  /**
   * What --check does with a frozen text whose hash is right. Default: `again`, which generates it again and throws where it differs.
   */
  readonly check?: (text: string, again: () => void) => void;
}

/**
 * Does what the command line asks for: `--check` (also without an argument) or `--write`.
 *
 * @throws where the frozen file was changed, where another one is generated than it, and for another option
 */
export function runGenerator(generator: DatasetGenerator, mode = process.argv[2] ?? '--check'): void {
  if (mode === '--write') write(generator);
  else if (mode === '--check') check(generator);
  else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
}

function filesOf(url: string) {
  const folder = dirname(fileURLToPath(url));
  const name = basename(folder);
  return { name, file: join(folder, `${name}.json`), sums: join(folder, 'SHA256SUMS') };
}

const textOf = ({ generate, indent }: DatasetGenerator): string =>
  `${JSON.stringify(generate(), null, indent)}\n`;

function write(generator: DatasetGenerator): void {
  const { name, file, sums } = filesOf(generator.url);
  const text = textOf(generator);
  writeFileSync(file, text);
  writeFileSync(sums, `${sha256(text)}  ${name}.json\n`);
  console.log(`${name}.json written, SHA-256 ${sha256(text)}`);
  // Counts and the hashes of what is drawn: what the card quotes.
  for (const [key, value] of Object.entries(JSON.parse(text))) {
    const json = JSON.stringify(value);
    if (json.length < 300) console.log(`  ${key}: ${json}`);
  }
}

function check(generator: DatasetGenerator): void {
  const { name, file, sums } = filesOf(generator.url);
  const text = readFileSync(file, 'utf8');
  const expected = readFileSync(sums, 'utf8').slice(0, 64);
  if (sha256(text) !== expected)
    throw new Error(
      `${name}.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  const again = () => {
    const made = textOf(generator);
    if (made !== text)
      throw new Error(
        `The generator gives another ${name}.json than the frozen one, with other ${unlike(made, text)}: ` +
          'restore one of them, or write the file anew and say so.',
      );
    console.log(`${name}: generated again byte for byte`);
  };
  if (generator.check) generator.check(text, again);
  else again();
}

/** Names of the entries that differ: only `sample`, where the same words are drawn or spelt otherwise. */
function unlike(made: string, frozen: string): string {
  const [a, b] = [JSON.parse(made), JSON.parse(frozen)];
  const names = Object.keys({ ...a, ...b }).filter(
    (name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]),
  );
  return names.join(', ') || 'layout';
}
