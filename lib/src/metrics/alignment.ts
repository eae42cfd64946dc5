/** alpha[t][t'], the attention that output t pays to input t'. */
export type Alpha = readonly ArrayLike<number>[];

/** Where an output truly comes from: input positions start ... end - 1, or `null` where no input says it. */
type TrueSpan = readonly [start: number, end: number] | null;

export interface AlignedExample {
  readonly alpha: Alpha;
  /** One entry an output. Outputs beyond it (the end sign) are left out. */
  readonly spans: readonly TrueSpan[];
}

export interface PointingOptions {
  /** Positions beside the span that still count. Default 0. */
  readonly within?: number;
}

/** Position of the largest number, the first of equal ones. @throws RangeError when there is none or one is not a number */
export function argmax(values: ArrayLike<number>): number {
  let best = -1;
  for (let index = 0; index < values.length; index++) {
    if (Number.isNaN(values[index]!))
      throw new RangeError(`Value ${index} of ${values.length} is NaN: nothing can be largest.`);
    if (best < 0 || values[index]! > values[best]!) best = index;
  }
  if (best < 0) throw new RangeError('No largest of no values: expected at least one.');
  return best;
}

/**
 * Share of outputs whose largest attention lies inside their true span; outputs without a source are left out. An
 * output that the model never gave (fewer rows than spans) counts as a miss.
 *
 * @throws RangeError when no output has a source, or alpha holds NaN
 */
export function pointingAccuracy(
  examples: Iterable<AlignedExample>,
  { within = 0 }: PointingOptions = {},
): number {
  let hits = 0;
  let total = 0;
  for (const { alpha, spans } of examples) {
    spans.forEach((span, output) => {
      if (span === null) return;
      total++;
      const row = alpha[output];
      if (row === undefined) return;
      const at = argmax(row);
      if (at >= span[0] - within && at < span[1] + within) hits++;
    });
  }
  if (total === 0) throw new RangeError('No output has a true span: pointing accuracy is not defined.');
  return hits / total;
}

/**
 * Attention paid to padding: the sum of alpha[t][t'] over t' >= length, per output; its mean and its largest.
 *
 * @param examples alpha with the number of real input positions
 * @throws RangeError when there is no row
 */
export function paddingMass(examples: Iterable<{ readonly alpha: Alpha; readonly length: number }>): {
  mean: number;
  maximum: number;
} {
  let sum = 0;
  let rows = 0;
  let maximum = 0;
  for (const { alpha, length } of examples) {
    for (const row of alpha) {
      let mass = 0;
      for (let at = length; at < row.length; at++) mass += row[at]!;
      sum += mass;
      rows++;
      // Math.max carries NaN on, so that a broken alpha is not taken for a clean one.
      maximum = Math.max(maximum, mass);
    }
  }
  if (rows === 0) throw new RangeError('No attention given: expected at least one row of alpha.');
  return { mean: sum / rows, maximum };
}

/**
 * Shannon entropy, -sum p ln p, in nats: 0 when all attention is on one place, ln n when it is spread over n evenly.
 *
 * @throws RangeError when a value is not a number from 0 to 1
 */
export function entropy(probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < probabilities.length; index++) {
    const p = probabilities[index]!;
    // Rounding may leave a little more than 1.
    if (!(p >= 0 && p <= 1 + 1e-5))
      throw new RangeError(`Probability ${index} is ${p}: expected a number from 0 to 1.`);
    if (p > 0) sum -= p * Math.log(p);
  }
  return sum;
}
