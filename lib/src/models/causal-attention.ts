import * as tf from '@tensorflow/tfjs';
import { type AdditiveParams, additiveScore, initAdditive, scaledDotScore } from '../attention/score.js';
import { checkShape } from '../core/shapes.js';
import { type DenseParams, dense, initDense } from '../layers/dense.js';
import type { Random } from '../random/random.js';

/**
 * How a state is compared with earlier ones: `additive`, v . tanh(W h_t + U h_j) (Bahdanau et al. 2015), or `general`,
 * (W h_t + b) . h_j / sqrt(units) (Luong et al. 2015, equation 8, scaled).
 */
export type PastScore = 'additive' | 'general';

export type PastAttentionParams = { readonly additive: AdditiveParams } | { readonly general: DenseParams };

export function initPastAttention(
  random: Random,
  sizes: {
    readonly score: PastScore;
    readonly units: number;
    /** Width of the layer that scores; of `additive` alone. */
    readonly attention: number;
  },
): PastAttentionParams {
  const { score, units, attention } = sizes;
  if (score === 'additive') {
    return {
      additive: initAdditive(random.child('additive'), { query: units, key: units, units: attention }),
    };
  }
  if (score === 'general') return { general: initDense(random.child('general'), { input: units, units }) };
  throw new Error(`Unknown score of the past "${score}": known are additive, general`);
}

export interface PastAttended {
  /** Weighted mean of the earlier states, `[batch, target, units]`; zero where there is none. */
  readonly context: tf.Tensor3D;
  /** alpha[t, t'] is what step t pays to state t', `[batch, target, source]`; exactly 0 unless t' comes before t. */
  readonly alpha: tf.Tensor3D;
}

/**
 * Attention of each state over those before it: e_tj = score(h_t, h_j), alpha_t = softmax over j < t, context_t = sum_j
 * alpha_tj h_j. The state of the step itself is left out: what it knows goes to the output anyway, so alpha shows what had
 * to be looked up.
 *
 * Source: Daniluk et al. 2017, "Frustratingly short attention spans in neural language modeling", section 3.1.
 *
 * @param queries states h_from ... h_(from + target - 1), `[batch, target, units]`
 * @param past states h_0 ... , `[batch, source, units]`
 * @param from place of the first query among the states; 0 where queries and past are the same
 */
export function attendToPast(
  params: PastAttentionParams,
  queries: tf.Tensor3D,
  past: tf.Tensor3D,
  from = 0,
): PastAttended {
  const { batch, target, units } = checkShape('queries', queries, 'batch target units');
  const { source } = checkShape('past states', past, 'batch source units', { batch, units });
  const [context, alpha] = tf.tidy(() => {
    const scores =
      'additive' in params
        ? additiveScore(params.additive).scores(queries, additiveScore(params.additive).projectKeys(past))
        : scaledDotScore.scores(dense(params.general, queries), past); // [batch, target, source]
    const before = earlier(target, source, from);
    // So low that exp of the distance is 0; the product makes it exactly so, and a row without any past all zero.
    const shown = tf.add(scores, tf.mul(tf.sub(1, before), -1e30)) as tf.Tensor3D;
    const weights = tf.mul(tf.softmax(shown), before) as tf.Tensor3D;
    return [tf.matMul(weights, past), weights];
  }) as [tf.Tensor3D, tf.Tensor3D];
  return { context, alpha };
}

/** 1 where state j comes before step from + t, `[1, target, source]`. */
function earlier(target: number, source: number, from: number): tf.Tensor3D {
  const values = new Float32Array(target * source);
  for (let t = 0; t < target; t++)
    values.fill(1, t * source, t * source + Math.min(source, Math.max(0, from + t)));
  return tf.tensor3d(values, [1, target, source]);
}
