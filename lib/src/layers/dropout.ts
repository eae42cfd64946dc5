import * as tf from '@tensorflow/tfjs';
import type { Random } from '../random/random.js';

/**
 * Sets each number to 0 with the given probability and divides the others by 1 - rate, so that the mean stays
 * (Srivastava et al. 2014, section 10). Give `null` for the random stream when not training: the input comes back as it is.
 *
 * @param rate in [0, 1)
 */
export function dropout<T extends tf.Tensor>(inputs: T, rate: number, random: Random | null): T {
  if (!(rate >= 0 && rate < 1)) throw new Error(`dropout: the rate must be in [0, 1), got ${rate}`);
  if (random === null || rate === 0) return inputs;
  // The seed changes from call to call: a fixed one would drop the same numbers every time.
  return tf.dropout(inputs, rate, undefined, random.tensorSeed()) as T;
}
