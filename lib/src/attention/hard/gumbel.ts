import * as tf from '@tensorflow/tfjs';
import type { Random } from '../../random/random.js';

/** One number from the standard Gumbel distribution, -ln(-ln u) with u uniform in (0, 1). */
export function gumbel(random: Random): number {
  // uniform() may give 0, whose logarithm is infinite; never 1.
  return -Math.log(-Math.log(random.uniform() || Number.MIN_VALUE));
}

/** Independent standard Gumbel noise of a shape: the largest of score + noise is a draw from softmax(score). */
export function gumbelNoise<R extends tf.Rank>(random: Random, shape: tf.ShapeMap[R]): tf.Tensor<R> {
  const size = (shape as readonly number[]).reduce((product, axis) => product * axis, 1);
  // Doubles until here: in float32 a u close to 1 rounds to 1, and its noise is infinite.
  return tf.tensor(
    Float32Array.from({ length: size }, () => gumbel(random)),
    shape,
  );
}
