/**
 * Makes passages.json, or checks the frozen one.
 *
 *   node --import tsx datasets/passages/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../lib/src/random/random.js';
import type { Split } from '../../lib/src/tasks/calendar.js';
import { loadPassages } from '../../lib/src/tasks/passages.js';
import type { FrozenPassages } from '../../lib/src/tasks/passages-grammar.js';
import { frames, slots } from './words.js';

const FILE = fileURLToPath(new URL('passages.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));
const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const EACH = 500;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function generate(): FrozenPassages {
  const bare = { name: 'passages', version: 1, frames, slots } as const;
  const passages = loadPassages({ ...bare, sample: { count: 0, sha256: '' } });
  const lines = SPLITS.flatMap((split) =>
    passages
      .sample(createRandom(split), EACH, { split, unanswerable: 0.2 })
      .map(({ passage, question, answer }) => `${passage.join(' ')}\t${question.join(' ')}\t${answer}\n`),
  );
  return { ...bare, sample: { count: EACH, sha256: sha256(lines.join('')) } };
}

const serialise = (data: FrozenPassages): string => `${JSON.stringify(data, null, 1)}\n`;

function write(): void {
  const text = serialise(generate());
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  passages.json\n`);
  console.log(`passages.json written, SHA-256 ${sha256(text)}\n${text}`);
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected)
    throw new Error(
      `passages.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  if (serialise(generate()) !== text)
    throw new Error('The generator gives another passages.json than the frozen one: restore one of them.');
  console.log('passages: generated again byte for byte');
}

const [mode = '--check'] = process.argv.slice(2);
if (mode === '--write') write();
else if (mode === '--check') check();
else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
