import type { Random } from '../random/random.js';
import { checkSizes, integerBetween, type TokenBatch } from './sequences.js';

const START = 0;
const END = 1;
const FIRST_MARK = 2;
const FIRST_DISTRACTOR = 4;
const DISTRACTORS = 4;

/** Start, end, the marks X and Y, four distractors. */
export const TEMPORAL_ORDER_VOCABULARY = FIRST_DISTRACTOR + DISTRACTORS;
/** XX, XY, YX, YY. */
export const TEMPORAL_ORDER_CLASSES = 4;
/** Share of right answers of a guess: the four classes are equally likely. Its cross-entropy is ln 4. */
export const TEMPORAL_ORDER_CHANCE = 1 / TEMPORAL_ORDER_CLASSES;

/**
 * Temporal order: among distractors stand two marks, each X or Y, one about a tenth and one about half of the way through.
 * Their order is the class, 2 [first is Y] + [second is Y]; `targets` is `[batch]`.
 *
 * Source: Hochreiter and Schmidhuber 1997, experiment 6a (marks in 10-20 % and 50-60 % of the length).
 *
 * @throws where `batch` < 1 or `time` < 10
 */
export function temporalOrder(random: Random, { batch, time }: { batch: number; time: number }): TokenBatch {
  checkSizes('temporalOrder', { batch: [batch, 1], time: [time, 10] });
  const tokens = new Int32Array(batch * time);
  const targets = new Int32Array(batch);
  const tenth = time / 10;
  for (let b = 0; b < batch; b++) {
    const row = b * time;
    for (let t = 0; t < time; t++) tokens[row + t] = FIRST_DISTRACTOR + random.integer(DISTRACTORS);
    const [first, second] = [random.integer(2), random.integer(2)];
    tokens[row] = START;
    tokens[row + time - 1] = END;
    tokens[row + integerBetween(random, Math.floor(tenth), Math.floor(2 * tenth))] = FIRST_MARK + first;
    tokens[row + integerBetween(random, Math.floor(5 * tenth), Math.floor(6 * tenth))] = FIRST_MARK + second;
    targets[b] = 2 * first + second;
  }
  return { batch, time, tokens, targets };
}
