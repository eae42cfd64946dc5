import type { Random } from '../random/random.js';
import { checkSizes, integerBetween } from './sequences.js';

/** A batch of the adding problem. */
export interface AddingBatch {
  readonly batch: number;
  readonly time: number;
  /** `[batch, time, 2]`: a value in [0, 1) and a marker, 1 at two places */
  readonly inputs: Float32Array;
  /** `[batch]`: the sum of the two marked values */
  readonly targets: Float32Array;
  /** the marked places of each sequence */
  readonly places: readonly (readonly [number, number])[];
}

/**
 * Mean squared error of the best answer that ignores the input. The sum of two independent uniform numbers has mean 1 and
 * variance 1/12 + 1/12, so always saying 1 costs exactly 1/6.
 */
export const ADDING_CHANCE = 1 / 6;

/**
 * The adding problem: a stream of random numbers, two of them marked, their sum asked at the end. One mark stands in the
 * first half and one in the second, so the first must be remembered over up to `time` steps.
 *
 * Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997, experiment 4; values in [0, 1) as in Arjovsky et al.,
 * "Unitary evolution recurrent neural networks", 2016, section 5.1.
 *
 * @throws where `batch` < 1 or `time` < 2
 */
export function addingProblem(random: Random, { batch, time }: { batch: number; time: number }): AddingBatch {
  checkSizes('addingProblem', { batch: [batch, 1], time: [time, 2] });
  const inputs = new Float32Array(batch * time * 2);
  const targets = new Float32Array(batch);
  const half = Math.floor(time / 2);
  const places = Array.from({ length: batch }, (_, b) => {
    const row = b * time * 2;
    for (let t = 0; t < time; t++) inputs[row + 2 * t] = random.uniform();
    const pair = [integerBetween(random, 0, half), integerBetween(random, half, time)] as const;
    for (const t of pair) {
      inputs[row + 2 * t + 1] = 1;
      targets[b] += inputs[row + 2 * t];
    }
    return pair;
  });
  return { batch, time, inputs, targets, places };
}
