import { argmax } from './alignment.js';

/** What a reader of a text paid to its words, and where the words are that decide. */
export interface ReadText {
  /** One weight a word, 0 or more. */
  readonly alpha: ArrayLike<number>;
  /** Places of the words that decide; texts without one are left out of every mean. */
  readonly deciding: readonly number[];
}

export interface RationaleOptions {
  /** How many of the largest weights are the rationale. Default 1: the word of the largest weight. */
  readonly words?: number;
}

export interface RationaleScore {
  /** Share of the words in rationales that decide. */
  readonly precision: number;
  /** Share of the words that decide that are in their rationale. */
  readonly recall: number;
  /** Harmonic mean of the two; 0 where both are. */
  readonly f1: number;
  /** Mean sum of the weights on words that decide. */
  readonly mass: number;
  /** Texts that were counted. */
  readonly texts: number;
}

/** Places of the `count` largest weights, the largest first; of equal ones the earlier. @throws RangeError for more than there are, and for NaN */
export function largestPlaces(weights: ArrayLike<number>, count: number): number[] {
  if (!Number.isSafeInteger(count) || count < 1 || count > weights.length)
    throw new RangeError(
      `The ${count} largest of ${weights.length} weights: expected a whole number from 1 to ${weights.length}.`,
    );
  if (count === 1) return [argmax(weights)];
  const values = Array.from(weights);
  const bad = values.findIndex(Number.isNaN);
  if (bad >= 0) throw new RangeError(`Weight ${bad} of ${values.length} is NaN: nothing can be largest.`);
  return [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b).slice(0, count);
}

/**
 * Precision and recall of rationales: the words of the largest weights against the words that truly decide, summed over all
 * texts before dividing (DeYoung et al. 2020, "ERASER", section 4).
 *
 * @throws RangeError where no text has a deciding word, a place is outside its text, `words` is more than a text has, and for
 *   weights that are negative or no number
 */
export function rationaleScore(
  texts: Iterable<ReadText>,
  { words = 1 }: RationaleOptions = {},
): RationaleScore {
  let [right, chosen, wanted, mass, count] = [0, 0, 0, 0, 0];
  for (const { alpha, deciding } of texts) {
    if (deciding.length === 0) continue;
    const outside = deciding.find((at) => !Number.isInteger(at) || at < 0 || at >= alpha.length);
    if (outside !== undefined)
      throw new RangeError(
        `Text ${count}: the deciding word ${outside} is outside of its ${alpha.length} words.`,
      );
    const bad = Array.from(alpha).findIndex((weight) => !(weight >= 0));
    if (bad >= 0)
      throw new RangeError(
        `Text ${count}: the weight of word ${bad} is ${alpha[bad]}: expected a number of 0 or more.`,
      );
    const truth = new Set(deciding);
    const rationale = largestPlaces(alpha, words);
    right += rationale.filter((at) => truth.has(at)).length;
    chosen += rationale.length;
    wanted += truth.size;
    for (const at of truth) mass += alpha[at]!;
    count++;
  }
  if (count === 0)
    throw new RangeError('No text has a word that decides: the precision of rationales is not defined.');
  const precision = right / chosen;
  const recall = right / wanted;
  const f1 = right === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1, mass: mass / count, texts: count };
}
