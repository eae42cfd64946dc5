import * as tf from '@tensorflow/tfjs';
import { additiveScore } from '../attention/index.js';
import { maskedCrossEntropy } from '../core/losses.js';
import { embed } from '../layers/embedding.js';
import { bidirectional } from '../recurrent/bidirectional.js';
import { gruCell } from '../recurrent/gru.js';
import { type PassageToRead, passageBatch } from './passage-reader-batch.js';
import type { PassageReader } from './passage-reader-config.js';

export interface PassageScores {
  /** Scores of where the answer begins and ends, `[batch, 1 + words]`; place 0 is "no answer", padding is far below all. */
  readonly start: tf.Tensor2D;
  readonly end: tf.Tensor2D;
}

/**
 * A reader that points: question and passage are read in both directions, a word of the passage that stands in the question comes
 * with the question's reading of it (attention by equality of words, so that unknown words count), and two additive scores of the
 * question's last states with each word say where the answer begins and ends (Vinyals et al. 2015, section 2.3; Wang and Jiang 2017, the
 * boundary model; features as in Chen et al. 2017, section 3.2).
 *
 * Whoever called disposes the results.
 *
 * @throws as `passageBatch` does
 */
export function pointInPassages(
  { params, config, vocabulary }: PassageReader,
  passages: readonly PassageToRead[],
): PassageScores {
  const { passage, question, match, matched } = passageBatch(vocabulary, passages);
  const [batch, time] = passage.shape;
  const [, words] = question.shape;
  const [start, end] = tf.tidy(() => {
    const real = tf.tensor2d(passage.mask, [batch, time]);
    const asked = bidirectional(
      gruCell,
      params.question,
      embed(params.words, tf.tensor2d(question.ids, [batch, words], 'int32')) as tf.Tensor3D,
      { mask: tf.tensor2d(question.mask, [batch, words]) },
    );
    const query = tf.concat([asked.states.forward, asked.states.backward], 1); // [batch, 2 units]
    const own = embed(params.words, tf.tensor2d(passage.ids, [batch, time], 'int32')) as tf.Tensor3D;
    const inputs: tf.Tensor3D = config.match
      ? tf.concat(
          [
            own,
            tf.matMul(tf.tensor3d(match, [batch, time, words]), asked.outputs) as tf.Tensor3D,
            tf.tensor3d(matched, [batch, time, 1]),
          ],
          2,
        )
      : own; // [batch, time, features]
    const { outputs } = bidirectional(gruCell, params.passage, inputs, { mask: real });
    return [params.start, params.end].map((weights) => {
      const score = additiveScore(weights);
      const scores = score.scores(query.expandDims(1) as tf.Tensor3D, score.projectKeys(outputs));
      return tf.where(real.cast('bool'), scores.squeeze([1]), tf.fill([batch, time], -1e9));
    });
  }) as [tf.Tensor2D, tf.Tensor2D];
  return { start, end };
}

export interface PassageExample extends PassageToRead {
  /** `[start, end)` in the passage's words; null where it holds no answer. */
  readonly answer: readonly [start: number, end: number] | null;
}

/**
 * Mean of -ln P(first word) - ln P(last word) over the passages, in nats; a scalar with a gradient.
 *
 * @throws where an answer is no part of its passage, and as `passageBatch` does
 */
export function passageReaderLoss(reader: PassageReader, passages: readonly PassageExample[]): tf.Scalar {
  // Words count from 1; without an answer both ends are the start symbol.
  const labels = passages.map(({ answer, passage }, row) => {
    if (answer === null) return [0, 0] as const;
    const [start, end] = answer;
    if (!(start >= 0 && start < end && end <= passage.length))
      throw new RangeError(
        `The answer of passage ${row}, [${start}, ${end}), is no part of its ${passage.length} words.`,
      );
    return [start + 1, end] as const;
  });
  return tf.tidy(() => {
    const { start, end } = pointInPassages(reader, passages);
    const loss = (scores: tf.Tensor2D, side: 0 | 1) =>
      maskedCrossEntropy(
        scores.expandDims(1),
        tf.tensor2d(
          labels.map((label) => label[side]),
          [labels.length, 1],
          'int32',
        ),
      );
    return tf.add(loss(start, 0), loss(end, 1)) as tf.Scalar;
  });
}

/** What a reader found, as plain data. */
export interface PassageAnswer {
  /** The words of the answer, or null where "no answer" is more likely than any. */
  readonly answer: string | null;
  /** `[start, end)` in the passage's words. */
  readonly span: readonly [start: number, end: number] | null;
  /** P(first word) P(last word) of what it says. */
  readonly probability: number;
  /** Attention of who asks where the answer begins, over the passage's words. It sums to 1 - `noAnswer`. */
  readonly start: readonly number[];
  /** Likewise of where it ends. */
  readonly end: readonly number[];
  /** What "begins nowhere" gets. */
  readonly noAnswer: number;
}

/** Reads passages and answers their questions. Nothing stays in memory. @throws as `passageBatch` does */
export function answerPassages(
  reader: PassageReader,
  passages: readonly PassageToRead[],
  { batch = 128 }: { readonly batch?: number } = {},
): PassageAnswer[] {
  const readings: PassageAnswer[] = [];
  for (let from = 0; from < passages.length; from += batch) {
    const part = passages.slice(from, from + batch);
    const [starts, ends] = tf.tidy(() => {
      const { start, end } = pointInPassages(reader, part);
      return [start, end].map((scores) => tf.softmax(scores).arraySync() as number[][]);
    });
    part.forEach(({ passage }, row) => {
      const start = starts![row]!.slice(0, passage.length + 1);
      const end = ends![row]!.slice(0, passage.length + 1);
      const best = bestSpan(start, end, reader.config.longest);
      readings.push({
        answer: best.span && passage.slice(...best.span).join(' '),
        ...best,
        start: start.slice(1),
        end: end.slice(1),
        noAnswer: start[0]!,
      });
    });
  }
  return readings;
}

/**
 * The most likely answer of at most `longest` words that begins before it ends, or none. Both lists begin with "no answer".
 *
 * @returns the span with words counted from 0, and P(first) P(last)
 */
export function bestSpan(
  start: ArrayLike<number>,
  end: ArrayLike<number>,
  longest: number,
): { span: readonly [start: number, end: number] | null; probability: number } {
  let best: { span: readonly [number, number] | null; probability: number } = {
    span: null,
    probability: start[0]! * end[0]!,
  };
  for (let first = 1; first < start.length; first++) {
    for (let last = first; last < Math.min(end.length, first + longest); last++) {
      const probability = start[first]! * end[last]!;
      if (probability > best.probability) best = { span: [first - 1, last], probability };
    }
  }
  return best;
}
