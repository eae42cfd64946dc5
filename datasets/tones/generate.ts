/**
 * Makes tones.json, or checks the frozen one.
 *
 *   node --import tsx datasets/tones/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../lib/src/random/random.js';
import { type FrozenTones, loadTones } from '../../lib/src/tasks/tones.js';

const FILE = fileURLToPath(new URL('tones.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));
const COUNT = 200;

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** What is hashed: 16-bit samples, then the vowel and its stretch, of each recording. */
function sampleHash(frozen: FrozenTones, count: number): string {
  const hash = createHash('sha256');
  for (const { label, samples, stretch } of loadTones(frozen).sample(createRandom('tones'), count)) {
    hash.update(new Uint8Array(Int16Array.from(samples, (value) => Math.round(value * 32767)).buffer));
    hash.update(`${label} ${stretch!.join(' ')}\n`);
  }
  return hash.digest('hex');
}

function generate(): FrozenTones {
  const bare = {
    name: 'tones',
    version: 1,
    rate: 8000,
    bandwidths: [60, 90, 150],
    vowels: [
      { word: 'heed', formants: [270, 2290, 3010] },
      { word: 'head', formants: [530, 1840, 2480] },
      { word: 'hod', formants: [730, 1090, 2440] },
      { word: "who'd", formants: [300, 870, 2240] },
      { word: 'heard', formants: [490, 1350, 1690] },
    ],
    sample: { count: COUNT, sha256: '' },
  } as const;
  return { ...bare, sample: { count: COUNT, sha256: sampleHash(bare, COUNT) } };
}

const serialise = (data: FrozenTones): string => `${JSON.stringify(data)}\n`;

function write(): void {
  const text = serialise(generate());
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  tones.json\n`);
  console.log(`tones.json written, SHA-256 ${sha256(text)}\n${text}`);
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected)
    throw new Error(
      `tones.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  if (serialise(generate()) !== text)
    throw new Error('The generator gives another tones.json than the frozen one: restore one of them.');
  console.log('tones: generated again byte for byte');
}

const [mode = '--check'] = process.argv.slice(2);
if (mode === '--write') write();
else if (mode === '--check') check();
else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
