import * as tf from '@tensorflow/tfjs';
import { checkMask } from '../../core/masks.js';
import { checkShape } from '../../core/shapes.js';
import { hidePadding, maskedSoftmax } from '../softmax.js';

/**
 * Entropy of alpha = softmax(scores) over the real positions, H = -sum_j alpha_j ln alpha_j, `[batch]`, in nats.
 *
 * A bonus on it keeps the sampler from settling before it has seen every position (Williams and Peng 1991, "Function
 * optimization using connectionist reinforcement learning algorithms"; Xu et al. 2015, section 4.1).
 *
 * @param scores `[batch, length]`
 * @param mask `[batch, length]`, 1 for real
 * @throws where shapes differ, or a row is all padding
 */
export function attentionEntropy(scores: tf.Tensor2D, mask: tf.Tensor2D | null = null): tf.Tensor1D {
  const { batch, length } = checkShape('attentionEntropy scores', scores, 'batch length');
  if (mask !== null) {
    checkShape('attentionEntropy mask', mask, 'batch length', { batch, length });
    checkMask('attentionEntropy mask', mask);
  }
  return tf.tidy(() => {
    const rows = scores.expandDims(1) as tf.Tensor3D;
    const alpha = maskedSoftmax(rows, mask);
    const logs = tf.logSoftmax(mask === null ? rows : hidePadding(rows, mask));
    // A logarithm at padding is as low as -1e30; times alpha, exactly 0 there, it is 0.
    return tf.neg(tf.sum(tf.mul(alpha, logs), [1, 2])) as tf.Tensor1D;
  });
}
