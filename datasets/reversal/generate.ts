/**
 * Makes reversal.json, or checks the frozen one.
 *
 *   node --import tsx datasets/reversal/generate.ts [--check | --write]      (--check without an argument)
 */
import { createRandom } from '../../lib/src/random/random.js';
import type { Split } from '../../lib/src/tasks/calendar.js';
import { type FrozenReversal, loadReversal } from '../../lib/src/tasks/reversal.js';
import { runGenerator, sha256 } from '../generator.js';

const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const EACH = 1000;

function generate(): FrozenReversal {
  const symbols = [...'abcdefghijklmnopqrstuvwxyz'];
  const bare = { name: 'reversal', version: 1, symbols } as const;
  const task = loadReversal({ ...bare, sample: { count: 0, sha256: '' } });
  const lines = SPLITS.flatMap((split) =>
    task.sample(createRandom(split), EACH, { split }).map(({ source }) => `${source.join('')}\n`),
  );
  return { ...bare, sample: { count: lines.length, sha256: sha256(lines.join('')) } };
}

runGenerator({ url: import.meta.url, generate });
