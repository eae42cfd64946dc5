import { checkOneOf } from '../../../core/options.js';
import type { Random } from '../../../random/random.js';
import { gumbel } from '../gumbel.js';
import { collectMoments, type SampledMoments } from './collect.js';
import { checkRows, type EstimatorMoments, exactGradients } from './moments.js';
import { type ChoiceRow, dot, rowAlpha } from './problem.js';
import { softLargest, throughSoftmax } from './soft-largest.js';

/**
 * Mean and variance of straight-through or ReinMax with one sample (S samples have 1/S of the variance), as sums over the L
 * positions that can be drawn.
 *
 * Straight-through takes slope(D) for the slope of the mean loss; ReinMax takes 2 J((D + alpha') / 2) slope(D) - J(alpha)
 * slope(D) / 2, where J is the derivative of a softmax and alpha' = softmax(scores / temperature).
 *
 * @throws where there is no row, for another estimator, and for a temperature that is not above 0
 */
export function straightThroughMoments(
  rows: readonly ChoiceRow[],
  {
    estimator,
    temperature = 1,
  }: { readonly estimator: 'straight-through' | 'reinmax'; readonly temperature?: number },
): EstimatorMoments {
  checkOneOf('straightThroughMoments', 'estimator', estimator, ['straight-through', 'reinmax']);
  checkRows(rows);
  positive(temperature);
  const parts = rows.map((row) => {
    const alpha = rowAlpha(row.scores, row.mask);
    const warm = rowAlpha(row.scores, row.mask, temperature);
    const estimates = alpha.map((_, drawn) => {
      const hard = alpha.map((_, j) => (j === drawn ? 1 : 0));
      const slope = row.slope(hard);
      const plain = throughSoftmax(alpha, slope);
      if (estimator === 'straight-through') return plain;
      const middle = throughSoftmax(
        hard.map((one, j) => (one + warm[j]!) / 2),
        slope,
      );
      return middle.map((value, j) => 2 * value - plain[j]! / 2);
    });
    const mean = alpha.map((_, j) =>
      dot(
        alpha,
        estimates.map((estimate) => estimate[j]!),
      ),
    );
    const variance = dot(
      alpha,
      estimates.map((estimate) => estimate.reduce((sum, value, j) => sum + (value - mean[j]!) ** 2, 0)),
    );
    return { mean, variance };
  });
  const mean = parts.map((part) => part.mean.map((value) => value / rows.length));
  return {
    mean,
    bias: distance(mean, exactGradients(rows)),
    variance: parts.reduce((sum, part) => sum + part.variance, 0) / rows.length ** 2,
  };
}

export interface GumbelSettings {
  readonly estimator: 'gumbel-softmax' | 'straight-through gumbel';
  readonly temperature: number;
  readonly random: Random;
  /** Draws for each row. */
  readonly draws: number;
  /** Positions that are chosen; default 1. */
  readonly count?: number;
}

/**
 * Mean and variance of the Gumbel family with one sample. Their expectations are integrals over L numbers without a closed form,
 * so they are sampled, in doubles, and come with their standard errors; S samples have 1/S of the variance. The same `random`
 * gives the same noise at each temperature, so that differences between temperatures are surer than the values.
 *
 * @throws where there is no row, for another estimator, fewer than 2 draws, a temperature that is not above 0, and a count that a row
 *   has not
 */
export function gumbelMoments(rows: readonly ChoiceRow[], settings: GumbelSettings): SampledMoments {
  const { estimator, temperature, random, draws, count = 1 } = settings;
  checkOneOf('gumbelMoments', 'estimator', estimator, ['gumbel-softmax', 'straight-through gumbel']);
  checkRows(rows);
  positive(temperature);
  if (!Number.isSafeInteger(draws) || draws < 2)
    throw new Error(`Hard attention: expected at least 2 draws, got ${draws}`);
  const collected = collectMoments(exactGradients(rows, count));
  rows.forEach((row, b) => {
    for (let n = 0; n < draws; n++) {
      const noisy = row.scores.map((score) => score + gumbel(random));
      const soft = softLargest(noisy, row.mask, { count, temperature });
      const seen = estimator === 'gumbel-softmax' ? soft.weights : largest(noisy, row.mask, count);
      const estimate = soft.pullBack(row.slope(seen));
      collected.add(
        b,
        estimate.map((value) => value / rows.length),
      );
    }
  });
  return collected.moments();
}

/** 1 at the largest `count` real positions. */
function largest(keys: readonly number[], mask: readonly number[] | undefined, count: number): number[] {
  const real = [...keys.keys()].filter((j) => mask?.[j] !== 0);
  const taken = new Set(real.sort((a, b) => keys[b]! - keys[a]!).slice(0, count));
  return keys.map((_, j) => (taken.has(j) ? 1 : 0));
}

function distance(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  return Math.hypot(...a.flatMap((row, n) => row.map((value, j) => value - b[n]![j]!)));
}

function positive(temperature: number): void {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new Error(`Hard attention: temperature must be above 0, got ${temperature}`);
}
