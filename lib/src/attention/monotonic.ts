import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';
import { monotonicAlpha } from './monotonic-recurrence.js';
import type { Normaliser } from './softmax.js';

export interface MonotonicOptions {
  /** `expected`: alpha is the chance to stop at each position; `hard`: the reader stops where that chance is above one half. */
  readonly form: 'expected' | 'hard';
  /**
   * `one`: the last real position always stops the reader, so alpha sums to 1, in training and at test time alike. `paper`: a
   * reader who runs off the end looks at nothing, the sum is below 1, and all later outputs have that much less.
   */
  readonly total: 'one' | 'paper';
}

/** `[batch, source]`, 1 at the first real position: where the reader stands before the first output. */
export function firstReal(mask: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.mul(mask, tf.relu(tf.sub(1, tf.cumsum(mask, 1, true)))));
}

/** `[batch, source]`, 1 at the last real position. */
function lastReal(mask: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(mask, tf.relu(tf.sub(1, tf.cumsum(mask, 1, true, true))));
}

/**
 * Monotonic attention: p = sigmoid(e) in the place of softmax, each output going on where the one before stopped (Raffel et
 * al. 2017, section 2.3; `hard`: section 2.2, what a reader does at test time who cannot look ahead). Alpha of an output
 * depends on the one before (`previous` at the first).
 */
export function monotonic({ form, total }: MonotonicOptions): Normaliser {
  return (scores, mask, previous) => {
    const { batch, source } = checkShape('scores', scores, 'batch target source');
    return tf.tidy(() => {
      const real = mask === null ? (tf.ones([batch, source]) as tf.Tensor2D) : oneForAll(mask);
      const { stop, go } = chances(scores, real, { form, total });
      return monotonicAlpha(stop, go, previous ?? firstReal(real));
    });
  };
}

/** The chances to stop at a position and to go on from it, `[batch, target, source]`; at padding the reader always goes on. */
function chances(
  scores: tf.Tensor3D,
  mask: tf.Tensor2D,
  { form, total }: MonotonicOptions,
): { stop: tf.Tensor3D; go: tf.Tensor3D } {
  const real = mask.expandDims(1) as tf.Tensor3D;
  const hard = form === 'hard' ? (tf.greater(scores, 0).cast('float32') as tf.Tensor3D) : null;
  const passing = hard === null ? tf.sigmoid(tf.neg(scores)) : tf.sub(1, hard);
  const stop: tf.Tensor3D = tf.mul(hard ?? tf.sigmoid(scores), real);
  const go: tf.Tensor3D = tf.add(tf.mul(passing, real), tf.sub(1, real));
  if (total === 'paper') return { stop, go };
  const end = lastReal(mask).expandDims(1) as tf.Tensor3D;
  return { stop: tf.add(tf.mul(stop, tf.sub(1, end)), end), go };
}

function oneForAll(mask: tf.Tensor2D | tf.Tensor3D): tf.Tensor2D {
  if (mask.rank === 2) return mask as tf.Tensor2D;
  throw new Error('monotonic attention: one mask for all outputs, `[batch, source]`; it takes no window');
}
