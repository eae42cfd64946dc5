import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';

/**
 * What looking at the same place again costs: the mean over the outputs of sum_i min(alpha<t>[i], c<t>[i]), where
 * c<t> = sum of alpha<t'> over t' < t is what each source position was paid before (See et al. 2017, equations 10 and 12). 0
 * where every output looks at new places, at most 1.
 *
 * @param alphas `[batch, target, source]`
 * @param mask `[batch, target]`, 1 for real outputs and 0 for padding
 * @returns a scalar with a gradient
 * @throws where shapes differ or no output is real
 */
export function coverageLoss(alphas: tf.Tensor3D, mask: tf.Tensor2D): tf.Scalar {
  const { batch, target } = checkShape('alphas', alphas, 'batch target source');
  checkShape('mask', mask, 'batch target', { batch, target });
  return tf.tidy(() => {
    const real = tf.sum(mask);
    if (!(real.dataSync()[0]! > 0))
      throw new Error('coverageLoss: the mask has no real output, so there is no mean to take');
    // Row t has ones before column t: its product with alphas sums over the outputs before t.
    const before = Float32Array.from({ length: target * target }, (_, k) =>
      Number(k % target < Math.floor(k / target)),
    );
    const rows = tf.tile(tf.tensor3d(before, [1, target, target]), [batch, 1, 1]);
    const covered = tf.matMul(rows, alphas); // [batch, target, source]
    const again = tf.sum(tf.minimum(alphas, covered), 2); // [batch, target]
    return tf.div(tf.sum(tf.mul(again, mask)), real) as tf.Scalar;
  });
}
