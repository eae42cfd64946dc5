import * as tf from '@tensorflow/tfjs';
import type { AdditiveWeights } from '../backend/sequences.js';
import { glorotUniform } from '../core/initializers.js';
import { createParam } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import type { Random } from '../random/random.js';

/** How well a query fits each key; the larger the better. */
export interface Score {
  readonly name: string;
  /** What the scores need of the keys `[batch, source, key units]` and can be computed once for all queries. */
  projectKeys(keys: tf.Tensor3D): tf.Tensor3D;
  /** Query `[batch, target, units]` and projected keys to scores `[batch, target, source]`. */
  scores(query: tf.Tensor3D, projectedKeys: tf.Tensor3D): tf.Tensor3D;
}

export type AdditiveParams = {
  /** `[query units, attention units]` */
  readonly queryKernel: tf.Variable<tf.Rank.R2>;
  /** `[key units, attention units]` */
  readonly keyKernel: tf.Variable<tf.Rank.R2>;
  /** `[attention units]` */
  readonly vector: tf.Variable<tf.Rank.R1>;
};

export interface AdditiveSizes {
  readonly query: number;
  readonly key: number;
  /** attention units */
  readonly units: number;
}

/** All three by Glorot; the vector counts as a matrix to one unit. */
export function initAdditive(random: Random, { query, key, units }: AdditiveSizes): AdditiveParams {
  const toOne = (stream: Random) => glorotUniform()(stream, [units, 1]);
  return {
    queryKernel: createParam<tf.Rank.R2>(random.child('queryKernel'), [query, units], glorotUniform()),
    keyKernel: createParam<tf.Rank.R2>(random.child('keyKernel'), [key, units], glorotUniform()),
    vector: createParam<tf.Rank.R1>(random.child('vector'), [units], toOne),
  };
}

/** keys keyKernel, `[batch, source, attention units]`. */
export function projectAdditiveKeys(
  params: { readonly keyKernel: tf.Tensor2D },
  keys: tf.Tensor3D,
): tf.Tensor3D {
  const [keyUnits, units] = params.keyKernel.shape;
  const { batch, source } = checkShape('additive keys', keys, 'batch source units', { units: keyUnits });
  return tf.tidy(() =>
    tf.matMul(keys.reshape([batch * source, keyUnits]), params.keyKernel).reshape([batch, source, units]),
  );
}

/** e = vector . tanh(query queryKernel + key), for keys that are projected already. */
export function additiveScores(
  weights: AdditiveWeights,
  query: tf.Tensor3D,
  projectedKeys: tf.Tensor3D,
): tf.Tensor3D {
  const [batch, target, queryUnits] = query.shape;
  const [, source, units] = projectedKeys.shape;
  checkShape('additive query', query, 'batch target units', { units: weights.queryKernel.shape[0] });
  return tf.tidy(() => {
    const asked = tf.matMul(query.reshape([batch * target, queryUnits]), weights.queryKernel);
    const sums = tf.add(
      asked.reshape([batch, target, 1, units]),
      projectedKeys.reshape([batch, 1, source, units]),
    );
    const rows = tf.tanh(sums).reshape([batch * target * source, units]);
    return tf
      .matMul(rows as tf.Tensor2D, weights.vector.reshape([units, 1]))
      .reshape([batch, target, source]);
  });
}

/** e = v . tanh(W query + U key) (Bahdanau et al. 2015, A.1.2). */
export function additiveScore(params: AdditiveWeights & { readonly keyKernel: tf.Tensor2D }): Score {
  return {
    name: 'additive',
    projectKeys: (keys) => projectAdditiveKeys(params, keys),
    scores: (query, keys) => additiveScores(params, query, keys),
  };
}

/** e = query . key (Luong et al. 2015, section 3.1). */
export const dotScore: Score = {
  name: 'dot',
  projectKeys: (keys) => keys,
  scores: (query, keys) => {
    checkShape('dot query', query, 'batch target units', { units: keys.shape[2] });
    return tf.matMul(query, keys, false, true);
  },
};

/** e = query . key / sqrt(units), which keeps the variance of the scores (Vaswani et al. 2017, section 3.2.1). */
export const scaledDotScore: Score = {
  name: 'scaled dot',
  projectKeys: (keys) => keys,
  scores: (query, keys) => tf.tidy(() => tf.div(dotScore.scores(query, keys), Math.sqrt(keys.shape[2]))),
};
