import * as tf from '@tensorflow/tfjs';
import { oneHotPlaces } from '../attention/hard/choose.js';
import { maskedCrossEntropy } from '../core/losses.js';
import type { Random } from '../random/random.js';
import { pointInPassages } from './passage-reader.js';
import type { PassageToRead } from './passage-reader-batch.js';
import type { PassageReader } from './passage-reader-config.js';
import { readingAlpha } from './reading.js';

export interface PassageExample extends PassageToRead {
  /** `[start, end)` in the passage's words; null where it holds no answer. */
  readonly answer: readonly [start: number, end: number] | null;
}

export interface PassageReaderTraining {
  /** A stream of the step's own for dropout; without one there is none. */
  readonly random?: Random | null;
}

/**
 * Mean loss of the first and the last word over the passages, in nats; a scalar with a gradient. Of one-word answers only the first
 * counts.
 *
 * Soft and hard readers: -ln P(first word) - ln P(last word). A sparsemax reader can give the true place a weight of 0, whose
 * logarithm there is not: it has sparsemax's own loss. Since the true start is known in training, nothing has to be sampled: a
 * hard reader is asked for the end at the true start, as in prediction at the chosen one.
 *
 * @throws where an answer is no part of its passage, one has several words where an answer is one, and as `passageBatch` does
 */
export function passageReaderLoss(
  reader: PassageReader,
  passages: readonly PassageExample[],
  { random = null }: PassageReaderTraining = {},
): tf.Scalar {
  const { reading, end: asking } = reader.config;
  // Words count from 1; without an answer both ends are the start symbol.
  const labels = passages.map(({ answer, passage }, row) => {
    if (answer === null) return [0, 0] as const;
    const [start, end] = answer;
    if (!(start >= 0 && start < end && end <= passage.length))
      throw new RangeError(
        `The answer of passage ${row}, [${start}, ${end}), is no part of its ${passage.length} words.`,
      );
    if (asking === 'none' && end - start > 1)
      throw new RangeError(
        `The answer of passage ${row} has ${end - start} words, expected one: the reader was made with end "none".`,
      );
    return [start + 1, end] as const;
  });
  return tf.tidy(() => {
    const starts = labels.map(([start]) => start);
    const ends = labels.map(([, end]) => end);
    const scores = pointInPassages(reader, passages, { starts, random });
    const lossOf = (side: 'start' | 'end', places: readonly number[]) =>
      reading === 'sparsemax'
        ? sparsemaxLoss(scores[side], places, scores.mask)
        : maskedCrossEntropy(
            scores[side].expandDims(1),
            tf.tensor2d([...places], [places.length, 1], 'int32'),
          );
    const first = lossOf('start', starts);
    return asking === 'none' ? first : (tf.add(first, lossOf('end', ends)) as tf.Scalar);
  });
}

/**
 * max over p of (p . e - |p|^2 / 2) less the same at the truth, mean over the rows: 0 where alpha is the truth and never below; its
 * gradient is alpha - one-hot (Martins and Astudillo 2016, equation 11).
 */
function sparsemaxLoss(scores: tf.Tensor2D, places: readonly number[], mask: tf.Tensor2D): tf.Scalar {
  const alpha = readingAlpha('sparsemax', scores, mask);
  const hot = oneHotPlaces(tf.tensor1d([...places], 'int32'), scores.shape[1]);
  const reached = tf.sub(tf.sum(tf.mul(alpha, scores), 1), tf.div(tf.sum(tf.square(alpha), 1), 2));
  const wanted = tf.sub(tf.sum(tf.mul(hot, scores), 1), 0.5);
  return tf.mean(tf.sub(reached, wanted));
}
