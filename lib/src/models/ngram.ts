import { END, START } from '../text/vocabulary.js';
import type { Perplexity } from './language-model-predict.js';

/** A language model that only counts: what every other one is to be held against. */
export interface NgramModel {
  /** P(id | the token before), smoothed. */
  probability(id: number, before: number): number;
  /** Over sequences of ids without start and end; their ends count as tokens. */
  perplexity(sequences: readonly (readonly number[])[]): Perplexity;
}

export interface NgramOptions {
  readonly vocab: number;
  /** 1: how often each token comes (unigram); 2: how often after the one before (bigram). */
  readonly order: 1 | 2;
  /** Added to every count (Lidstone), so that nothing unseen is impossible; default 0.01. */
  readonly added?: number;
}

/**
 * Counts tokens, or pairs of tokens: P(b | a) = (count(a b) + added) / (count(a) + added * vocab) (Jurafsky and Martin, "Speech
 * and language processing", chapter 3).
 *
 * @param sequences ids without start and end
 * @throws where there is nothing to count, or an id is outside the vocabulary
 */
export function countNgrams(
  sequences: readonly (readonly number[])[],
  { vocab, order, added = 0.01 }: NgramOptions,
): NgramModel {
  if (sequences.length === 0)
    throw new RangeError('countNgrams: the corpus is empty, there is nothing to count');
  if (!(added > 0)) throw new RangeError(`countNgrams: added must be above 0, got ${added}`);
  // A unigram is a bigram that holds every token before for the same one.
  const contextOf = (before: number) => (order === 2 ? before : 0);
  const pairs = new Map<number, number>();
  const totals = new Map<number, number>();
  const count = (counts: Map<number, number>, key: number) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const [before, id] of transitions(sequences)) {
    if (!Number.isSafeInteger(id) || id < 0 || id >= vocab)
      throw new RangeError(`countNgrams: ids must be in 0 ... ${vocab - 1}, got ${id}`);
    count(pairs, contextOf(before) * vocab + id);
    count(totals, contextOf(before));
  }
  const probability = (id: number, before: number) =>
    ((pairs.get(contextOf(before) * vocab + id) ?? 0) + added) /
    ((totals.get(contextOf(before)) ?? 0) + added * vocab);
  return {
    probability,
    perplexity: (given) => {
      let sum = 0;
      let tokens = 0;
      for (const [before, id] of transitions(given)) {
        sum -= Math.log(probability(id, before));
        tokens++;
      }
      if (tokens === 0)
        throw new RangeError('perplexity: there is no sequence to be expected; give at least one');
      return { perplexity: Math.exp(sum / tokens), loss: sum / tokens, tokens };
    },
  };
}

/** Each token with the one before it, the end sign last. */
function* transitions(sequences: readonly (readonly number[])[]): Generator<[before: number, id: number]> {
  for (const ids of sequences) {
    let before = START;
    for (const id of [...ids, END]) {
      yield [before, id];
      before = id;
    }
  }
}
