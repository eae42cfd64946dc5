/**
 * Makes tones.json, or checks the frozen one.
 *
 *   node --import tsx datasets/tones/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { createRandom } from '../../lib/src/random/random.js';
import { type FrozenTones, loadTones } from '../../lib/src/tasks/tones.js';
import { runGenerator } from '../generator.js';

const COUNT = 200;

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

runGenerator({ url: import.meta.url, generate });
