import type { EstimatorMoments } from './moments.js';

/** Moments that are themselves estimated, with their standard errors. */
export interface SampledMoments extends EstimatorMoments {
  readonly draws: number;
  /** Standard error of `bias`. */
  readonly biasError: number;
  /** Standard error of `variance`. */
  readonly varianceError: number;
}

/** Adds up estimates of a gradient, one vector at a time, into their moments. */
export function collectMoments(exact: readonly (readonly number[])[]): {
  readonly add: (row: number, estimate: ArrayLike<number>) => void;
  readonly moments: () => SampledMoments;
} {
  const truth = exact.flat();
  const length = exact[0]!.length;
  // Around the truth rather than 0: the squares lose no digits.
  const first = new Float64Array(truth.length);
  const second = new Float64Array(truth.length);
  const strays = exact.map(() => ({ count: 0, sum: 0, square: 0 }));
  return {
    add: (row, estimate) => {
      let stray = 0;
      for (let j = 0; j < length; j++) {
        const at = row * length + j;
        const error = estimate[j]! - truth[at]!;
        first[at]! += error;
        second[at]! += error * error;
        stray += error * error;
      }
      const seen = strays[row]!;
      seen.count++;
      seen.sum += stray;
      seen.square += stray * stray;
    },
    moments: () => {
      const counts = [...first].map((_, at) => strays[Math.floor(at / length)]!.count);
      const errors = [...first].map((sum, at) => sum / counts[at]!);
      const variances = [...second].map(
        (sum, at) => ((sum / counts[at]! - errors[at]! ** 2) * counts[at]!) / (counts[at]! - 1),
      );
      const noise = variances.reduce((sum, value, at) => sum + value / counts[at]!, 0);
      const squared = errors.reduce((sum, error) => sum + error * error, 0);
      // The squared length of a noisy mean is too long by the noise.
      const bias = Math.sqrt(Math.max(0, squared - noise));
      const along = errors.reduce(
        (sum, error, at) => sum + (error * error * variances[at]!) / counts[at]!,
        0,
      );
      return {
        mean: exact.map((row, b) => row.map((value, j) => value + errors[b * length + j]!)),
        bias,
        // Along the bias where it stands out, else what noise alone would make of it.
        biasError: Math.sqrt(Math.max(squared > 4 * noise ? along / squared : noise, 0)),
        variance: variances.reduce((a, b) => a + b, 0),
        varianceError: Math.hypot(
          ...strays.map(({ count, sum, square }) =>
            Math.sqrt(Math.max(0, square / count - (sum / count) ** 2) / count),
          ),
        ),
        draws: strays[0]!.count,
      };
    },
  };
}
