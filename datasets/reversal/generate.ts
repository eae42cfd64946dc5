/**
 * Makes reversal.json, or checks the frozen one.
 *
 *   node --import tsx datasets/reversal/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../lib/src/random/random.js';
import type { Split } from '../../lib/src/tasks/calendar.js';
import { type FrozenReversal, loadReversal } from '../../lib/src/tasks/reversal.js';

const FILE = fileURLToPath(new URL('reversal.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));
const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const EACH = 1000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function generate(): FrozenReversal {
  const symbols = [...'abcdefghijklmnopqrstuvwxyz'];
  const bare = { name: 'reversal', version: 1, symbols } as const;
  const task = loadReversal({ ...bare, sample: { count: 0, sha256: '' } });
  const lines = SPLITS.flatMap((split) =>
    task.sample(createRandom(split), EACH, { split }).map(({ source }) => `${source.join('')}\n`),
  );
  return { ...bare, sample: { count: lines.length, sha256: sha256(lines.join('')) } };
}

const serialise = (data: FrozenReversal): string => `${JSON.stringify(data)}\n`;

function write(): void {
  const text = serialise(generate());
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  reversal.json\n`);
  console.log(`reversal.json written, SHA-256 ${sha256(text)}\n${text}`);
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected)
    throw new Error(
      `reversal.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  if (serialise(generate()) !== text)
    throw new Error('The generator gives another reversal.json than the frozen one: restore one of them.');
  console.log('reversal: generated again byte for byte');
}

const [mode = '--check'] = process.argv.slice(2);
if (mode === '--write') write();
else if (mode === '--check') check();
else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
