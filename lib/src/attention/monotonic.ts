import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';
import { maskOverTargets, type Normaliser } from './softmax.js';

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

/** The rows moved to the right by `by`, zeros coming in. */
function shifted(rows: tf.Tensor2D, by: number): tf.Tensor2D {
  const [batch, source] = rows.shape;
  return tf.pad(rows.slice([0, 0], [batch, source - by]), [
    [0, 0],
    [by, 0],
  ]);
}

/**
 * q_j = keep_j q_(j-1) + come_j along the source, in log2(source) rounds of whole rows (Hillis and Steele 1986): each round
 * joins pairs of spans twice as long. Only products of numbers in [0, 1] and sums: nothing is divided and no logarithm taken,
 * so nothing overflows or cancels.
 */
function linearRecurrence(keep: tf.Tensor2D, come: tf.Tensor2D): tf.Tensor2D {
  let [spanKeep, reached] = [keep, come];
  for (let by = 1; by < keep.shape[1]; by *= 2) {
    reached = tf.add(reached, tf.mul(spanKeep, shifted(reached, by)));
    spanKeep = tf.mul(spanKeep, shifted(spanKeep, by));
  }
  return reached;
}

/**
 * One output of monotonic attention: the reader goes on from where it stopped before, stops at position j with probability
 * p_j, else moves one to the right. With q_j the chance to arrive at j,
 * q_j = (1 - p_(j-1)) q_(j-1) + previous_j and alpha_j = p_j q_j (Raffel et al. 2017, equations 9 to 14).
 *
 * The form of the paper that divides by a running product of 1 - p breaks down as soon as some p is near 1, which is what
 * training aims at; here it is the recurrence itself.
 *
 * @param stop p, `[batch, source]`, 0 at padding
 * @param go 1 - p, given by itself since subtracting would lose digits near p = 1
 * @param previous alpha of the output before, `[batch, source]`
 */
export function monotonicStep(stop: tf.Tensor2D, go: tf.Tensor2D, previous: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.mul(stop, linearRecurrence(shifted(go, 1), previous)));
}

/**
 * Monotonic attention: p = sigmoid(e) in the place of softmax, each output going on where the one before stopped (Raffel et
 * al. 2017, section 2.3; `hard`: section 2.2, what a reader does at test time who cannot look ahead). Alpha of an output
 * depends on the one before, so outputs are computed one after the other.
 */
export function monotonic({ form, total }: MonotonicOptions): Normaliser {
  return (scores, mask, previous) => {
    const { batch, target, source } = checkShape('scores', scores, 'batch target source');
    return tf.tidy(() => {
      const flat = mask === null ? tf.ones([batch, source]) : squeezeTargets(mask);
      const real = flat as tf.Tensor2D;
      const ends = total === 'one' ? lastReal(real) : null;
      let before = previous ?? firstReal(real);
      const alphas = (tf.unstack(scores, 1) as tf.Tensor2D[]).map((e) => {
        const { stop, go } = chances(e, real, ends, form);
        before = monotonicStep(stop, go, before);
        return before;
      });
      return tf.stack(alphas, 1).reshape([batch, target, source]) as tf.Tensor3D;
    });
  };
}

/** The chances to stop at a position and to go on; at padding the reader always goes on. */
function chances(
  scores: tf.Tensor2D,
  real: tf.Tensor2D,
  ends: tf.Tensor2D | null,
  form: 'expected' | 'hard',
): { stop: tf.Tensor2D; go: tf.Tensor2D } {
  const hard = form === 'hard' ? (tf.greater(scores, 0).cast('float32') as tf.Tensor2D) : null;
  const passing = hard === null ? tf.sigmoid(tf.neg(scores)) : tf.sub(1, hard);
  const stop: tf.Tensor2D = tf.mul(hard ?? tf.sigmoid(scores), real);
  const go: tf.Tensor2D = tf.add(tf.mul(passing, real), tf.sub(1, real));
  if (ends === null) return { stop, go };
  const open = tf.sub(1, ends);
  return { stop: tf.add(tf.mul(stop, open), ends), go: tf.mul(go, open) };
}

function squeezeTargets(mask: tf.Tensor2D | tf.Tensor3D): tf.Tensor2D {
  const over = maskOverTargets(mask);
  if (over.shape[1] !== 1) {
    throw new Error('monotonic attention: one mask for all outputs, `[batch, source]`; it takes no window');
  }
  return over.squeeze([1]);
}
