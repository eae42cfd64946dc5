import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';

/**
 * What leaving places out or coming back to them costs: the mean over the batch of sum_i (1 - sum_t alpha<t>[i])^2 (Xu et al. 2015,
 * equation 14, without its factor lambda). Alpha sums to 1 over the positions in any case; this asks it to sum to 1 over the
 * outputs as well, hence "doubly stochastic". With T outputs and S positions the least value is S (1 - T / S)^2, where
 * every position gets T / S.
 *
 * @param alphas `[batch, target, source]`
 * @param mask `[batch, target]`, 1 for real outputs and 0 for padding, which pays nothing
 * @returns a scalar with a gradient
 * @throws where shapes differ
 */
export function doublyStochasticPenalty(alphas: tf.Tensor3D, mask: tf.Tensor2D): tf.Scalar {
  const { batch, target } = checkShape('alphas', alphas, 'batch target source');
  checkShape('mask', mask, 'batch target', { batch, target });
  return tf.tidy(() => {
    const paid = tf.sum(tf.mul(alphas, mask.expandDims(2)), 1); // [batch, source]
    return tf.mean(tf.sum(tf.square(tf.sub(1, paid)), 1)) as tf.Scalar;
  });
}
