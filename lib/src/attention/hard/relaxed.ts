import * as tf from '@tensorflow/tfjs';
import type { Random } from '../../random/random.js';
import { hidePadding, maskedSoftmax } from '../softmax.js';
import { oneHotPlaces } from './choose.js';
import type { HardConfig } from './config.js';
import { gumbelNoise } from './gumbel.js';
import { passGradient, withoutGradient } from './no-gradient.js';

export interface RelaxedOptions extends Pick<HardConfig, 'estimator' | 'samples' | 'temperature' | 'count'> {
  readonly random: Random;
}

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
 * @param scores `[batch, length]`
 * @param mask `[batch, length]`
 */
export function relaxedWeights(
  scores: tf.Tensor2D,
  mask: tf.Tensor2D | null,
  { estimator, samples, temperature, count, random }: RelaxedOptions,
): tf.Tensor3D {
  const [batch, length] = scores.shape;
  const rows = scores.expandDims(1) as tf.Tensor3D; // [batch, 1, length]
  return tf.tidy(() => {
    if (estimator === 'soft') return tf.mul(maskedSoftmax(rows, mask), count) as tf.Tensor3D;
    const noisy = tf.add(rows, gumbelNoise(random, [batch, samples, length])) as tf.Tensor3D;
    const drawn = withoutGradient(() => largest(noisy, mask));
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
        return maskedSoftmax(tf.div(noisy, temperature) as tf.Tensor3D, mask);
      case 'straight-through gumbel':
        return passGradient(drawn, maskedSoftmax(tf.div(noisy, temperature) as tf.Tensor3D, mask));
      default:
        throw new Error(`Hard attention: ${estimator} has no relaxed weights`);
    }
  });
}

/** One-hot of the largest real position. */
function largest(keys: tf.Tensor3D, mask: tf.Tensor2D | null): tf.Tensor3D {
  const real = mask === null ? keys : hidePadding(keys, mask);
  return oneHotPlaces(tf.argMax(real, 2), keys.shape[2]) as tf.Tensor3D;
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
