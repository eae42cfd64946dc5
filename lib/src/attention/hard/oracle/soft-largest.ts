import { dot, rowAlpha } from './problem.js';

const LEAST_LEFT = 1e-300;

/**
 * The relaxed choice of several positions that `relaxedWeights` makes, in doubles and with its derivative written out:
 * p_i = softmax(r_i / temperature), r_(i+1) = r_i + ln(1 - p_i), weights = p_1 + ... + p_count (Xie and Ermon 2019, section 4).
 *
 * @param keys scores + noise
 * @returns the weights, and what takes a gradient to the weights back to the keys
 */
export function softLargest(
  keys: readonly number[],
  mask: readonly number[] | undefined,
  { count, temperature }: { readonly count: number; readonly temperature: number },
): { readonly weights: number[]; readonly pullBack: (slope: readonly number[]) => number[] } {
  const parts: number[][] = [];
  let left = [...keys];
  for (let i = 0; i < count; i++) {
    const part = rowAlpha(left, mask, temperature);
    parts.push(part);
    const rest = remainder(part);
    left = left.map((key, j) => key + Math.log(rest[j]!));
  }
  const weights = keys.map((_, j) => parts.reduce((sum, part) => sum + part[j]!, 0));
  const pullBack = (slope: readonly number[]): number[] => {
    let later = keys.map(() => 0); // of r_(i+1)
    for (const [i, part] of [...parts.entries()].reverse()) {
      // The last softmax leaves nothing to a next one.
      const own =
        i === count - 1
          ? slope
          : slope.map((value, j) => {
              const rest = remainder(part)[j]!;
              return rest > LEAST_LEFT ? value - later[j]! / rest : value;
            });
      const through = throughSoftmax(part, own, temperature);
      later = later.map((value, j) => value + through[j]!);
    }
    return later;
  };
  return { weights, pullBack };
}

/** The gradient to the scores of a softmax: alpha_j (slope_j - alpha . slope) / temperature. */
export function throughSoftmax(
  alpha: readonly number[],
  slope: readonly number[],
  temperature = 1,
): number[] {
  const level = dot(alpha, slope);
  return alpha.map((weight, j) => (weight * (slope[j]! - level)) / temperature);
}

/** 1 - p_j, as the sum of the others: the difference has no digits left where p_j is nearly 1. */
function remainder(part: readonly number[]): number[] {
  return part.map((_, j) =>
    Math.max(
      LEAST_LEFT,
      part.reduce((sum, value, i) => (i === j ? sum : sum + value), 0),
    ),
  );
}
