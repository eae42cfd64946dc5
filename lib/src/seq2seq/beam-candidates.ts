/** One way to go on: symbol `id` after the unfinished output number `parent`. */
export interface Candidate {
  readonly parent: number;
  readonly id: number;
  /** ln of the probability of the symbol. */
  readonly logProbability: number;
  /** ln of the probability of the output with it. */
  readonly total: number;
}

/**
 * The likeliest continuations of some outputs, the best first; among equals the earlier parent, then the smaller id. One pass
 * over the scores, in doubles: sums of many logarithms that float32 would make equal stay apart.
 *
 * @param logProbabilities row after row, `[parents, vocab]`
 * @param totals ln of the probability of each parent
 * @param count most candidates that are returned
 * @returns null where a score is NaN; impossible symbols (-Infinity) are no candidates
 */
export function bestCandidates(
  logProbabilities: Float32Array,
  vocab: number,
  totals: readonly number[],
  count: number,
  never: ReadonlySet<number>,
): Candidate[] | null {
  const best: Candidate[] = [];
  let bar = Number.NEGATIVE_INFINITY;
  for (const [parent, before] of totals.entries()) {
    for (let id = 0; id < vocab; id++) {
      const logProbability = logProbabilities[parent * vocab + id]!;
      if (Number.isNaN(logProbability)) return null;
      const total = before + logProbability;
      if (!(total > bar) || never.has(id)) continue;
      let place = best.length;
      while (place > 0 && best[place - 1]!.total < total) place--;
      best.splice(place, 0, { parent, id, logProbability, total });
      if (best.length > count) best.pop();
      if (best.length === count) bar = best[count - 1]!.total;
    }
  }
  return best;
}
