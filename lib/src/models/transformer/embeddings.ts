import * as tf from '@tensorflow/tfjs';
import { normal } from '../../core/initializers.js';
import { createParam } from '../../core/params.js';
import { type DenseParams, dense, initDense } from '../../layers/dense.js';
import { type EmbeddingParams, embed, initEmbedding } from '../../layers/embedding.js';
import type { Random } from '../../random/random.js';
import type { StackConfig } from './config.js';
import { type Rotation, rotation, sinusoidalPositions } from './positions.js';
import { drop, type Noise } from './sublayers.js';

/** Vectors of symbols and, where they are learned, of positions. */
export type SymbolParams = {
  readonly words: EmbeddingParams;
  readonly places?: { readonly table: tf.Variable<tf.Rank.R2> };
};

export function initSymbols(random: Random, vocab: number, config: StackConfig): SymbolParams {
  const { units, positions, maxLength } = config;
  // Times the root of the units below: of variance 1 where it enters, of length 1 as an output layer.
  const words = initEmbedding(random.child('words'), {
    vocab,
    features: units,
    initializer: normal(units ** -0.5),
  });
  if (positions !== 'learned') return { words };
  const table = createParam<tf.Rank.R2>(random.child('places'), [maxLength!, units], normal(0.1));
  return { words, places: { table } };
}

/** sqrt(units) word + position (Vaswani et al. 2017, section 3.4), `[batch, time, units]`. */
export function enter(
  params: SymbolParams,
  ids: tf.Tensor2D,
  { units, positions, maxLength = 0 }: StackConfig,
  noise: Noise,
  from = 0,
): tf.Tensor3D {
  const [, time] = ids.shape;
  const words = tf.mul(embed(params.words, ids), Math.sqrt(units)) as tf.Tensor3D;
  if (positions === 'sinusoidal')
    return drop(tf.add(words, sinusoidalPositions(time, units, from).expandDims(0)), noise);
  if (positions !== 'learned') return drop(words, noise);
  if (from + time > maxLength)
    throw new Error(
      `transformer: learned positions end at ${maxLength}, got a sequence of ${from + time}; train with a larger maxLength, or use sinusoidal or rotary positions`,
    );
  const places = tf.slice(params.places!.table, [from, 0], [time, units]);
  return drop(tf.add(words, places.expandDims(0)) as tf.Tensor3D, noise);
}

/** What turns queries and keys, for rotary positions only. */
export function turning({ units, heads, positions }: StackConfig, time: number, from = 0): Rotation | null {
  return positions === 'rotary' ? rotation(time, units, heads, from) : null;
}

/** The layer that scores the next symbol; none where the table of the embeddings does it. */
export function initOutput(
  random: Random,
  vocab: number,
  config: StackConfig,
): { readonly output?: DenseParams } {
  if (config.tied ?? true) return {};
  return { output: initDense(random.child('output'), { input: config.units, units: vocab }) };
}

/** Scores of the next symbol, `[batch, time, vocab]`. */
export function score(
  params: { readonly output?: DenseParams },
  symbols: SymbolParams,
  x: tf.Tensor3D,
): tf.Tensor3D {
  if (params.output !== undefined) return dense(params.output, x);
  const [batch, time, units] = x.shape;
  const { table } = symbols.words;
  return tf
    .matMul(x.reshape([batch * time, units]), table, false, true)
    .reshape([batch, time, table.shape[0]]);
}
