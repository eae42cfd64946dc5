/* The attentions as loops over numbers, in double precision: what the tensors are compared with. */

export type Vector = readonly number[];
export type Matrix = readonly Vector[];

export const dot = (a: Vector, b: Vector) => a.reduce((sum, value, n) => sum + value * b[n]!, 0);
/** Row times matrix. */
export const times = (row: Vector, matrix: Matrix) =>
  matrix[0]!.map((_, column) => row.reduce((sum, value, n) => sum + value * matrix[n]![column]!, 0));
export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
export const sum = (values: Vector) => values.reduce((total, value) => total + value, 0);

/** Softmax over the visible positions. */
export function softmax(scores: Vector, visible: Vector): number[] {
  const top = Math.max(...scores.filter((_, j) => visible[j] === 1));
  const weights = scores.map((score, j) => (visible[j] === 1 ? Math.exp(score - top) : 0));
  return weights.map((weight) => weight / sum(weights));
}

/** The tau at which a falling function of it is 1, by halving. */
function bisect(total: (tau: number) => number, low: number, high: number): number {
  let [from, to] = [low, high];
  for (let round = 0; round < 200; round++) {
    const middle = (from + to) / 2;
    if (total(middle) > 1) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/** alpha_j = max((order - 1) e_j - tau, 0)^(1 / (order - 1)), the definition, with tau found by halving. */
export function entmax(scores: Vector, visible: Vector, order: 1.5 | 2): number[] {
  const weight = (score: number, tau: number) => Math.max((order - 1) * score - tau, 0) ** (1 / (order - 1));
  const real = scores.filter((_, j) => visible[j] === 1);
  const top = (order - 1) * Math.max(...real);
  const tau = bisect((t) => sum(real.map((score) => weight(score, t))), top - 1, top);
  return scores.map((score, j) => (visible[j] === 1 ? weight(score, tau) : 0));
}

/** The weighted mean of the values. */
export const mix = (alpha: Vector, values: Matrix) =>
  values[0]!.map((_, unit) =>
    dot(
      alpha,
      values.map((value) => value[unit]!),
    ),
  );

/**
 * Monotonic alpha by its meaning: every way in which a reader can go through the source is followed, and its probability
 * added to the places where it stops. `stop[i][j]` is the chance that output i stops at position j.
 */
export function monotonicPaths(stop: Matrix): number[][] {
  const alpha = stop.map((row) => row.map(() => 0));
  const follow = (output: number, from: number, probability: number): void => {
    if (output === stop.length) return;
    let arrives = probability;
    for (let j = from; j < stop[output]!.length; j++) {
      const stops = arrives * stop[output]![j]!;
      alpha[output]![j]! += stops;
      if (stops > 0) follow(output + 1, j, stops);
      arrives *= 1 - stop[output]![j]!;
    }
  };
  follow(0, 0, 1);
  return alpha;
}
