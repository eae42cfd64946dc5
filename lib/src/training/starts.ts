export interface StartChoice<Candidate> {
  readonly candidate: Candidate;
  readonly start: number;
  readonly score: number;
  /** All that were tried, in order. */
  readonly tried: readonly { readonly start: number; readonly score: number }[];
}

export interface StartOptions<Candidate> {
  /** Seeds of the starts, tried in this order. */
  readonly starts: readonly number[];
  /** Begins with a seed and trains as far as it takes to judge. */
  readonly begin: (start: number) => Candidate | Promise<Candidate>;
  /** The larger the better; to be taken on validation data. */
  readonly score: (candidate: Candidate) => number | Promise<number>;
  /** The first start that scores this much is kept without trying the others. */
  readonly enough: number;
  /** Frees a candidate that is not kept. */
  readonly discard: (candidate: Candidate) => void;
}

/**
 * Chooses among random starts by what can be seen early: what a start settles on in its first steps, training on seldom
 * repairs. Stops at the first that is good enough, else keeps the best.
 *
 * @throws RangeError without a start, and where a score is not a number
 */
export async function chooseStart<Candidate>(
  options: StartOptions<Candidate>,
): Promise<StartChoice<Candidate>> {
  const { starts, begin, score, enough, discard } = options;
  if (starts.length === 0) throw new RangeError('chooseStart: expected at least one start.');
  const tried: { start: number; score: number }[] = [];
  let best: { candidate: Candidate; start: number; score: number } | undefined;
  for (const start of starts) {
    const candidate = await begin(start);
    const value = await score(candidate);
    if (Number.isNaN(value))
      throw new RangeError(`chooseStart: the score of start ${start} is not a number.`);
    tried.push({ start, score: value });
    if (best !== undefined && best.score >= value) {
      discard(candidate);
      continue;
    }
    if (best !== undefined) discard(best.candidate);
    best = { candidate, start, score: value };
    if (value >= enough) break;
  }
  return { ...best!, tried };
}
