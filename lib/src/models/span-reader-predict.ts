import * as tf from '@tensorflow/tfjs';
import { oneHotPlaces } from '../attention/hard/choose.js';
import { batchesOf } from '../text/padding.js';
import { type AskedPassage, endScores, readPassages, spanAlpha } from './span-reader.js';
import type { SpanReader } from './span-reader-config.js';

export interface FoundSpan {
  /** First and last place of the answer. */
  readonly first: number;
  readonly last: number;
  /** Weight of the start times weight of the end. */
  readonly weight: number;
  /** One a word of the passage: weights of a start there. */
  readonly start: Float32Array;
  /** Weights of an end there; those of the start where the answer is one word. */
  readonly end: Float32Array;
}

export interface FindSpanOptions {
  /** Most words of an answer. */
  readonly longest: number;
  /** Passages that are read together. */
  readonly batchSize: number;
}

export const defaultFindSpanOptions: FindSpanOptions = {
  longest: 30, // of real questions nearly all answers are shorter
  batchSize: 64, // bounds the memory; other sizes were not timed
};

/**
 * Finds the answers. Soft and sparsemax readers take the pair of places, in order and at most `longest` apart, with the largest product of
 * weights; of equal ones the first. A hard reader takes the likeliest start, looks there, and then the likeliest end in reach.
 *
 * @throws where there is no passage or question, and where one is empty
 */
export function findSpans(
  reader: SpanReader,
  asked: readonly AskedPassage[],
  options: Partial<FindSpanOptions> = {},
): FoundSpan[] {
  const { longest, batchSize } = { ...defaultFindSpanOptions, ...options };
  if (!Number.isSafeInteger(longest) || longest < 1)
    throw new RangeError(`findSpans: longest must be a positive integer, got ${longest}`);
  return [...batchesOf(asked, batchSize)].flatMap((batch) => {
    const [start, end] = tf.tidy(() => {
      const read = readPassages(reader, batch);
      const start = spanAlpha(reader, read.start, read.mask);
      if (reader.config.answer === 'one word') return [start, start.clone()];
      const hard = reader.config.reading === 'hard';
      const source = start.shape[1];
      const looked = hard ? (oneHotPlaces(tf.argMax(start, 1), source) as tf.Tensor2D) : start;
      return [start, spanAlpha(reader, endScores(reader, read, looked), read.mask)];
    }) as [tf.Tensor2D, tf.Tensor2D];
    const source = start.shape[1];
    const rowsOf = (tensor: tf.Tensor2D) => {
      const data = tensor.dataSync().slice() as Float32Array;
      return batch.map(({ passage }, row) => data.slice(row * source, row * source + passage.length));
    };
    const [starts, ends] = [rowsOf(start), rowsOf(end)];
    tf.dispose([start, end]);
    return batch.map((_, row) => {
      const rows = { start: starts[row]!, end: ends[row]! };
      return { ...chooseSpan(reader, rows, longest), ...rows };
    });
  });
}

type Rows = Pick<FoundSpan, 'start' | 'end'>;

function chooseSpan({ config }: SpanReader, { start, end }: Rows, longest: number) {
  if (config.answer === 'one word') {
    const at = start.indexOf(Math.max(...start));
    return { first: at, last: at, weight: start[at]! };
  }
  const from = config.reading === 'hard' ? start.indexOf(Math.max(...start)) : 0;
  const to = config.reading === 'hard' ? from : start.length - 1;
  let best = { first: from, last: from, weight: -1 };
  for (let first = from; first <= to; first++) {
    for (let last = first; last < Math.min(end.length, first + longest); last++) {
      const weight = start[first]! * end[last]!;
      if (weight > best.weight) best = { first, last, weight };
    }
  }
  return best;
}
