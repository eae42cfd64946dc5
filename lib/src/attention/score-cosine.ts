import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';
import type { Score } from './score.js';

/** Under the root, so that a vector of zeros has the cosine 0 to all others, and a gradient. */
const tiny = 1e-12;

/** Each vector of the last axis divided by its length. */
function directions(vectors: tf.Tensor3D): tf.Tensor3D {
  return tf.mul(vectors, tf.rsqrt(tf.add(tf.sum(tf.square(vectors), 2, true), tiny)));
}

/**
 * e = beta cos(W query, key), beta = softplus(w . query + b) (Graves et al. 2014, section 3.3.1).
 *
 * A cosine is at most 1, so without the key strength beta > 0 softmax could not choose: of ten positions the best would get
 * at most 0.45. As there, query vector and strength are both read off the state that asks.
 */
export function cosineScore(params: {
  /** `[query units, key units]` */
  readonly queryKernel: tf.Tensor2D;
  /** `[query units, 1]` */
  readonly strengthKernel: tf.Tensor2D;
  /** `[1]` */
  readonly strengthBias: tf.Tensor1D;
}): Score {
  const [queryUnits, keyUnits] = params.queryKernel.shape;
  return {
    name: 'cosine',
    projectKeys: (keys) => {
      checkShape('cosine keys', keys, 'batch source units', { units: keyUnits });
      return tf.tidy(() => directions(keys));
    },
    scores: (query, keys) => {
      const { batch, target } = checkShape('cosine query', query, 'batch target units', {
        units: queryUnits,
      });
      return tf.tidy(() => {
        const rows = query.reshape([batch * target, queryUnits]) as tf.Tensor2D;
        const asked = directions(tf.matMul(rows, params.queryKernel).reshape([batch, target, keyUnits]));
        const strength = tf.softplus(tf.add(tf.matMul(rows, params.strengthKernel), params.strengthBias));
        return tf.mul(
          tf.matMul(asked, keys, false, true),
          strength.reshape([batch, target, 1]),
        ) as tf.Tensor3D;
      });
    },
  };
}
