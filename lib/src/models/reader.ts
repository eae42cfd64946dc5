import * as tf from '@tensorflow/tfjs';
import { additiveScore, attend, dotScore } from '../attention/index.js';
import { maskedCrossEntropy } from '../core/losses.js';
import { dense } from '../layers/dense.js';
import { dropout } from '../layers/dropout.js';
import { embed } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { type OverwriteAlpha, overwriteAlpha } from '../seq2seq/overwrite.js';
import { batchesOf } from '../text/padding.js';
import { likeliest } from './likeliest.js';
import {
  positionWeights,
  type StoryBatch,
  type StoryEncoding,
  type StoryToRead,
  storyBatch,
} from './reader-batch.js';
import type { MemoryHop, MemoryReader } from './reader-config.js';

export interface ReadStoriesOptions extends StoryEncoding {
  /** Weights over the sentences that take alpha's place in a hop (from 0) of a story; undefined leaves it as it is. */
  readonly overwrite?: OverwriteAlpha | undefined;
  /** A stream of the step's own for dropout; none where it is not training. */
  readonly random?: Random | null | undefined;
}

export interface StoriesRead {
  /** Scores of the answers, `[batch, answers]`. */
  readonly logits: tf.Tensor2D;
  /** What each hop paid to each sentence, `[batch, sentences]`; padding gets exactly 0. */
  readonly alphas: readonly tf.Tensor2D[];
}

/**
 * A memory network end to end (Sukhbaatar et al. 2015, sections 2 and 4.1): sentences become memories m_i = sum_j l_j * w_ij + time_i,
 * the question u_0 likewise, and each hop looks and adds what it found:
 *
 * e_i = v . tanh(W u + U m_i), alpha = softmax(e), o = V sum_i alpha_i m_i, u' = u + o; the answer is a linear function of [u; o].
 *
 * Whoever called disposes the results.
 *
 * @throws as `storyBatch` does, and where `overwrite` gives no distribution over the sentences of a story
 */
export function readMemory(
  reader: MemoryReader,
  stories: readonly StoryToRead[],
  options: ReadStoriesOptions = {},
): StoriesRead {
  const { params, config } = reader;
  const batch = storyBatch(reader, stories, options);
  const random = config.dropout > 0 ? (options.random ?? null) : null;
  const [logits, ...alphas] = tf.tidy(() => {
    const texts = encodeTexts(reader, batch); // [texts, units]
    const mask = tf.tensor2d(batch.mask, [batch.batch, batch.longest]);
    const told = embed({ table: texts }, places(batch, batch.sentences)) as tf.Tensor3D;
    const timed = params.time ? tf.add(told, embed(params.time, places(batch, batch.times))) : told;
    const memories = dropout(timed as tf.Tensor3D, config.dropout, random); // [batch, sentences, units]
    const asked = embed({ table: texts }, tf.tensor1d(batch.questions, 'int32')) as tf.Tensor2D;
    let question = dropout(asked, config.dropout, random); // [batch, units]
    let found = question;
    const looked = params.hops.map((hop, step) => {
      const { alpha, context } = look(hop, { question, memories, mask }, step, options.overwrite);
      found = tf.matMul(context, hop.value);
      question = tf.add(question, found);
      return alpha;
    });
    return [dense(params.answer, tf.concat([question, found], 1)), ...looked];
  }) as tf.Tensor2D[];
  return { logits: logits!, alphas };
}

/** Position-encoded sums of words, one a text: `[texts, units]`. */
function encodeTexts({ params, config }: MemoryReader, { ids, shape, lengths }: StoryBatch): tf.Tensor2D {
  const [texts, words] = shape;
  const { units } = config;
  const weights = new Float32Array(texts * words * units); // padding keeps 0
  lengths.forEach((length, text) => {
    const own =
      config.order === 'encoded' ? positionWeights(length, units) : new Float32Array(length * units).fill(1);
    weights.set(own, text * words * units);
  });
  const vectors = embed(params.words, tf.tensor2d(ids, [texts, words], 'int32'));
  return tf.sum(tf.mul(vectors, tf.tensor3d(weights, [texts, words, units])), 1);
}

const places = ({ batch, longest }: StoryBatch, ids: Int32Array) =>
  tf.tensor2d(ids, [batch, longest], 'int32');

interface Looking {
  readonly question: tf.Tensor2D;
  readonly memories: tf.Tensor3D;
  readonly mask: tf.Tensor2D;
}

function look(
  hop: MemoryHop,
  { question, memories, mask }: Looking,
  step: number,
  overwrite: OverwriteAlpha | undefined,
) {
  const score = hop.score === undefined ? dotScore : additiveScore(hop.score);
  const looked = attend({ score, query: question, keys: memories, values: memories, mask, check: false });
  if (overwrite === undefined) return looked;
  return overwriteAlpha(looked, { keys: memories, values: memories, mask }, step, overwrite);
}

export interface AnsweredStory extends StoryToRead {
  readonly answer: string;
}

/**
 * Mean of -ln P(answer) over the stories, in nats; a scalar with a gradient.
 *
 * @throws where an answer is none of the reader's, and as `storyBatch` does
 */
export function memoryReaderLoss(
  reader: MemoryReader,
  stories: readonly AnsweredStory[],
  options: ReadStoriesOptions = {},
): tf.Scalar {
  const labels = stories.map(({ answer, question }) => {
    const label = reader.answers.indexOf(answer);
    if (label < 0)
      throw new RangeError(
        `"${question}" is answered by "${answer}", none of the reader's ${reader.answers.length} answers: ${reader.answers.join(', ')}.`,
      );
    return label;
  });
  return tf.tidy(() => {
    const { logits } = readMemory(reader, stories, options);
    return maskedCrossEntropy(logits.expandDims(1), tf.tensor2d(labels, [labels.length, 1], 'int32'));
  });
}

/** What a reader said of a story, as plain data. */
export interface StoryReading {
  readonly answer: string;
  /** Of its answer. */
  readonly probability: number;
  /** Of every answer, in the reader's order. */
  readonly probabilities: readonly number[];
  /** alphas[hop][sentence]: what each hop paid to each sentence. */
  readonly alphas: readonly (readonly number[])[];
}

export interface AnswerStoriesOptions extends StoryEncoding {
  /** Weights over the sentences that take alpha's place in a hop (from 0) of a story (by its place in the list). */
  readonly overwrite?: OverwriteAlpha;
  /** Stories that are read at once. Default 256. */
  readonly batch?: number;
}

/** Reads stories and answers their questions. Nothing stays in memory. @throws as `readMemory` does, and where weights are no numbers */
export function answerStories(
  reader: MemoryReader,
  stories: readonly StoryToRead[],
  { overwrite, batch = 256, ...encoding }: AnswerStoriesOptions = {},
): StoryReading[] {
  const readings: StoryReading[] = [];
  for (const part of batchesOf(stories, batch)) {
    const from = readings.length;
    const own: OverwriteAlpha | undefined = overwrite && ((hop, row) => overwrite(hop, from + row));
    const [probabilities, ...alphas] = tf.tidy(() => {
      const read = readMemory(reader, part, { ...encoding, overwrite: own });
      return [tf.softmax(read.logits), ...read.alphas].map((tensor) => tensor.arraySync() as number[][]);
    });
    part.forEach(({ sentences }, row) => {
      const chances = probabilities![row]!;
      const best = likeliest('memory reader', `story ${from + row}`, chances);
      readings.push({
        answer: reader.answers[best]!,
        probability: chances[best]!,
        probabilities: chances,
        alphas: alphas.map((alpha) => alpha[row]!.slice(0, sentences.length)),
      });
    });
  }
  return readings;
}
