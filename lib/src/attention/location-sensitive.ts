import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';
import { projectAdditiveKeys } from './score.js';

export interface LocationSensitiveWeights {
  /** W, `[query units, attention units]` */
  readonly queryKernel: tf.Tensor2D;
  /** V, `[key units, attention units]` */
  readonly keyKernel: tf.Tensor2D;
  /** F, `[filter width, filters]` */
  readonly filterKernel: tf.Tensor2D;
  /** U, `[filters, attention units]` */
  readonly locationKernel: tf.Tensor2D;
  /** b, `[attention units]` */
  readonly bias: tf.Tensor1D;
  /** w, `[attention units]` */
  readonly vector: tf.Tensor1D;
}

/** `[batch, source, width]`: at each position the previous alpha around it, zeros beyond both ends. */
function surroundings(previous: tf.Tensor2D, width: number): tf.Tensor3D {
  const [batch, source] = previous.shape;
  const beside = (width - 1) / 2;
  const padded = tf.pad(previous, [
    [0, 0],
    [beside, beside],
  ]);
  const places = Int32Array.from({ length: source * width }, (_, n) => Math.floor(n / width) + (n % width));
  return tf.gather(padded, tf.tensor1d(places, 'int32'), 1).reshape([batch, source, width]);
}

/**
 * e_j = w . tanh(W query + V key_j + U f_j + b), f = F * alpha of the output before: a convolution tells each position what
 * was looked at around it, so that the reader can go on from there and tells equal words apart (Chorowski et al. 2015,
 * section 2.2).
 *
 * @param query `[batch, units]`
 * @param keys projected, `[batch, source, attention units]`
 * @param previous alpha of the output before, `[batch, source]`
 * @returns `[batch, source]`
 */
export function locationSensitiveScores(
  weights: LocationSensitiveWeights,
  query: tf.Tensor2D,
  keys: tf.Tensor3D,
  previous: tf.Tensor2D,
): tf.Tensor2D {
  const { batch, source, units } = checkShape('location-sensitive keys', keys, 'batch source units');
  checkShape('location-sensitive query', query, 'batch units', {
    batch,
    units: weights.queryKernel.shape[0],
  });
  checkShape('previous alpha', previous, 'batch source', { batch, source });
  const [width, filters] = weights.filterKernel.shape;
  if (width % 2 === 0) {
    throw new Error(
      `location-sensitive filters: their width must be odd, so that they have a middle, got ${width}`,
    );
  }
  return tf.tidy(() => {
    const around = surroundings(previous, width).reshape([batch * source, width]) as tf.Tensor2D;
    const features = tf.matMul(around, weights.filterKernel); // f, [batch * source, filters]
    const located = tf.matMul(features.as2D(batch * source, filters), weights.locationKernel);
    const asked = tf.add(tf.matMul(query, weights.queryKernel), weights.bias).reshape([batch, 1, units]);
    const sums = tf.addN([tf.add(keys, asked).reshape([batch * source, units]), located]); // [batch * source, attention units]
    return tf
      .matMul(tf.tanh(sums) as tf.Tensor2D, weights.vector.reshape([units, 1]))
      .reshape([batch, source]) as tf.Tensor2D;
  });
}

/** V key, once a source: `[batch, source, attention units]`. */
export const projectLocationSensitiveKeys = projectAdditiveKeys;
