import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';

export interface CoverageWeights {
  /** W, `[query units, attention units]` */
  readonly queryKernel: tf.Tensor2D;
  /** V, `[key units, attention units]` */
  readonly keyKernel: tf.Tensor2D;
  /** u, `[attention units]` */
  readonly coverageVector: tf.Tensor1D;
  /** b, `[attention units]` */
  readonly bias: tf.Tensor1D;
  /** w, `[attention units]` */
  readonly vector: tf.Tensor1D;
}

/**
 * e_j = w . tanh(W query + V key_j + u c_j + b), c_j = sum of what all outputs before paid to position j: a reader that knows
 * what it has already looked at need neither repeat nor forget it (See et al. 2017, equation 11; Tu et al. 2016).
 *
 * @param query `[batch, units]`
 * @param keys projected, `[batch, source, attention units]`
 * @param covered c, `[batch, source]`
 * @returns `[batch, source]`
 */
export function coverageScores(
  weights: CoverageWeights,
  query: tf.Tensor2D,
  keys: tf.Tensor3D,
  covered: tf.Tensor2D,
): tf.Tensor2D {
  const { batch, source, units } = checkShape('coverage keys', keys, 'batch source units');
  checkShape('coverage query', query, 'batch units', { batch, units: weights.queryKernel.shape[0] });
  checkShape('coverage', covered, 'batch source', { batch, source });
  return tf.tidy(() => {
    const asked = tf.add(tf.matMul(query, weights.queryKernel), weights.bias).reshape([batch, 1, units]);
    const paid = tf.mul(covered.expandDims(2), weights.coverageVector); // [batch, source, attention units]
    const sums = tf.addN([tf.add(keys, asked), paid]).reshape([batch * source, units]) as tf.Tensor2D;
    return tf
      .matMul(tf.tanh(sums), weights.vector.reshape([units, 1]))
      .reshape([batch, source]) as tf.Tensor2D;
  });
}
