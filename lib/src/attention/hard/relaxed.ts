import * as tf from '@tensorflow/tfjs';
import type { Random } from '../../random/random.js';
import { hidePadding, maskedSoftmax } from '../softmax.js';
import { checkChoice, oneHotPlaces } from './choose.js';
import { type HardConfig, hardConfig } from './config.js';
import { gumbelNoise } from './gumbel.js';
import { passGradient, withoutGradient } from './no-gradient.js';

export interface RelaxedOptions extends Pick<HardConfig, 'estimator' | 'samples' | 'temperature' | 'count'> {
  readonly random: Random;
  /** False leaves out the search for scores that are no numbers. Default true. */
  readonly check?: boolean;
}

/** Less than this is not left of a distribution once its largest part is taken away: its logarithm must stay finite. */
const LEAST_LEFT = 1e-30;

/**
 * Weights through which the gradient of the loss reaches the scores by itself, `[batch, samples, length]` (with `soft` one
 * sample):
 *
 * - `soft`: alpha (times `count`)
 * - `straight-through`: one-hot D drawn from alpha; backwards as if it were alpha (Bengio et al. 2013, section 4)
 * - `reinmax`: D; backwards 2 (D + alpha') / 2 - alpha / 2 with Heun's rule (Liu et al. 2023, "Bridging discrete and
 *   backpropagation", algorithm 2); alpha' is alpha at the temperature
 * - `gumbel-softmax`: softmax((scores + noise) / temperature) (Jang et al. 2017, equation 2; Maddison et al. 2017)
 * - `straight-through gumbel`: its largest as one-hot; backwards as if it were the soft one (Jang et al. 2017, section 2.2)
 *
 * With the Gumbel family `count` positions can be chosen: the largest `count` of scores + noise, which is drawing without putting
 * back (Kool et al. 2019), relaxed by taking softmaxes of what the ones before have left (Xie and Ermon 2019, "Reparameterizable
 * subset sampling via continuous relaxations", section 4):
 *
 *   r_1 = scores + noise, p_i = softmax(r_i / temperature), r_(i+1) = r_i + ln(1 - p_i), weights = p_1 + ... + p_count
 *
 * They sum to `count`, and for the temperature 0 they are 1 at the chosen positions.
 *
 * @param scores `[batch, length]`
 * @param mask `[batch, length]`
 * @throws for a temperature that is not above 0, samples or a count that cannot be, an estimator without relaxed weights, and as
 *   `chooseSampled` does
 */
export function relaxedWeights(
  scores: tf.Tensor2D,
  mask: tf.Tensor2D | null,
  options: RelaxedOptions,
): tf.Tensor3D {
  const { estimator, samples, temperature, count, random, check = true } = options;
  if (estimator === 'reinforce' || estimator === 'exact')
    throw new Error(
      `Hard attention: ${estimator} has no relaxed weights; take hardAttention, or another one`,
    );
  hardConfig({ estimator, samples, temperature, count });
  checkChoice(scores, { mask, count, check });
  const [batch, length] = scores.shape;
  return tf.tidy(() => {
    const rows = scores.expandDims(1) as tf.Tensor3D; // [batch, 1, length]
    if (estimator === 'soft') return tf.mul(maskedSoftmax(rows, mask), count) as tf.Tensor3D;
    const noisy = tf.add(rows, gumbelNoise(random, [batch, samples, length])) as tf.Tensor3D;
    const drawn = withoutGradient(() => largest(noisy, mask, count));
    const spread = tf.tile(rows, [1, samples, 1]) as tf.Tensor3D;
    switch (estimator) {
      case 'straight-through':
        return passGradient(drawn, maskedSoftmax(spread, mask));
      case 'reinmax': {
        const alpha = maskedSoftmax(spread, mask);
        const middle = halfWay(spread, drawn, mask, temperature);
        return passGradient(drawn, tf.sub(tf.mul(middle, 2), tf.div(alpha, 2)) as tf.Tensor3D);
      }
      case 'gumbel-softmax':
        return softLargest(noisy, mask, { count, temperature });
      case 'straight-through gumbel':
        return passGradient(drawn, softLargest(noisy, mask, { count, temperature }));
    }
  });
}

/** 1 at the largest `count` real positions. */
function largest(keys: tf.Tensor3D, mask: tf.Tensor2D | null, count: number): tf.Tensor3D {
  const real = mask === null ? keys : hidePadding(keys, mask);
  if (count === 1) return oneHotPlaces(tf.argMax(real, 2), keys.shape[2]) as tf.Tensor3D;
  return tf.sum(oneHotPlaces(tf.topk(real, count).indices, keys.shape[2]), 2) as tf.Tensor3D;
}

/** Softmax after softmax of what is left: the largest `count` keys, relaxed. */
function softLargest(
  keys: tf.Tensor3D,
  mask: tf.Tensor2D | null,
  { count, temperature }: Pick<HardConfig, 'count' | 'temperature'>,
): tf.Tensor3D {
  let left = keys;
  const parts: tf.Tensor3D[] = [];
  for (;;) {
    const part = maskedSoftmax(tf.div(left, temperature) as tf.Tensor3D, mask);
    parts.push(part);
    if (parts.length === count) return tf.addN(parts);
    left = tf.add(left, tf.log(tf.maximum(remainder(part), LEAST_LEFT))) as tf.Tensor3D;
  }
}

/** 1 - p at each position. Where p is nearly 1 the difference has no digits left, the sum of the other positions has all. */
function remainder(part: tf.Tensor3D): tf.Tensor3D {
  const top = withoutGradient(() => largest(part, null, 1));
  const others = tf.sub(1, top);
  const ofTop = tf.sum(tf.mul(part, others), 2, true);
  return tf.add(tf.mul(others, tf.sub(1, part)), tf.mul(top, ofTop)) as tf.Tensor3D;
}

/** The distribution (D + alpha') / 2, as a softmax of scores that are moved there by a constant: so its gradient is a softmax's. */
function halfWay(
  scores: tf.Tensor3D,
  drawn: tf.Tensor3D,
  mask: tf.Tensor2D | null,
  temperature: number,
): tf.Tensor3D {
  const shift = withoutGradient(() => {
    const alpha = maskedSoftmax(tf.div(scores, temperature) as tf.Tensor3D, mask);
    const middle = tf.div(tf.add(alpha, drawn), 2);
    // Where alpha is 0 in float32 the logarithm needs a floor.
    return tf.sub(tf.log(tf.maximum(middle, 1e-30)), scores) as tf.Tensor3D;
  });
  return maskedSoftmax(tf.add(scores, shift) as tf.Tensor3D, mask);
}
