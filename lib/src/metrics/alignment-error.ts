import { type Alpha, argmax } from './alignment.js';

/** Position in the source and position in the target that belong together, from 0. */
export type AlignmentLink = readonly [source: number, target: number];

export interface AlignedSentence {
  /** What a model says, such as `linksOf(alpha)`. */
  readonly links: Iterable<AlignmentLink>;
  /** Links that must be there. */
  readonly sure: Iterable<AlignmentLink>;
  /** Links that may be there; sure ones are possible too, named or not. */
  readonly possible?: Iterable<AlignmentLink>;
}

/**
 * Alignment error rate (Och and Ney 2003, section 5.1), summed over the sentences:
 *
 * AER = 1 - (|A and S| + |A and P|) / (|A| + |S|), with A the links of the model, S the sure and P the possible ones.
 *
 * 0 where all sure links are found and only possible ones beside them. A link given twice counts once.
 *
 * @throws RangeError where there is no link at all, or a position is no whole number
 */
export function alignmentErrorRate(sentences: Iterable<AlignedSentence>): number {
  let found = 0;
  let links = 0;
  for (const sentence of sentences) {
    const given = keysOf(sentence.links);
    const sure = keysOf(sentence.sure);
    const possible = new Set([...keysOf(sentence.possible ?? []), ...sure]);
    for (const link of given) found += Number(sure.has(link)) + Number(possible.has(link));
    links += given.size + sure.size;
  }
  if (links === 0)
    throw new RangeError('Alignment error rate of no links is not defined: expected at least one.');
  return 1 - found / links;
}

/** Links from each output to the input that it pays most to: what alignment error is measured on. */
export function linksOf(alpha: Alpha): AlignmentLink[] {
  return alpha.map((row, target) => [argmax(row), target]);
}

/**
 * The simple form for a truth without sure and possible: share of the outputs with a source whose largest alpha is elsewhere.
 * An output that the model never gave counts as an error.
 *
 * @param sentences alpha, and for each output the positions of its sources (none: the output is left out)
 * @throws RangeError when no output has a source, or alpha holds NaN
 */
export function misalignedShare(
  sentences: Iterable<{ readonly alpha: Alpha; readonly sources: readonly (readonly number[])[] }>,
): number {
  let wrong = 0;
  let total = 0;
  for (const { alpha, sources } of sentences) {
    sources.forEach((positions, target) => {
      if (positions.length === 0) return;
      total++;
      const row = alpha[target];
      if (row === undefined || !positions.includes(argmax(row))) wrong++;
    });
  }
  if (total === 0) throw new RangeError('No output has a source: alignment error is not defined.');
  return wrong / total;
}

function keysOf(links: Iterable<AlignmentLink>): Set<string> {
  const keys = new Set<string>();
  for (const [source, target] of links) {
    if (!Number.isSafeInteger(source) || !Number.isSafeInteger(target) || source < 0 || target < 0) {
      throw new RangeError(
        `Link ${source}-${target}: expected two positions, whole numbers from 0 (source first, then target).`,
      );
    }
    keys.add(`${source}-${target}`);
  }
  return keys;
}
