import { SACREBLEU_VERSION } from './bleu.js';
import {
  commonOf,
  countNgramsOf,
  pairReferences,
  printFixed,
  referenceCount,
  splitOnSpace,
  totalOf,
} from './ngrams.js';

export interface ChrfOptions {
  /** Longest n-gram of characters. */
  readonly characterOrder: number;
  /** Longest n-gram of words: 0 is chrF, 2 is chrF++. */
  readonly wordOrder: number;
  /** How many times as much recall counts as precision. */
  readonly beta: number;
  readonly lowercase: boolean;
}

export const defaultChrfOptions: ChrfOptions = {
  characterOrder: 6, // these are chrF2, sacreBLEU's defaults
  wordOrder: 0,
  beta: 2,
  lowercase: false,
};

export interface ChrfScore {
  /** 0 to 100. */
  readonly score: number;
  /** `chrF2`, `chrF2++` ... */
  readonly name: string;
  readonly signature: string;
}

/** Of one order: n-grams of the hypothesis, of the reference, and common ones. */
interface OrderCounts {
  readonly hypothesis: number;
  readonly reference: number;
  readonly common: number;
}

/**
 * chrF of a corpus (Popović 2015; with `wordOrder: 2` chrF++, 2017), equal to sacreBLEU's: the F score of n-grams of
 * characters, white space left out,
 *
 * chrF = 100 (1 + beta^2) P R / (beta^2 P + R), with P and R the means over the orders that both texts have.
 *
 * Of several references the one with the best score counts.
 *
 * @throws RangeError on unequal counts or none
 */
export function chrf(
  hypotheses: readonly string[],
  references: readonly (string | readonly string[])[],
  options: Partial<ChrfOptions> = {},
): ChrfScore {
  const full = { ...defaultChrfOptions, ...options };
  const lists = pairReferences('chrF', hypotheses, references);
  const sums = Array.from({ length: full.characterOrder + full.wordOrder }, () => ({
    hypothesis: 0,
    reference: 0,
    common: 0,
  }));
  hypotheses.forEach((hypothesis, index) => {
    bestCounts(hypothesis, lists[index]!, full).forEach((counts, order) => {
      sums[order]!.hypothesis += counts.hypothesis;
      sums[order]!.reference += counts.reference;
      sums[order]!.common += counts.common;
    });
  });
  return {
    score: fScore(sums, full.beta),
    name: `chrF${full.beta}${'+'.repeat(full.wordOrder)}`,
    signature:
      `nrefs:${referenceCount(lists)}|case:${full.lowercase ? 'lc' : 'mixed'}|eff:yes|nc:${full.characterOrder}|` +
      `nw:${full.wordOrder}|space:no|version:${SACREBLEU_VERSION}`,
  };
}

/** The line that sacreBLEU prints. */
export function formatChrf({ name, signature, score }: ChrfScore): string {
  return `${name}|${signature} = ${printFixed(score, 2)}`;
}

function bestCounts(hypothesis: string, references: readonly string[], options: ChrfOptions): OrderCounts[] {
  const own = ngramsOf(hypothesis, options);
  let best: OrderCounts[] = [];
  let bestScore = -1;
  for (const reference of references) {
    const counts = ngramsOf(reference, options).map((other, order) => ({
      hypothesis: other.size === 0 ? 0 : totalOf(own[order]!),
      reference: totalOf(other),
      common: commonOf(own[order]!, other),
    }));
    const score = fScore(counts, options.beta);
    if (score > bestScore) {
      best = counts;
      bestScore = score;
    }
  }
  return best;
}

/** Counts of the orders of characters, then of words. */
function ngramsOf(text: string, options: ChrfOptions): Map<string, number>[] {
  const words = splitOnSpace(options.lowercase ? text.toLowerCase() : text);
  const characters = words.flatMap((word) => Array.from(word));
  const apart = words.flatMap(withoutPunctuation);
  return [
    ...Array.from({ length: options.characterOrder }, (_, n) => countNgramsOf(characters, n + 1, '')),
    ...Array.from({ length: options.wordOrder }, (_, n) => countNgramsOf(apart, n + 1, ' ')),
  ];
}

const PUNCTUATION = /^[!-/:-@[-`{-~]$/u;

/** One sign of ASCII is cut off, at the end or else at the start; the other stays, as in the author's program. */
function withoutPunctuation(word: string): string[] {
  const characters = Array.from(word);
  if (characters.length === 1) return [word];
  const last = characters.at(-1)!;
  if (PUNCTUATION.test(last)) return [characters.slice(0, -1).join(''), last];
  const [first] = characters as [string];
  if (PUNCTUATION.test(first)) return [first, characters.slice(1).join('')];
  return [word];
}

function fScore(orders: readonly OrderCounts[], beta: number): number {
  const shared = orders.filter(({ hypothesis, reference }) => hypothesis > 0 && reference > 0);
  if (shared.length === 0) return 0;
  let precision = 0;
  let recall = 0;
  for (const { hypothesis, reference, common } of shared) {
    precision += common / hypothesis;
    recall += common / reference;
  }
  precision /= shared.length;
  recall /= shared.length;
  if (precision + recall === 0) return 0;
  const factor = beta ** 2;
  return (100 * (1 + factor) * precision * recall) / (factor * precision + recall);
}
