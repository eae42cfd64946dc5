import * as tf from '@tensorflow/tfjs';

// So low that exp of the distance to any real score is exactly 0, and finite: infinity minus infinity is no number.
const lowest = -1e30;

/**
 * Softmax over the last axis that gives padding exactly 0: alpha_j = mask_j exp(e_j) / sum_k mask_k exp(e_k).
 *
 * @param scores `[batch, target, source]`
 * @param mask `[batch, source]`, 1 for real; each row must have a 1 (see `checkMask`)
 */
export function maskedSoftmax(scores: tf.Tensor3D, mask: tf.Tensor2D | null): tf.Tensor3D {
  if (mask === null) return tf.softmax(scores);
  const [batch, , source] = scores.shape;
  return tf.tidy(() => {
    const real = tf.broadcastTo(mask.reshape([batch, 1, source]).cast('bool'), scores.shape) as tf.Tensor3D;
    const shown = tf.where(real, scores, tf.fill(scores.shape, lowest)) as tf.Tensor3D;
    // Some engines' exp does not come down to 0; the product makes it so and changes nothing elsewhere.
    return tf.mul(tf.softmax(shown), mask.reshape([batch, 1, source])) as tf.Tensor3D;
  });
}
