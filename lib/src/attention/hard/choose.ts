import * as tf from '@tensorflow/tfjs';
import { checkMask } from '../../core/masks.js';
import { checkShape } from '../../core/shapes.js';
import type { Random } from '../../random/random.js';
import { checkScores } from '../align.js';
import { hidePadding, maskedSoftmax } from '../softmax.js';
import { gumbelNoise } from './gumbel.js';
import { withoutGradient } from './no-gradient.js';

export interface ChooseOptions {
  /** `[batch, length]`, 1 for real and 0 for padding, which is never chosen */
  readonly mask?: tf.Tensor2D | null;
  /** How many positions a sample chooses, without putting back. Default 1. */
  readonly count?: number;
  /** False leaves out the search for scores that are no numbers. Default true. */
  readonly check?: boolean;
}

export interface SampleOptions extends ChooseOptions {
  readonly random: Random;
  /** Independent samples of each example. Default 1. */
  readonly samples?: number;
}

export interface Choice {
  /** `[batch, samples, length]`: 1 at the chosen positions, 0 elsewhere; a constant. Its product with values `[batch, length, units]` is what was read. */
  readonly weights: tf.Tensor3D;
  /** `[batch, samples, count]`, int32, in the order in which they were chosen. */
  readonly positions: tf.Tensor3D;
  /** `[batch, samples]`: ln of the probability of the positions in this order; it carries the gradient to the scores. */
  readonly logProb: tf.Tensor2D;
  /** `[batch, length]`: the probability that a position is chosen first. */
  readonly alpha: tf.Tensor2D;
}

/**
 * Draws positions with p(j) = alpha_j = softmax(scores)_j over the real ones. `count` positions are drawn one after the other
 * from what is left (Plackett-Luce):
 *
 *   p(z_1 ... z_k) = prod_i alpha_(z_i) / (1 - alpha_(z_1) - ... - alpha_(z_(i-1)))
 *
 * They are the k largest of score + Gumbel noise, in this order (Kool et al. 2019, "Stochastic beams and where to find
 * them").
 *
 * @param scores `[batch, length]`
 * @throws where the batch is empty, shapes differ, a row has fewer real positions than `count`, or a score is not a number
 */
export function chooseSampled(scores: tf.Tensor2D, options: SampleOptions): Choice {
  const { random, samples = 1 } = options;
  if (!Number.isSafeInteger(samples) || samples < 1)
    throw new Error(`Hard attention: samples must be a positive integer, got ${samples}`);
  checkChoice(scores, options);
  const [batch, length] = scores.shape;
  return chooseFrom(scores, options, () =>
    tf.add(scores.expandDims(1), gumbelNoise(random, [batch, samples, length])),
  );
}

/** The most probable positions, largest first; shapes as `chooseSampled` with one sample. */
export function chooseGreedy(scores: tf.Tensor2D, options: ChooseOptions = {}): Choice {
  checkChoice(scores, options);
  return chooseFrom(scores, options, () => scores.expandDims(1));
}

function chooseFrom(
  scores: tf.Tensor2D,
  { mask = null, count = 1 }: ChooseOptions,
  order: () => tf.Tensor,
): Choice {
  const length = scores.shape[1];
  return tf.tidy(() => {
    const positions = withoutGradient(() => largestReal(order() as tf.Tensor3D, mask, count)); // [batch, samples, count]
    const steps = oneHotPlaces(positions, length) as tf.Tensor4D; // [batch, samples, count, length]
    const alpha = maskedSoftmax(scores.expandDims(1) as tf.Tensor3D, mask).squeeze([1]) as tf.Tensor2D;
    return {
      weights: tf.sum(steps, 2) as tf.Tensor3D,
      positions,
      logProb: orderedLogProb(scores, mask, steps),
      alpha,
    };
  }) as Choice;
}

/** 1 at each place, `[..., length]`; unlike `tf.oneHot` also where there is only one place. */
export function oneHotPlaces(places: tf.Tensor, length: number): tf.Tensor {
  return length === 1 ? tf.ones([...places.shape, 1]) : tf.oneHot(places, length).cast('float32');
}

/** The `count` largest real positions of each row, `[batch, samples, count]`. */
function largestReal(keys: tf.Tensor3D, mask: tf.Tensor2D | null, count: number): tf.Tensor3D {
  const real = mask === null ? keys : hidePadding(keys, mask);
  return (count === 1 ? tf.argMax(real, 2).expandDims(2) : tf.topk(real, count).indices) as tf.Tensor3D;
}

/**
 * ln p of positions in the order in which they were chosen: sum_i (e_(z_i) - ln sum of exp e over what was left).
 *
 * @param steps one-hot `[batch, samples, count, length]`
 * @returns `[batch, samples]`
 */
function orderedLogProb(scores: tf.Tensor2D, mask: tf.Tensor2D | null, steps: tf.Tensor4D): tf.Tensor2D {
  const [batch, samples, count, length] = steps.shape;
  const spread = tf.broadcastTo(scores.reshape([batch, 1, 1, length]), steps.shape);
  // What was chosen in an earlier step is no longer there.
  const taken = tf.cumsum(steps, 2, true);
  const left = mask === null ? tf.sub(1, taken) : tf.sub(mask.reshape([batch, 1, 1, length]), taken);
  const rows = [batch * samples * count, 1, length] as [number, number, number];
  const logs = tf.logSoftmax(
    hidePadding(spread.reshape(rows) as tf.Tensor3D, left.reshape(rows) as tf.Tensor3D),
  );
  return tf.sum(tf.mul(logs.reshape(steps.shape), steps), [2, 3]) as tf.Tensor2D;
}

/** @throws as `chooseSampled` */
export function checkChoice(scores: tf.Tensor2D, options: ChooseOptions): void {
  const { mask = null, count = 1, check = true } = options;
  const { batch, length } = checkShape('hard attention scores', scores, 'batch length');
  if (batch === 0) throw new Error('Hard attention: the batch is empty; expected scores of at least one row');
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(
      `Hard attention: count, the positions to choose, must be a positive integer, got ${count}`,
    );
  if (mask !== null) {
    checkShape('hard attention mask', mask, 'batch length', { batch, length });
    checkMask('hard attention mask', mask);
  }
  const real = mask === null ? [length] : tf.tidy(() => mask.sum(1).dataSync());
  const short = real.findIndex((valid) => valid < count);
  if (short >= 0)
    throw new Error(
      `Hard attention: ${count} positions to choose, but row ${short} has only ${real[short]} real ones; choose fewer, or leave the row out`,
    );
  if (check) tf.tidy(() => checkScores('hard attention', scores.expandDims(1) as tf.Tensor3D, mask));
}
