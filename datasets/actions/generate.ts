/**
 * Makes actions.json, or checks the frozen one.
 *
 *   node --import tsx datasets/actions/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { createRandom } from '../../lib/src/random/random.js';
import { type FrozenActions, GESTURES, loadActions } from '../../lib/src/tasks/actions.js';
import { runGenerator } from '../generator.js';

const COUNT = 200;

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
  const drawn = sampleHash({ ...bare, sample: { count: 0, sha256: '' } }, COUNT);
  return { ...bare, sample: { count: COUNT, sha256: drawn } };
}

runGenerator({ url: import.meta.url, generate });
