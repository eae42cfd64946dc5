import { type ChoiceRow, dot, rowAlpha } from './problem.js';

/** One possible choice: what it costs, how probable it is, and how the scores make it more probable. */
export interface Outcome {
  /** In the order in which they are chosen. */
  readonly positions: readonly number[];
  readonly probability: number;
  readonly loss: number;
  /** Gradient of ln probability to the scores. */
  readonly direction: readonly number[];
}

/** More outcomes than this are a mistake rather than a small case. */
const MOST_OUTCOMES = 100_000;

/**
 * Every ordered choice of `count` positions without putting back, with its probability under Plackett-Luce:
 * L! / (L - count)! of them.
 *
 * @throws where there are fewer real positions than `count`, or too many choices to be listed
 */
export function choiceOutcomes(row: ChoiceRow, count = 1): Outcome[] {
  const { scores, mask } = row;
  const real = scores.flatMap((_, j) => (mask?.[j] === 0 ? [] : [j]));
  if (!Number.isSafeInteger(count) || count < 1 || count > real.length)
    throw new Error(
      `Hard attention: expected a count of positions in 1 ... ${real.length}, the real ones; got ${count}`,
    );
  const total = Array.from({ length: count }, (_, i) => real.length - i).reduce((a, b) => a * b, 1);
  if (total > MOST_OUTCOMES)
    throw new Error(
      `Hard attention: ${total} ordered choices are too many to list (at most ${MOST_OUTCOMES}); take fewer positions or a smaller count`,
    );
  const found: Outcome[] = [];
  const extend = (positions: readonly number[], probability: number, direction: readonly number[]): void => {
    if (positions.length === count) {
      const weights = scores.map((_, j) => (positions.includes(j) ? 1 : 0));
      found.push({ positions, probability, loss: row.loss(weights), direction });
      return;
    }
    const left = scores.map((_, j) => (mask?.[j] === 0 || positions.includes(j) ? 0 : 1));
    const alpha = rowAlpha(scores, left);
    for (const next of real.filter((j) => left[j] === 1)) {
      extend(
        [...positions, next],
        probability * alpha[next]!,
        direction.map((value, j) => value + (j === next ? 1 : 0) - alpha[j]!),
      );
    }
  };
  extend(
    [],
    1,
    scores.map(() => 0),
  );
  return found;
}

/** E[loss] = sum over the choices of probability times loss. */
export const expectedLoss = (outcomes: readonly Outcome[]): number => mean(outcomes, ({ loss }) => loss);

/**
 * The gradient of the expected loss to the scores, a sum over all choices: sum_z p(z) loss(z) d ln p(z). For one position it is
 * alpha_j (loss_j - E[loss]).
 */
export function exactGradient(outcomes: readonly Outcome[]): number[] {
  const [first] = outcomes;
  return (first?.direction ?? [0]).map((_, j) =>
    mean(outcomes, ({ loss, direction }) => loss * direction[j]!),
  );
}

/** The expectation of any function of the choice. @throws where there is no outcome */
export function mean(outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number {
  if (outcomes.length === 0)
    throw new Error(
      'Hard attention: there is no outcome to take a mean of; choiceOutcomes lists those of a row',
    );
  return outcomes.reduce((sum, outcome) => sum + outcome.probability * of(outcome), 0);
}

/** E[(loss - b)^2 |direction|^2]: what a constant baseline b makes of the second moment. */
export function secondMoment(outcomes: readonly Outcome[], baseline: number): number {
  return mean(outcomes, ({ loss, direction }) => (loss - baseline) ** 2 * dot(direction, direction));
}

/** The constant baseline of least total variance, E[loss |direction|^2] / E[|direction|^2] (Weaver and Tao 2001). */
export function bestBaseline(outcomes: readonly Outcome[]): number {
  const length = mean(outcomes, ({ direction }) => dot(direction, direction));
  if (!(length > 0)) return expectedLoss(outcomes);
  return mean(outcomes, ({ loss, direction }) => loss * dot(direction, direction)) / length;
}

/** The best baseline of each component of the gradient, E[loss direction_j^2] / E[direction_j^2]. */
export function bestBaselines(outcomes: readonly Outcome[]): number[] {
  return outcomes[0]!.direction.map((_, j) => {
    const length = mean(outcomes, ({ direction }) => direction[j]! ** 2);
    return length > 0
      ? mean(outcomes, ({ loss, direction }) => loss * direction[j]! ** 2) / length
      : expectedLoss(outcomes);
  });
}
