import * as tf from '@tensorflow/tfjs';
import {
  attentionEntropy,
  type BaselineState,
  type HardConfig,
  hardAttention,
  startBaseline,
} from '../attention/hard/index.js';
import { dense } from '../layers/dense.js';
import { embed } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { padSequences } from '../text/padding.js';
import { readingAlpha } from './reading.js';
import type { TextClassifier, TextClassifierParams } from './text-classifier-config.js';

/** A text as ids of its vocabulary, and its class. */
export interface LabelledText {
  readonly ids: readonly number[];
  readonly label: number;
}

/** What a batch of texts is before any of it is read. Whoever asked for it disposes it. */
export interface TextScores {
  /** `[batch, source, embedding]` */
  readonly embedded: tf.Tensor3D;
  /** `[batch, source]`: e_j = v . tanh(W key_j + b) */
  readonly scores: tf.Tensor2D;
  /** `[batch, source]` */
  readonly mask: tf.Tensor2D;
}

/** What is different in training with hard reading. */
export interface TextClassifierTraining {
  /** For the samples; needed by hard reading. */
  readonly random?: Random | null;
  /** How the gradient goes through the choice. */
  readonly hard?: Partial<HardConfig>;
  /** What the baseline remembers, from the step before. */
  readonly state?: BaselineState;
}

export interface TextClassifierLoss {
  /** Mean of -ln p(label) in nats, with what the estimator adds; its gradient is the estimate. */
  readonly loss: tf.Scalar;
  /** `[batch, source]` */
  readonly alpha: tf.Tensor2D;
  /** `[batch]`, entropy of alpha in nats. */
  readonly entropy: tf.Tensor1D;
  /** To be handed in at the next step. */
  readonly state: BaselineState;
}

/** Scores every word of every text. @throws where there is no text, one is empty, or an id is none of the vocabulary */
export function scoreTexts(classifier: TextClassifier, texts: readonly (readonly number[])[]): TextScores {
  const { config, params } = classifier;
  const padded = padSequences(texts);
  const [embedded, scores, mask] = tf.tidy(() => {
    const [batch, source] = padded.shape;
    const mask = tf.tensor2d(padded.mask, [batch, source]);
    const ids = tf.tensor2d(padded.ids, [batch, source], 'int32');
    // Padding becomes 0, as beyond the ends, so that a text's keys do not depend on its batch.
    const embedded = tf.mul(embed(params.embedding, ids), mask.expandDims(2)) as tf.Tensor3D;
    const keys = config.keys === 'window' ? withNeighbours(embedded) : embedded;
    const hidden = tf.tanh(dense(params.key, keys)).reshape([batch * source, config.attention]);
    const scores = tf.matMul(hidden as tf.Tensor2D, params.vector).reshape([batch, source]);
    return [embedded, scores, mask];
  }) as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D];
  return { embedded, scores, mask };
}

/** [before, itself, after] side by side, zeros beyond the ends: `[batch, source, 3 features]`. */
function withNeighbours(embedded: tf.Tensor3D): tf.Tensor3D {
  const [batch, source, features] = embedded.shape;
  const edge = tf.zeros([batch, 1, features]) as tf.Tensor3D;
  const part = (from: number) => tf.slice(embedded, [0, from, 0], [batch, source - 1, features]);
  const before = tf.concat([edge, part(0)], 1);
  const after = tf.concat([part(1), edge], 1);
  return tf.concat([before, embedded, after], 2) as tf.Tensor3D;
}

/** What is known of a word once it is read, of the rank of the embeddings: `[..., value units]`. */
function valuesOf<T extends tf.Tensor2D | tf.Tensor3D>(params: TextClassifierParams, embedded: T): T {
  return 'kernel' in params.value ? (tf.tanh(dense(params.value as never, embedded)) as T) : embedded;
}

/** Logits `[..., classes]` of what was read. */
function answerFrom<T extends tf.Tensor2D | tf.Tensor3D>(params: TextClassifierParams, read: T): T {
  return dense(params.output, tf.relu(dense(params.hidden, read)) as T);
}

/**
 * Logits of what weights `[batch, samples, source]` make of the words, `[batch, samples, classes]`.
 *
 * Soft reading needs the value of every word before it can mix them. A hard choice is a word itself, so its value is computed
 * after the choice: once a sample, not once a word.
 */
export function logitsOfWeights(
  { config, params }: TextClassifier,
  embedded: tf.Tensor3D,
  weights: tf.Tensor3D,
): tf.Tensor3D {
  if (config.reading !== 'hard')
    return answerFrom(params, tf.matMul(weights, valuesOf(params, embedded)) as tf.Tensor3D);
  // Of several chosen words the mean.
  const chosen = tf.matMul(tf.div(weights, config.words), embedded) as tf.Tensor3D;
  return answerFrom(params, valuesOf(params, chosen));
}

/** -ln p(label) of logits `[batch, samples, classes]`: `[batch, samples]`. */
function labelLosses(logits: tf.Tensor3D, labels: readonly number[]): tf.Tensor2D {
  const [batch, , classes] = logits.shape;
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (wrong !== undefined)
    throw new RangeError(`text classifier: expected labels from 0 to ${classes - 1}, got ${wrong}`);
  const hot = tf.oneHot(tf.tensor1d([...labels], 'int32'), classes).reshape([batch, 1, classes]);
  return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), hot), 2)) as tf.Tensor2D;
}

/**
 * The loss of a batch. With soft and sparsemax reading alpha mixes the words and the gradient flows through it; with hard reading
 * words are sampled and the gradient to the scores is estimated, by leave-one-out REINFORCE where `hard` does not say otherwise.
 *
 * @throws for labels that are no class, and where hard reading gets no `random`
 */
export function textClassifierLoss(
  classifier: TextClassifier,
  batch: readonly LabelledText[],
  training: TextClassifierTraining = {},
): TextClassifierLoss {
  const { random = null, hard = {}, state = startBaseline } = training;
  const { reading, words } = classifier.config;
  let next = state;
  const [loss, alpha, entropy] = tf.tidy(() => {
    const read = scoreTexts(
      classifier,
      batch.map(({ ids }) => ids),
    );
    const labels = batch.map(({ label }) => label);
    const lossOf = (weights: tf.Tensor3D) =>
      labelLosses(logitsOfWeights(classifier, read.embedded, weights), labels);
    if (reading !== 'hard') {
      const alpha = readingAlpha(reading, read.scores, read.mask);
      const losses = lossOf(alpha.expandDims(1) as tf.Tensor3D);
      return [tf.mean(losses), alpha, attentionEntropy(read.scores, read.mask)];
    }
    if (random === null)
      throw new Error('text classifier: hard reading samples words and needs `random` in training, got none');
    const looked = hardAttention({
      scores: read.scores,
      mask: read.mask,
      lossOf,
      random,
      config: { ...hard, count: words },
      state,
      // A bad score shows in the loss, which training checks.
      check: false,
    });
    next = looked.state;
    return [looked.loss, looked.alpha, looked.entropy];
  }) as [tf.Scalar, tf.Tensor2D, tf.Tensor1D];
  return { loss, alpha, entropy, state: next };
}

/**
 * -ln p(label) for every choice of one word, `[batch, source]`: what a hard reader would lose by choosing it. From it the expected
 * loss and its gradient are sums, not samples. What stands at padding means nothing.
 */
export function lossOfEachWord(classifier: TextClassifier, batch: readonly LabelledText[]): tf.Tensor2D {
  return tf.tidy(() => {
    const { embedded } = scoreTexts(
      classifier,
      batch.map(({ ids }) => ids),
    );
    const logits = answerFrom(classifier.params, valuesOf(classifier.params, embedded));
    return labelLosses(
      logits,
      batch.map(({ label }) => label),
    );
  });
}
