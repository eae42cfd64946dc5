import * as tf from '@tensorflow/tfjs';

// So low that exp of the distance to any real score is exactly 0, and finite: infinity minus infinity is no number.
const lowest = -1e30;

/**
 * Turns scores `[batch, target, source]` into alpha of the same shape: no weight below 0, padding exactly 0.
 *
 * @param mask 1 for what may be looked at: `[batch, source]`, or `[batch, 1 or target, source]` where it depends on the
 *   output; each row must have a 1 (see `checkMask`)
 * @param previous alpha of the output before the first, `[batch, source]`; only those use it that depend on it
 */
export type Normaliser = (
  scores: tf.Tensor3D,
  mask: tf.Tensor2D | tf.Tensor3D | null,
  previous?: tf.Tensor2D,
) => tf.Tensor3D;

/** A mask as `[batch, 1 or target, source]`. */
export function maskOverTargets(mask: tf.Tensor2D | tf.Tensor3D): tf.Tensor3D {
  return mask.rank === 3 ? (mask as tf.Tensor3D) : (mask.expandDims(1) as tf.Tensor3D);
}

/** The scores, with one so low at padding that no normaliser gives it a weight. */
export function hidePadding(scores: tf.Tensor3D, mask: tf.Tensor2D | tf.Tensor3D): tf.Tensor3D {
  const real = tf.broadcastTo(maskOverTargets(mask).cast('bool'), scores.shape);
  return tf.where(real, scores, tf.fill(scores.shape, lowest)) as tf.Tensor3D;
}

/**
 * Softmax over the last axis that gives padding exactly 0: alpha_j = mask_j exp(e_j) / sum_k mask_k exp(e_k).
 *
 * @param scores `[batch, target, source]`
 * @param mask `[batch, source]`, or `[batch, 1 or target, source]`, 1 for real; each row must have a 1 (see `checkMask`)
 */
export function maskedSoftmax(scores: tf.Tensor3D, mask: tf.Tensor2D | tf.Tensor3D | null): tf.Tensor3D {
  if (mask === null) return tf.softmax(scores);
  // Some engines' exp does not come down to 0; the product makes it so and changes nothing elsewhere.
  return tf.tidy(() => tf.mul(tf.softmax(hidePadding(scores, mask)), maskOverTargets(mask)) as tf.Tensor3D);
}
