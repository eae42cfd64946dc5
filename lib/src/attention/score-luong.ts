import * as tf from '@tensorflow/tfjs';
import type { AdditiveWeights } from '../backend/sequences.js';
import { checkShape } from '../core/shapes.js';
import { additiveScore, dotScore, type Score } from './score.js';

/**
 * e = query . W key (Luong et al. 2015, section 3.1, "general").
 *
 * The keys are projected, once a source: each later look is then a plain dot product.
 */
export function generalScore({ kernel }: { readonly kernel: tf.Tensor2D }): Score {
  const [queryUnits, keyUnits] = kernel.shape; // W is [query units, key units]
  return {
    name: 'general',
    projectKeys: (keys) => {
      const { batch, source } = checkShape('general keys', keys, 'batch source units', { units: keyUnits });
      return tf.tidy(() =>
        tf
          .matMul(keys.reshape([batch * source, keyUnits]), kernel, false, true)
          .reshape([batch, source, queryUnits]),
      );
    },
    scores: (query, keys) => {
      checkShape('general query', query, 'batch target units', { units: queryUnits });
      return dotScore.scores(query, keys);
    },
  };
}

/**
 * e = v . tanh(W [query; key]) (Luong et al. 2015, section 3.1, "concat").
 *
 * W [query; key] is W_query query + W_key key with the two parts of W, so keys are projected once and nothing is
 * concatenated: the function is Bahdanau's additive score. They differ in the state that asks (s<t-1> there, s<t> here) and
 * in the start, since one matrix has a wider fan-in than either of two.
 */
export function concatScore(params: AdditiveWeights & { readonly keyKernel: tf.Tensor2D }): Score {
  return { ...additiveScore(params), name: 'concat' };
}

/**
 * e_j = (W query)_j: where to look from the query alone, whatever stands there (Luong et al. 2015, equation 8, "location").
 *
 * W has a column for each source position, so a source cannot be longer than W is wide; the paper leaves words beyond it out.
 */
export function locationScore({ kernel }: { readonly kernel: tf.Tensor2D }): Score {
  const [queryUnits, longest] = kernel.shape; // W is [query units, longest source]
  return {
    name: 'location',
    projectKeys: (keys) => {
      checkLongest(keys.shape[1], longest);
      return keys;
    },
    scores: (query, keys) => {
      const { batch, target } = checkShape('location query', query, 'batch target units', {
        units: queryUnits,
      });
      const [, source] = keys.shape;
      checkLongest(source, longest);
      return tf.tidy(() =>
        tf
          .matMul(query.reshape([batch * target, queryUnits]), kernel.slice([0, 0], [queryUnits, source]))
          .reshape([batch, target, source]),
      );
    },
  };
}

function checkLongest(source: number, longest: number): void {
  if (source > longest) {
    throw new Error(
      `location score: the source has ${source} positions, the score was made for at most ${longest}; cut the source or make the score with a larger \`longest\``,
    );
  }
}
