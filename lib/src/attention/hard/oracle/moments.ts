import { checkOneOf } from '../../../core/options.js';
import { BASELINES, type Baseline } from '../config.js';
import {
  bestBaseline,
  bestBaselines,
  choiceOutcomes,
  exactGradient,
  expectedLoss,
  mean,
  type Outcome,
  secondMoment,
} from './outcomes.js';
import { type ChoiceRow, dot } from './problem.js';

/** What an estimator of a gradient does in the mean, and how far it strays. Rows are those of the problem, columns its positions. */
export interface EstimatorMoments {
  /** Expected estimate of the gradient of the mean loss over the rows. */
  readonly mean: readonly (readonly number[])[];
  /** Length of expected estimate less exact gradient. */
  readonly bias: number;
  /** Sum over all components of their variances. */
  readonly variance: number;
}

export interface ScoreFunctionSettings {
  /** Those of `Baseline`, and for comparison the best one of each component of the gradient. */
  readonly baseline: Baseline | 'optimal per component';
  readonly samples: number;
  /** Positions that are chosen; default 1. */
  readonly count?: number;
  /** Of the moving average; default 0.9. */
  readonly decay?: number;
  /** How often each row stands in the batch, which is what `mean` and the moving average are taken over. Default 1. */
  readonly copies?: number;
}

/**
 * Mean and variance of REINFORCE, as closed sums over the choices.
 *
 * With g = d ln p(z), G = E[loss g], s2 = Var[loss], n2 = E|g|^2 and S samples, the total variance of one row is
 *
 *   a baseline of mean m and variance v that is independent of the row's own samples:
 *       (E[(loss - m)^2 |g|^2] - |G|^2 + v n2) / S
 *   leave-one-out, a U-statistic (Hoeffding 1948):
 *       (E[(loss - E loss)^2 |g|^2] - |G|^2) / S + (s2 n2 + |G|^2) / (S (S - 1))
 *   the mean of the row's samples, its own among them: (S - 1)^2 / S^2 of that, around (S - 1) / S of the gradient
 *
 * The moving average is taken as it is after many steps at these scores; `learned` as a network that predicts the expected
 * loss of each row without an error.
 *
 * @throws where there is no row, the baseline needs more samples or rows, or the choices are too many
 */
export function scoreFunctionMoments(
  rows: readonly ChoiceRow[],
  settings: ScoreFunctionSettings,
): EstimatorMoments {
  const { baseline, samples, count = 1, decay = 0.9, copies = 1 } = settings;
  const several = baseline === 'leave-one-out' || baseline === 'sample mean';
  checkRows(rows);
  checkOneOf('scoreFunctionMoments', 'baseline', baseline, [...BASELINES, 'optimal per component']);
  if (!Number.isSafeInteger(samples) || samples < (several ? 2 : 1))
    throw new Error(
      `Hard attention: expected at least ${several ? 2 : 1} samples with the baseline ${baseline}, got ${samples}`,
    );
  const batch = rows.length * copies;
  if (baseline === 'mean' && batch < 2)
    throw new Error('Hard attention: the baseline mean is that of other rows, and there is only one');

  const outcomes = rows.map((row) => choiceOutcomes(row, count));
  const levels = outcomes.map(expectedLoss);
  const spreads = outcomes.map((row, b) => mean(row, ({ loss }) => (loss - levels[b]!) ** 2));
  const gradients = outcomes.map(exactGradient);
  const all = { level: copies * sum(levels), spread: (copies * sum(spreads)) / samples };

  const varianceOf = (b: number): number => {
    const [row, gradient] = [outcomes[b]!, gradients[b]!];
    const around = (m: number, v: number) =>
      (secondMoment(row, m) - dot(gradient, gradient) + v * squaredLength(row)) / samples;
    switch (baseline) {
      case 'none':
        return around(0, 0);
      case 'optimal':
        return around(bestBaseline(row), 0);
      case 'learned':
        return around(levels[b]!, 0);
      case 'self-critical':
        return around(greedyLoss(rows[b]!, count), 0);
      case 'mean':
        return around(
          (all.level - levels[b]!) / (batch - 1),
          (all.spread - spreads[b]! / samples) / (batch - 1) ** 2,
        );
      case 'moving average':
        return around(all.level / batch, (((1 - decay) / (1 + decay)) * all.spread) / batch ** 2);
      case 'optimal per component': {
        const best = bestBaselines(row);
        const second = gradient.map((_, j) =>
          mean(row, ({ loss, direction }) => ((loss - best[j]!) * direction[j]!) ** 2),
        );
        return (sum(second) - dot(gradient, gradient)) / samples;
      }
      case 'leave-one-out':
      case 'sample mean': {
        const extra = spreads[b]! * squaredLength(row) + dot(gradient, gradient);
        return shrunk ** 2 * (around(levels[b]!, 0) + extra / (samples * (samples - 1)));
      }
    }
  };
  const shrunk = baseline === 'sample mean' ? (samples - 1) / samples : 1;
  return {
    mean: gradients.map((gradient) => gradient.map((value) => (value * shrunk) / rows.length)),
    bias: ((1 - shrunk) * Math.hypot(...gradients.flat())) / rows.length,
    variance: sum(rows.map((_, b) => varianceOf(b))) / rows.length ** 2,
  };
}

/** @throws where there is nothing to take a mean of */
export function checkRows(rows: readonly ChoiceRow[]): void {
  if (rows.length === 0) throw new Error('Hard attention: the problem has no row; give at least one');
}

/** Gradient of the mean of the rows' expected losses. */
export function exactGradients(rows: readonly ChoiceRow[], count = 1): number[][] {
  return rows.map((row) => exactGradient(choiceOutcomes(row, count)).map((value) => value / rows.length));
}

function greedyLoss(row: ChoiceRow, count: number): number {
  const order = row.scores
    .map((_, j) => j)
    .filter((j) => row.mask?.[j] !== 0)
    .sort((a, b) => row.scores[b]! - row.scores[a]!);
  const taken = order.slice(0, count);
  return row.loss(row.scores.map((_, j) => (taken.includes(j) ? 1 : 0)));
}

const squaredLength = (row: readonly Outcome[]) => mean(row, ({ direction }) => dot(direction, direction));
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
