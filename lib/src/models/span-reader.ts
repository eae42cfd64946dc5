import * as tf from '@tensorflow/tfjs';
import { maskedSparsemax } from '../attention/entmax.js';
import { oneHotPlaces } from '../attention/hard/choose.js';
import { additiveScores, projectAdditiveKeys } from '../attention/score.js';
import { hidePadding, maskedSoftmax } from '../attention/softmax.js';
import type { Random } from '../random/random.js';
import { encodeSource } from '../seq2seq/encoder.js';
import { padSequences } from '../text/padding.js';
import type { SpanReader } from './span-reader-config.js';

/** A passage and a question as ids of one vocabulary. */
export interface AskedPassage {
  readonly passage: readonly number[];
  readonly question: readonly number[];
}

/** And where the answer stands: places first ... last of the passage, both of them in it. */
export interface AnsweredPassage extends AskedPassage {
  readonly first: number;
  readonly last: number;
}

export interface SpanReaderTraining {
  /** For dropout; without one there is none. */
  readonly random?: Random | null;
}

/** A batch that was read. Whoever asked for it disposes it. */
export interface PassageReading {
  /** `[batch, source, 2 units]` */
  readonly annotations: tf.Tensor3D;
  /** `[batch, source]` */
  readonly mask: tf.Tensor2D;
  /** `[batch, 2 units]`, the question's last states of both directions */
  readonly asked: tf.Tensor2D;
  /** `[batch, source]`: scores of a start at each place */
  readonly start: tf.Tensor2D;
}

/** Reads passages and questions and scores every place as a start. @throws where there is none, one is empty, or an id is none of the vocabulary */
export function readPassages(
  { config, params }: SpanReader,
  batch: readonly AskedPassage[],
  random: Random | null = null,
): PassageReading {
  const [annotations, mask, asked, start] = tf.tidy(() => {
    const read = (name: 'passage' | 'question') => {
      const padded = padSequences(batch.map((each) => each[name]));
      const mask = tf.tensor2d(padded.mask, [...padded.shape]);
      const encoded = encodeSource(params.encoder, {
        cell: config.cell,
        ids: tf.tensor2d(padded.ids, [...padded.shape], 'int32'),
        mask,
        ...(random !== null &&
          config.dropout > 0 && { dropout: { rate: config.dropout, random: random.child(name) } }),
      });
      return { ...encoded, mask };
    };
    const passage = read('passage');
    const asked = read('question').last[0]!;
    return [passage.annotations, passage.mask, asked, scoresOf(params.start, asked, passage.annotations)];
  }) as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  return { annotations, mask, asked, start };
}

/** e_j = v . tanh(W query + U annotation_j), `[batch, source]`. */
function scoresOf(
  params: SpanReader['params']['start'],
  query: tf.Tensor2D,
  annotations: tf.Tensor3D,
): tf.Tensor2D {
  const scores = additiveScores(params, query.expandDims(1), projectAdditiveKeys(params, annotations));
  return scores.squeeze([1]) as tf.Tensor2D;
}

/** Weights of scores `[batch, source]` by the reader's normaliser; of a hard reader the probabilities. */
export function spanAlpha({ config }: SpanReader, scores: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const normalise = config.reading === 'sparsemax' ? maskedSparsemax : maskedSoftmax;
  return normalise(scores.expandDims(1) as tf.Tensor3D, mask).squeeze([1]) as tf.Tensor2D;
}

/**
 * Scores of an end at each place, `[batch, source]`.
 *
 * @param weights `[batch, source]`, where the start is looked at: alpha, or one-hot at the start
 */
export function endScores(
  { params }: SpanReader,
  { annotations, asked }: PassageReading,
  weights: tf.Tensor2D,
): tf.Tensor2D {
  if (!('vector' in params.end))
    throw new Error('span reader: an answer of one word has no end; ask for answer "words"');
  const end = params.end as SpanReader['params']['start'];
  return tf.tidy(() => {
    const read = tf.matMul(weights.expandDims(1) as tf.Tensor3D, annotations).squeeze([1]);
    return scoresOf(end, tf.concat([asked, read as tf.Tensor2D], 1), annotations);
  });
}

/**
 * Mean loss of the true places, start and end added; a scalar with a gradient.
 *
 * Soft and hard readers: -ln p(start) - ln p(end). A sparsemax reader can give the true place a weight of 0, whose logarithm there is
 * not: it has sparsemax's own loss (Martins and Astudillo 2016, equation 11), whose gradient is alpha - one-hot too. What the end
 * is asked with is the mixture by alpha, and of a hard reader the annotation at the true start, as in prediction it is that at the
 * chosen one: since the place is known in training nothing has to be sampled.
 *
 * @throws for places outside of the passage, an end before its start, and several words where the answer is one
 */
export function spanReaderLoss(
  reader: SpanReader,
  batch: readonly AnsweredPassage[],
  { random = null }: SpanReaderTraining = {},
): tf.Scalar {
  batch.forEach(({ passage, first, last }, row) => {
    const inside = (at: number) => Number.isInteger(at) && at >= 0 && at < passage.length;
    if (!inside(first) || !inside(last) || last < first)
      throw new RangeError(
        `span reader: example ${row} asks for places ${first} to ${last}, expected places in order inside of its ${passage.length} words`,
      );
    if (reader.config.answer === 'one word' && first !== last)
      throw new RangeError(
        `span reader: example ${row} has an answer of ${last - first + 1} words, expected one; use answer "words"`,
      );
  });
  return tf.tidy(() => {
    const read = readPassages(reader, batch, random);
    const source = read.start.shape[1];
    const hot = (places: readonly number[]) =>
      oneHotPlaces(tf.tensor1d([...places], 'int32'), source) as tf.Tensor2D;
    const first = hot(batch.map((each) => each.first));
    const startLoss = placeLoss(reader, read.start, read.mask, first);
    if (reader.config.answer === 'one word') return startLoss;
    const weights = reader.config.reading === 'hard' ? first : spanAlpha(reader, read.start, read.mask);
    const ends = endScores(reader, read, weights);
    return tf.add(startLoss, placeLoss(reader, ends, read.mask, hot(batch.map((each) => each.last))));
  });
}

/** Mean loss of one place a row. */
function placeLoss(reader: SpanReader, scores: tf.Tensor2D, mask: tf.Tensor2D, hot: tf.Tensor2D): tf.Scalar {
  const shown = hidePadding(scores.expandDims(1) as tf.Tensor3D, mask).squeeze([1]) as tf.Tensor2D;
  if (reader.config.reading !== 'sparsemax')
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(shown), hot), 1)));
  // max over p of p . e - |p|^2 / 2, less the same at the truth: 0 where alpha is the truth, and never below.
  const alpha = spanAlpha(reader, scores, mask);
  const reached = tf.sub(tf.sum(tf.mul(alpha, scores), 1), tf.div(tf.sum(tf.square(alpha), 1), 2));
  const wanted = tf.sub(tf.sum(tf.mul(hot, scores), 1), 0.5);
  return tf.mean(tf.sub(reached, wanted));
}
