/**
 * Makes actions.json, or checks the frozen one.
 *
 *   node --import tsx datasets/actions/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../lib/src/random/random.js';
import { type FrozenActions, GESTURES, loadActions } from '../../lib/src/tasks/actions.js';

const FILE = fileURLToPath(new URL('actions.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));
const COUNT = 200;

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** What is hashed: joints in thousandths of a body's height, then the gesture and its stretch, of each clip. */
function sampleHash(frozen: FrozenActions, count: number): string {
  const hash = createHash('sha256');
  for (const { label, joints, stretch } of loadActions(frozen).sample(createRandom('actions'), count)) {
    hash.update(new Uint8Array(Int16Array.from(joints, (value) => Math.round(value * 1000)).buffer));
    hash.update(`${label} ${stretch!.join(' ')}\n`);
  }
  return hash.digest('hex');
}

function generate(): FrozenActions {
  const bare = { name: 'actions', version: 1, rate: 12, gestures: GESTURES } as const;
  const sha256 = sampleHash({ ...bare, sample: { count: 0, sha256: '' } }, COUNT);
  return { ...bare, sample: { count: COUNT, sha256 } };
}

const serialise = (data: FrozenActions): string => `${JSON.stringify(data)}\n`;

function write(): void {
  const text = serialise(generate());
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  actions.json\n`);
  console.log(`actions.json written, SHA-256 ${sha256(text)}\n${text}`);
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected)
    throw new Error(
      `actions.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  if (serialise(generate()) !== text)
    throw new Error('The generator gives another actions.json than the frozen one: restore one of them.');
  console.log('actions: generated again byte for byte');
}

const [mode = '--check'] = process.argv.slice(2);
if (mode === '--write') write();
else if (mode === '--check') check();
else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
