/** How alpha is made from a query and the keys; see docs/attention.md for what each choice is good for. */
export interface AlignmentConfig {
  /** How well a query fits a key. */
  readonly score:
    | 'additive'
    | 'dot'
    | 'scaled dot'
    | 'general'
    | 'concat'
    | 'location'
    | 'cosine'
    | 'location-sensitive'
    | 'coverage';
  /** How scores become weights. The monotonic ones go through the source from left to right; the hard one is for test time. */
  readonly normalise: 'softmax' | 'sparsemax' | 'entmax15' | 'monotonic' | 'hard monotonic';
  /** Which part of the source can be looked at. */
  readonly window: 'none' | 'local-m' | 'local-p';
  /** D: a window reaches this many positions to each side. */
  readonly radius: number;
  /**
   * What the rows of alpha sum to with local-p and the monotonic normalisers: `one`, or less as the papers have it (local-p
   * multiplies by a Gaussian; a monotonic reader may run off the end).
   */
  readonly total: 'one' | 'paper';
  /** Of the convolution of location-sensitive attention. */
  readonly filters: number;
  /** How many positions of the previous alpha one filter sees; odd, so that it has a middle. */
  readonly filterWidth: number;
  /** Most source positions that the location score can tell. */
  readonly longest: number;
  /** First value of r in the monotonic p = sigmoid(e + r). */
  readonly offset: number;
  /** Standard deviation of the noise on monotonic scores, where a look is given randomness. */
  readonly noise: number;
}

export const defaultAlignmentConfig: AlignmentConfig = {
  score: 'additive', // needs neither equal sizes nor a fixed length, and learns soonest on small data
  normalise: 'softmax', // every position gets a gradient from the first step on
  window: 'none', // a window pays for sources much longer than itself
  radius: 10, // Luong et al. 2015, section 4.1
  total: 'one', // alpha is a distribution everywhere in the library: entropies, coverage and contexts stay comparable
  filters: 10, // as many as Chorowski et al. 2015
  filterWidth: 7, // three symbols to each side: the way on begins where the last look ended
  longest: 64, // sentences and dates fit; a column of weights a position
  offset: -1, // at e = 0 the reader passes three of four positions, so that the first steps see more than the start
  noise: 1, // standard normal (Raffel et al. 2017, "encouraging discreteness"): scores must outgrow it, so p goes to 0 or 1
};

const choices = {
  score: [
    'additive',
    'dot',
    'scaled dot',
    'general',
    'concat',
    'location',
    'cosine',
    'location-sensitive',
    'coverage',
  ],
  normalise: ['softmax', 'sparsemax', 'entmax15', 'monotonic', 'hard monotonic'],
  window: ['none', 'local-m', 'local-p'],
  total: ['one', 'paper'],
} as const;

/** Whether alpha comes from a reader that only moves to the right. */
export const isMonotonic = ({ normalise }: AlignmentConfig) =>
  normalise === 'monotonic' || normalise === 'hard monotonic';

/**
 * The config with defaults filled in.
 *
 * @throws for an unknown name, a size that makes no sense, and choices that exclude each other
 */
export function fullAlignmentConfig(config: Partial<AlignmentConfig>): AlignmentConfig {
  const full: AlignmentConfig = { ...defaultAlignmentConfig, ...config };
  for (const [field, known] of Object.entries(choices)) {
    const given = full[field as keyof typeof choices];
    if (!(known as readonly string[]).includes(given)) {
      throw new Error(`alignment: unknown ${field} "${given}"; known are ${known.join(', ')}`);
    }
  }
  for (const field of ['filters', 'filterWidth', 'longest'] as const) atLeast(field, full[field], 1);
  atLeast('radius', full.radius, full.window === 'local-p' ? 1 : 0);
  if (full.filterWidth % 2 === 0) {
    throw new Error(
      `alignment: filterWidth must be odd, so that a filter has a middle, got ${full.filterWidth}`,
    );
  }
  if (!Number.isFinite(full.offset) || !(full.noise >= 0)) {
    throw new Error(`alignment: offset must be finite and noise >= 0, got ${full.offset} and ${full.noise}`);
  }
  if (isMonotonic(full) && full.score === 'coverage') {
    throw new Error(
      `alignment: "${full.normalise}" goes on from the last alpha, and the score "coverage" from the sum of all; choose another of the two`,
    );
  }
  if (isMonotonic(full) && full.window !== 'none') {
    throw new Error(
      `alignment: "${full.normalise}" goes through the source by itself and takes no window, got "${full.window}"`,
    );
  }
  return full;
}

function atLeast(field: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`alignment: ${field} must be an integer >= ${least}, got ${value}`);
  }
}
