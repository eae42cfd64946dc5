import {
  commonOf,
  countNgramsOf,
  pairReferences,
  printFixed,
  referenceCount,
  splitOnSpace,
  totalOf,
  trimEndOfSpace,
} from './ngrams.js';
import { tokenise13a } from './tokenise-13a.js';

/** The release of sacreBLEU whose outputs these scores equal; part of every signature. */
export const SACREBLEU_VERSION = '2.6.0';

/**
 * What stands for a precision of 0 (Chen and Cherry 2014): `exp` halves again for each (their method 3), `floor` counts a small
 * number of matches (1), `add-k` adds to matches and totals above one word (2), `none` leaves 0.
 */
export type BleuSmoothing = 'exp' | 'floor' | 'add-k' | 'none';

export interface BleuOptions {
  /** `13a` cuts off punctuation as WMT does; `none` takes the words between spaces as they come. */
  readonly tokeniser: '13a' | 'none';
  /** Compare without case. */
  readonly lowercase: boolean;
  readonly smoothing: BleuSmoothing;
  /** What `floor` counts or `add-k` adds. Default 0.1 and 1. */
  readonly smoothingValue?: number;
  /** Longest n-gram. */
  readonly order: number;
  /** Leave out orders longer than the hypothesis. */
  readonly effectiveOrder: boolean;
}

export const defaultBleuOptions: BleuOptions = {
  tokeniser: '13a', // sacreBLEU's defaults, all of them: only so are scores comparable
  lowercase: false,
  smoothing: 'exp',
  order: 4,
  effectiveOrder: false,
};

const SMOOTHING_VALUES = { floor: 0.1, 'add-k': 1, exp: undefined, none: undefined } as const;

export interface BleuScore {
  /** 0 to 100. */
  readonly score: number;
  /** Of 1 ... order words, 0 to 100, after smoothing. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** N-grams that stand in a reference, each as often as there at most; before smoothing. */
  readonly matches: readonly number[];
  readonly totals: readonly number[];
  readonly hypothesisLength: number;
  /** Sum of the lengths of the references nearest in length. */
  readonly referenceLength: number;
  /** How it was measured, in sacreBLEU's words: give it beside the score. */
  readonly signature: string;
}

/**
 * BLEU of a corpus (Papineni et al. 2002), equal to sacreBLEU's (Post 2018):
 *
 * BLEU = 100 min(1, e^(1 - r/c)) (p1 p2 p3 p4)^(1/4), with p_n the share of the hypotheses' n-grams that stand in a
 * reference, c the length of the hypotheses and r that of the references, all summed over the corpus.
 *
 * @param hypotheses plain text, not tokenised
 * @param references one text or several for each hypothesis
 * @throws RangeError on unequal counts, none, or options out of range
 */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly (string | readonly string[])[],
  options: Partial<BleuOptions> = {},
): BleuScore {
  const full = checkOptions({ ...defaultBleuOptions, ...options });
  const lists = pairReferences('BLEU', hypotheses, references);
  const matches = new Array<number>(full.order).fill(0);
  const totals = new Array<number>(full.order).fill(0);
  let hypothesisLength = 0;
  let referenceLength = 0;
  hypotheses.forEach((hypothesis, index) => {
    const tokens = tokensOf(hypothesis, full);
    const others = lists[index]!.map((reference) => tokensOf(reference, full));
    hypothesisLength += tokens.length;
    referenceLength += nearestLength(
      tokens.length,
      others.map(({ length }) => length),
    );
    for (let order = 1; order <= full.order; order++) {
      const counts = countNgramsOf(tokens, order, ' ');
      totals[order - 1]! += totalOf(counts);
      matches[order - 1]! += commonOf(counts, largestCounts(others, order));
    }
  });
  return {
    ...scoreOf({ matches, totals, hypothesisLength, referenceLength }, full),
    signature: signatureOf(referenceCount(lists), full),
  };
}

/**
 * BLEU of one sentence, with the effective order: else every sentence of under four words would have 0. The mean over
 * sentences is not the BLEU of the corpus.
 */
export function sentenceBleu(
  hypothesis: string,
  references: string | readonly string[],
  options: Partial<BleuOptions> = {},
): BleuScore {
  return corpusBleu([hypothesis], [references], { effectiveOrder: true, ...options });
}

/** The line that sacreBLEU prints: score, precisions, brevity penalty, lengths, to its digits. */
export function formatBleu(bleu: BleuScore): string {
  const ratio = bleu.referenceLength === 0 ? 0 : bleu.hypothesisLength / bleu.referenceLength;
  return (
    `BLEU|${bleu.signature} = ${printFixed(bleu.score, 2)} ${bleu.precisions.map((p) => printFixed(p, 1)).join('/')} ` +
    `(BP = ${printFixed(bleu.brevityPenalty, 3)} ratio = ${printFixed(ratio, 3)} hyp_len = ${bleu.hypothesisLength} ` +
    `ref_len = ${bleu.referenceLength})`
  );
}

function tokensOf(text: string, { lowercase, tokeniser }: BleuOptions): string[] {
  const line = trimEndOfSpace(lowercase ? text.toLowerCase() : text);
  return tokeniser === '13a' ? tokenise13a(line) : splitOnSpace(line);
}

/** The shorter of two that are equally near. */
function nearestLength(length: number, others: readonly number[]): number {
  return others.reduce((best, other) => {
    const nearer = Math.abs(length - other) - Math.abs(length - best);
    return nearer < 0 || (nearer === 0 && other < best) ? other : best;
  });
}

function largestCounts(references: readonly (readonly string[])[], order: number): Map<string, number> {
  const largest = new Map<string, number>();
  for (const tokens of references) {
    for (const [ngram, count] of countNgramsOf(tokens, order, ' ')) {
      largest.set(ngram, Math.max(count, largest.get(ngram) ?? 0));
    }
  }
  return largest;
}

type Counts = Pick<BleuScore, 'matches' | 'totals' | 'hypothesisLength' | 'referenceLength'>;

function scoreOf(counts: Counts, options: BleuOptions): Omit<BleuScore, 'signature'> {
  const { matches, totals, hypothesisLength, referenceLength } = counts;
  const { smoothing, order, effectiveOrder } = options;
  const value = options.smoothingValue ?? SMOOTHING_VALUES[smoothing] ?? 0;
  const brevityPenalty =
    hypothesisLength >= referenceLength
      ? 1
      : hypothesisLength === 0
        ? 0
        : Math.exp(1 - referenceLength / hypothesisLength);
  const precisions = new Array<number>(order).fill(0);
  const unmatched = { score: 0, precisions, brevityPenalty, ...counts };
  // Without one word in common no smoothing makes a score.
  if (matches.every((count) => count === 0)) return unmatched;

  let orders = order;
  let halving = 1;
  for (let n = 0; n < order; n++) {
    const added = smoothing === 'add-k' && n > 0 ? value : 0;
    const total = totals[n]! + added;
    const matched = matches[n]! + added;
    if (total === 0) break;
    if (effectiveOrder) orders = n + 1;
    if (matched > 0) precisions[n] = (100 * matched) / total;
    else if (smoothing === 'exp') {
      halving *= 2;
      precisions[n] = 100 / (halving * total);
    } else if (smoothing === 'floor') precisions[n] = (100 * value) / total;
  }
  const logarithms = precisions.slice(0, orders).reduce((sum, precision) => sum + Math.log(precision), 0);
  return { ...unmatched, score: brevityPenalty * Math.exp(logarithms / orders) };
}

function signatureOf(references: string, options: BleuOptions): string {
  const { lowercase, effectiveOrder, tokeniser, smoothing } = options;
  const value = options.smoothingValue ?? SMOOTHING_VALUES[smoothing];
  const takesValue = SMOOTHING_VALUES[smoothing] !== undefined;
  return [
    `nrefs:${references}`,
    `case:${lowercase ? 'lc' : 'mixed'}`,
    `eff:${effectiveOrder ? 'yes' : 'no'}`,
    `tok:${tokeniser}`,
    `smooth:${smoothing}${takesValue ? `[${printFixed(value!, 2)}]` : ''}`,
    `version:${SACREBLEU_VERSION}`,
  ].join('|');
}

function checkOptions(options: BleuOptions): BleuOptions {
  const { order, smoothing, smoothingValue = 0, tokeniser } = options;
  if (!Number.isInteger(order) || order < 1)
    throw new RangeError(`BLEU: order ${order}; expected a whole number above 0, 4 in the literature.`);
  if (!(smoothing in SMOOTHING_VALUES)) {
    throw new RangeError(
      `BLEU: smoothing "${smoothing}"; expected one of ${Object.keys(SMOOTHING_VALUES).join(', ')}.`,
    );
  }
  if (!(smoothingValue >= 0))
    throw new RangeError(`BLEU: smoothingValue ${smoothingValue}; expected 0 or more.`);
  if (tokeniser !== '13a' && tokeniser !== 'none')
    throw new RangeError(`BLEU: tokeniser "${tokeniser}"; expected 13a or none.`);
  return options;
}
