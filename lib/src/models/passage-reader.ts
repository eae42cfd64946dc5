import * as tf from '@tensorflow/tfjs';
import { oneHotPlaces } from '../attention/hard/choose.js';
import { type AdditiveParams, additiveScore } from '../attention/index.js';
import { dropout } from '../layers/dropout.js';
import { embed } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { bidirectional } from '../recurrent/bidirectional.js';
import { coderCell } from '../seq2seq/encoder.js';
import { type PassageBatch, type PassageToRead, passageBatch } from './passage-reader-batch.js';
import type { PassageReader } from './passage-reader-config.js';
import { readingAlpha } from './reading.js';

export interface PassageScores {
  /** Scores of where the answer begins, `[batch, 1 + words]`; place 0 is "no answer", padding is far below all. */
  readonly start: tf.Tensor2D;
  /** Likewise of where it ends; those of the start where an answer is one word. */
  readonly end: tf.Tensor2D;
  /** `[batch, 1 + words]`, 1 for real. */
  readonly mask: tf.Tensor2D;
}

export interface PointOptions {
  /**
   * Places where the answers begin, one a passage, as they are known in training: a hard reader looks there, and not where it
   * would choose.
   */
  readonly starts?: readonly number[];
  /** A stream of the step's own for dropout; none where it is not training. */
  readonly random?: Random | null | undefined;
}

/**
 * A reader that points: question and passage are read in both directions, a word of the passage that stands in the question comes
 * with the question's reading of it (attention by equality of words, so that unknown words count), and two additive scores of the
 * question's last states with each word say where the answer begins and ends (Vinyals et al. 2015, section 2.3; Wang and Jiang 2017, the
 * boundary model; features as in Chen et al. 2017, section 3.2). With `end: 'start'` the second one is asked with
 * [question; sum_j w_j annotation_j], where w is alpha of the start, or 1 at the place that a hard reader takes.
 *
 * Whoever called disposes the results.
 *
 * @throws as `passageBatch` does, and where `starts` are not one place a passage
 */
export function pointInPassages(
  reader: PassageReader,
  passages: readonly PassageToRead[],
  { starts, random = null }: PointOptions = {},
): PassageScores {
  const { params, config, vocabulary } = reader;
  const batch = passageBatch(vocabulary, passages);
  if (starts) checkStarts(starts, passages);
  const [start, end, mask] = tf.tidy(() => {
    const { annotations, query, mask } = annotate(reader, batch, random);
    const padding = tf.fill(mask.shape, -1e9);
    const scored = (weights: AdditiveParams, asking: tf.Tensor2D) => {
      const score = additiveScore(weights);
      const scores = score.scores(asking.expandDims(1) as tf.Tensor3D, score.projectKeys(annotations));
      return tf.where(mask.cast('bool'), scores.squeeze([1]), padding) as tf.Tensor2D;
    };
    const start = scored(params.start, query);
    if (config.end === 'none') return [start, start.clone(), mask];
    const ends = params.end as AdditiveParams;
    if (config.end === 'question') return [start, scored(ends, query), mask];
    const weights =
      config.reading === 'hard'
        ? oneHotPlaces(starts ? tf.tensor1d([...starts], 'int32') : tf.argMax(start, 1), mask.shape[1])
        : readingAlpha(config.reading, start, mask);
    const read = tf.matMul(weights.expandDims(1) as tf.Tensor3D, annotations).squeeze([1]) as tf.Tensor2D;
    return [start, scored(ends, tf.concat([query, read], 1)), mask]; // asked with [batch, 4 units]
  }) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  return { start, end, mask };
}

function checkStarts(starts: readonly number[], passages: readonly PassageToRead[]): void {
  if (starts.length !== passages.length)
    throw new RangeError(`Expected a start for each of ${passages.length} passages, got ${starts.length}.`);
  starts.forEach((place, row) => {
    const { length } = passages[row]!.passage;
    if (!(Number.isSafeInteger(place) && place >= 0 && place <= length))
      throw new RangeError(
        `The start of passage ${row} is ${place}: expected 0 for no answer, or a word from 1 to ${length}.`,
      );
  });
}

/** What is known of each word of the passage, `[batch, 1 + words, 2 units]`, and of the question, `[batch, 2 units]`. */
function annotate({ params, config }: PassageReader, batch: PassageBatch, random: Random | null) {
  const { passage, question, match, matched } = batch;
  const [rows, time] = passage.shape;
  const [, words] = question.shape;
  const cell = coderCell(config.cell);
  const vectors = (of: 'question' | 'passage') => {
    const { ids, shape } = batch[of];
    const embedded = embed(params.words, tf.tensor2d(ids, [...shape], 'int32')) as tf.Tensor3D;
    return dropout(embedded, config.dropout, random?.child(of) ?? null);
  };
  const mask = tf.tensor2d(passage.mask, [rows, time]);
  const asked = bidirectional(cell, params.question, vectors('question'), {
    mask: tf.tensor2d(question.mask, [rows, words]),
  });
  const { forward, backward } = asked.states;
  const query = tf.concat([cell.parts(forward)[0]!, cell.parts(backward)[0]!], 1) as tf.Tensor2D;
  const own = vectors('passage');
  const inputs: tf.Tensor3D = config.match
    ? tf.concat(
        [
          own,
          tf.matMul(tf.tensor3d(match, [rows, time, words]), asked.outputs) as tf.Tensor3D,
          tf.tensor3d(matched, [rows, time, 1]),
        ],
        2,
      )
    : own; // [batch, 1 + words, features]
  const { outputs: annotations } = bidirectional(cell, params.passage, inputs, { mask });
  return { annotations, query, mask };
}
