import * as tf from '@tensorflow/tfjs';
import { batchesOf } from '../text/padding.js';
import { checkNumbers, likeliest } from './likeliest.js';
import { pointInPassages } from './passage-reader.js';
import type { PassageToRead } from './passage-reader-batch.js';
import type { PassageReader, PassageReaderConfig } from './passage-reader-config.js';
import { readingAlpha } from './reading.js';

/** What a reader found, as plain data. */
export interface PassageAnswer {
  /** The words of the answer, or null where "no answer" is more likely than any. */
  readonly answer: string | null;
  /** `[start, end)` in the passage's words. */
  readonly span: readonly [start: number, end: number] | null;
  /** P(first word) P(last word) of what it says; of a one-word answer P(word). */
  readonly probability: number;
  /** Attention of who asks where the answer begins, over the passage's words. It sums to 1 - `noAnswer`. */
  readonly start: readonly number[];
  /** Likewise of where it ends; of a one-word answer the same as the start. */
  readonly end: readonly number[];
  /** What "begins nowhere" gets. */
  readonly noAnswer: number;
}

/**
 * Reads passages and answers their questions. Nothing stays in memory.
 *
 * @throws as `passageBatch` does, and where weights are no numbers
 */
export function answerPassages(
  reader: PassageReader,
  passages: readonly PassageToRead[],
  { batch = 128 }: { readonly batch?: number } = {},
): PassageAnswer[] {
  const { config } = reader;
  const readings: PassageAnswer[] = [];
  for (const part of batchesOf(passages, batch)) {
    const [starts, ends] = tf.tidy(() => {
      const { start, end, mask } = pointInPassages(reader, part);
      return [start, end].map((scores) => readingAlpha(config.reading, scores, mask).arraySync());
    });
    part.forEach(({ passage }, row) => {
      const start = starts![row]!.slice(0, passage.length + 1);
      const end = ends![row]!.slice(0, passage.length + 1);
      const name = `passage ${readings.length}`;
      checkNumbers('passage reader', name, end);
      const best = chooseSpan(config, start, end, likeliest('passage reader', name, start));
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

/** The best span; for a hard reader the best of those that begin where it looked, the likeliest start. */
function chooseSpan(
  { reading, end: asking, longest }: PassageReaderConfig,
  start: readonly number[],
  end: readonly number[],
  looked: number,
) {
  const begins = reading === 'hard' ? start.map((weight, at) => (at === looked ? weight : 0)) : start;
  if (asking !== 'none') return bestSpan(begins, end, longest);
  return bestSpan(begins, new Float32Array(end.length).fill(1), 1);
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
