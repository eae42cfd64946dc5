import * as tf from '@tensorflow/tfjs';
import type { LstmState } from '../backend/sequences.js';
import { normal, zeros } from '../core/initializers.js';
import { maskedCrossEntropy } from '../core/losses.js';
import { createParam } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import { type DenseParams, dense, initDense } from '../layers/dense.js';
import { dropout } from '../layers/dropout.js';
import { type EmbeddingParams, embed, initEmbedding } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import type { Cell } from '../recurrent/cell.js';
import { type GruParams, gruCell } from '../recurrent/gru.js';
import type { LstmParams } from '../recurrent/lstm.js';
import { type RnnParams, rnnCell } from '../recurrent/rnn.js';
import { initStacked, stacked } from '../recurrent/stacked.js';
import { lstmCellWith, rnnCellWith } from '../recurrent/variants.js';
import { padSequences } from '../text/padding.js';
import { END, START } from '../text/vocabulary.js';
import {
  attendToPast,
  initPastAttention,
  type PastAttentionParams,
  type PastScore,
} from './causal-attention.js';

export type LanguageCell = 'rnn' | 'relu rnn' | 'gru' | 'lstm';

/** Sizes of a language model; all that is needed to build it again. */
export interface LanguageModelConfig {
  /** Ids of the vocabulary, specials included; what a token is (word or character) is the vocabulary's affair. */
  readonly vocab: number;
  readonly cell: LanguageCell;
  /** Cells on top of each other. */
  readonly layers: number;
  readonly embedding: number;
  readonly units: number;
  /** How the top layer looks back at its own earlier states, or that it does not. */
  readonly attention: 'none' | PastScore;
  /** Width of the layer that scores; of `additive` alone. */
  readonly attentionUnits: number;
  /** Whether the output uses the embedding's table again, turned round (Press and Wolf 2017). */
  readonly tied: boolean;
  /** First bias of an LSTM's forget gate. */
  readonly forgetBias: number;
  /** Share of numbers dropped after the embedding, between layers and before the output, in training. */
  readonly dropout: number;
}

export const defaultLanguageModelConfig: Omit<LanguageModelConfig, 'vocab'> = {
  cell: 'lstm',
  layers: 1, // the tasks of the course need no more
  embedding: 64, // some three hundred words: more does not help
  units: 128, // 64 learn the far words later
  attention: 'none',
  attentionUnits: 64, // half the state: its cost grows with the square of the length
  tied: false, // with a small vocabulary there is little to save
  forgetBias: 1, // a gate that starts open remembers (Jozefowicz et al. 2015)
  dropout: 0, // sentences are made afresh: there is nothing to overfit
};

export type LanguageModelParams = {
  readonly embedding: EmbeddingParams;
  readonly layers: readonly (RnnParams | GruParams | LstmParams)[];
  readonly attention?: PastAttentionParams;
  /** To the vocabulary, or, where the output is tied, to the features of the embedding. */
  readonly output: DenseParams;
  /** Of a tied output, `[vocab]`. */
  readonly tiedBias?: tf.Variable<tf.Rank.R1>;
};

/** Parameters with the sizes they were made for. */
export interface LanguageModel {
  readonly config: LanguageModelConfig;
  readonly params: LanguageModelParams;
}

type AnyParams = RnnParams | GruParams | LstmParams;
export type LanguageState = tf.Tensor2D | LstmState;

/** The cell of a model, its types forgotten: parameters and states of one go together by construction. */
export function languageCell(
  config: Pick<LanguageModelConfig, 'cell' | 'forgetBias'>,
): Cell<AnyParams, LanguageState> {
  const cells: Record<LanguageCell, unknown> = {
    rnn: rnnCell,
    'relu rnn': rnnCellWith({ activation: 'relu' }),
    gru: gruCell,
    lstm: lstmCellWith({ forgetBias: config.forgetBias }),
  };
  const cell = cells[config.cell];
  if (cell === undefined)
    throw new Error(`Unknown cell "${config.cell}": known are ${Object.keys(cells).join(', ')}`);
  return cell as Cell<AnyParams, LanguageState>;
}

/**
 * Makes a language model with random weights. Its first loss is close to ln(vocab): it holds every word for equally likely.
 *
 * @throws where the vocabulary has fewer than two words, for nothing could be learnt
 */
export function initLanguageModel(
  random: Random,
  given: Partial<LanguageModelConfig> & Pick<LanguageModelConfig, 'vocab'>,
): LanguageModel {
  const config: LanguageModelConfig = { ...defaultLanguageModelConfig, ...given };
  const { vocab, embedding, units, layers, attention, attentionUnits, tied } = config;
  if (!Number.isSafeInteger(vocab) || vocab < 2)
    throw new Error(
      `A language model chooses among words: expected a vocabulary of at least 2, got ${vocab}`,
    );
  const features = attention === 'none' ? units : 2 * units;
  const params: LanguageModelParams = {
    embedding: initEmbedding(random.child('embedding'), {
      vocab,
      features: embedding,
      // A tied table is both: small as an output, and multiplied by sqrt(embedding) as an input.
      ...(tied && { initializer: normal(1 / Math.sqrt(embedding)) }),
    }),
    layers: initStacked(languageCell(config), random.child('layers'), { input: embedding, units, layers }),
    ...(attention !== 'none' && {
      attention: initPastAttention(random.child('attention'), {
        score: attention,
        units,
        attention: attentionUnits,
      }),
    }),
    output: initDense(random.child('output'), { input: features, units: tied ? embedding : vocab }),
    ...(tied && { tiedBias: createParam<tf.Rank.R1>(random.child('tiedBias'), [vocab], zeros) }),
  };
  return { config, params };
}

export interface ReadOptions {
  /** `[batch, time]`, 1 for real and 0 for padding. */
  readonly mask?: tf.Tensor2D | null;
  /** After what was read before, one a layer; zeros where it is not given. */
  readonly states?: readonly LanguageState[];
  /** Of the dropout; without it there is none. */
  readonly random?: Random | null;
}

/**
 * Reads tokens: the hidden state of the top layer after each, `[batch, time, units]`, and the states after the last.
 *
 * @param ids `[batch, time]`
 */
export function readTokens(
  model: LanguageModel,
  ids: tf.Tensor2D,
  options: ReadOptions = {},
): { readonly outputs: tf.Tensor3D; readonly states: readonly LanguageState[] } {
  const { mask = null, states, random = null } = options;
  const { config, params } = model;
  const cell = languageCell(config);
  const [outputs, ...parts] = tf.tidy(() => {
    const embedded = embed(params.embedding, ids) as tf.Tensor3D; // [batch, time, embedding]
    const scaled = config.tied ? tf.mul(embedded, Math.sqrt(config.embedding)) : embedded;
    const result = stacked(cell, params.layers, dropout(scaled as tf.Tensor3D, config.dropout, random), {
      mask,
      ...(states && { initialState: states }),
      ...(random && { dropout: { rate: config.dropout, random } }),
    });
    return [result.outputs, ...result.states.flatMap((state) => cell.parts(state))];
  }) as [tf.Tensor3D, ...tf.Tensor2D[]];
  const each = parts.length / config.layers;
  const last = Array.from({ length: config.layers }, (_, n) =>
    cell.fromParts(parts.slice(n * each, (n + 1) * each)),
  );
  return { outputs, states: last };
}

export interface NextTokens {
  /** Of the token after each output, `[batch, time, vocab]`. */
  readonly logits: tf.Tensor3D;
  /** What each output paid to each earlier one, `[batch, time, source]`; null in a model without attention. */
  readonly alpha: tf.Tensor3D | null;
}

/**
 * Scores of the next token after each output of the top layer, with the context of the past where the model attends.
 *
 * @param outputs `[batch, time, units]`
 * @param options.past outputs from the first token on, where `outputs` are only the later ones, from place `from`
 */
export function nextTokens(
  model: LanguageModel,
  outputs: tf.Tensor3D,
  options: { readonly past?: tf.Tensor3D; readonly from?: number; readonly random?: Random | null } = {},
): NextTokens {
  const { config, params } = model;
  const { batch, time } = checkShape('outputs', outputs, 'batch time units', { units: config.units });
  const { past = outputs, from = 0, random = null } = options;
  const [logits, alpha = null] = tf.tidy(() => {
    const looked =
      params.attention === undefined ? null : attendToPast(params.attention, outputs, past, from);
    const known = looked === null ? outputs : tf.concat([outputs, looked.context], 2);
    const paid = looked === null ? [] : [looked.alpha];
    const features = dense(params.output, dropout(known, config.dropout, random));
    if (params.tiedBias === undefined) return [features, ...paid];
    const rows = features.reshape([batch * time, config.embedding]);
    const scores = tf.add(tf.matMul(rows, params.embedding.table, false, true), params.tiedBias);
    return [scores.reshape([batch, time, config.vocab]), ...paid];
  }) as [tf.Tensor3D, tf.Tensor3D?];
  return { logits, alpha };
}

/**
 * Mean of -ln P(token | those before) over all tokens of the sequences and their ends, in nats: a scalar with a gradient. Its
 * exponential is the perplexity.
 *
 * @param sequences ids without start and end: both are added here
 */
export function languageModelLoss(
  model: LanguageModel,
  sequences: readonly (readonly number[])[],
  options: { readonly random?: Random | null } = {},
): tf.Scalar {
  const given = padSequences(sequences.map((ids) => [START, ...ids]));
  const wanted = padSequences(sequences.map((ids) => [...ids, END]));
  return tf.tidy(() => {
    const mask = tf.tensor2d(given.mask, [...given.shape]);
    const ids = tf.tensor2d(given.ids, [...given.shape], 'int32');
    // No mask for the reading: padding comes last, and what is read there counts for nothing.
    const { outputs } = readTokens(model, ids, options);
    const { logits } = nextTokens(model, outputs, options);
    return maskedCrossEntropy(logits, tf.tensor2d(wanted.ids, [...wanted.shape], 'int32'), mask);
  });
}
