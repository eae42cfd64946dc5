/**
 * Makes passages.json, or checks the frozen one.
 *
 *   node --import tsx datasets/passages/generate.ts [--check | --write]      (--check without an argument)
 */
import { createRandom } from '../../lib/src/random/random.js';
import type { Split } from '../../lib/src/tasks/calendar.js';
import { loadPassages } from '../../lib/src/tasks/passages.js';
import type { FrozenPassages } from '../../lib/src/tasks/passages-grammar.js';
import { runGenerator, sha256 } from '../generator.js';
import { frames, slots } from './words.js';

const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const EACH = 500;

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

runGenerator({ url: import.meta.url, generate, indent: 1 });
