import { checkOneOf } from '../../core/options.js';

/**
 * How the gradient goes through a choice.
 *
 * | estimator | weights that the loss sees | bias |
 * |---|---|---|
 * | `soft` | alpha itself: no choice at all | it is another loss |
 * | `reinforce` | one-hot samples | none (but for the baseline `sample mean`) |
 * | `exact` | every position in turn: `length` evaluations | none, and no variance |
 * | `straight-through` | one-hot samples; backwards as if they were alpha | yes |
 * | `reinmax` | one-hot samples; backwards by Heun's rule | of higher order |
 * | `gumbel-softmax` | softmax((scores + noise) / temperature): no choice in training | falls with the temperature |
 * | `straight-through gumbel` | the largest of these; backwards as if it were they | yes |
 */
export type Estimator = (typeof ESTIMATORS)[number];

const ESTIMATORS = [
  'soft',
  'reinforce',
  'exact',
  'straight-through',
  'reinmax',
  'gumbel-softmax',
  'straight-through gumbel',
] as const;

/** What REINFORCE subtracts from the loss of a sample; see `baselines.ts` for each. */
export type Baseline = (typeof BASELINES)[number];

export const BASELINES = [
  'none',
  'mean',
  'sample mean',
  'moving average',
  'self-critical',
  'leave-one-out',
  'optimal',
  'learned',
] as const;

export interface HardConfig {
  readonly estimator: Estimator;
  /** Of `reinforce`. */
  readonly baseline: Baseline;
  /** Independent samples of each example. */
  readonly samples: number;
  /**
   * Positions that one sample chooses, without putting back; more than one with `soft`, `reinforce` and the Gumbel family. The weights
   * of a sample sum to it.
   */
  readonly count: number;
  /** Of the Gumbel family and of `reinmax`'s relaxed part; above 0. */
  readonly temperature: number;
  /** What a nat of entropy of alpha is worth: entropy * mean(H) is subtracted from the loss. */
  readonly entropy: number;
  /** What the score's part of the gradient is multiplied by (lambda_r of Xu et al. 2015, section 4.1). */
  readonly weight: number;
  /** Share of the old value in a moving average. */
  readonly decay: number;
  /** Chance that an example sees alpha instead of a sample (Xu et al. 2015, section 4.1); its scores then get entropy's gradient alone. */
  readonly expected: number;
  /** Divides the learning signal by its running deviation where that is above 1 (Mnih and Gregor 2014, section 2.3.2); with `learned`. */
  readonly normaliseVariance: boolean;
}

export const defaultHardConfig: HardConfig = {
  estimator: 'reinforce',
  // Unbiased, without a network or a state, and the best of those on the lesson's case.
  baseline: 'leave-one-out',
  // The least at which the leave-one-out baseline is a mean worth its name; the cost of the loss grows with it.
  samples: 4,
  count: 1,
  // ReinMax's own; the Gumbel family should be annealed by the caller.
  temperature: 1,
  // The plain loss. Long inputs need some at first: without it the sampler settles before it has seen every position.
  entropy: 0,
  weight: 1,
  // Xu et al. 2015, section 4.1.
  decay: 0.9,
  expected: 0,
  normaliseVariance: false,
};

/** @throws naming the field where a configuration makes no sense */
export function hardConfig(config: Partial<HardConfig> = {}): HardConfig {
  const full = { ...defaultHardConfig, ...config };
  const fail = (field: keyof HardConfig, expected: string): never => {
    throw new Error(`Hard attention: ${field} must be ${expected}, got ${String(full[field])}`);
  };
  checkOneOf('Hard attention', 'estimator', full.estimator, ESTIMATORS);
  checkOneOf('Hard attention', 'baseline', full.baseline, BASELINES);
  const whole = (n: number) => Number.isSafeInteger(n) && n >= 1;
  if (!whole(full.samples)) fail('samples', 'a positive integer');
  if (!whole(full.count)) fail('count', 'a positive integer');
  if (!(full.temperature > 0 && Number.isFinite(full.temperature)))
    fail('temperature', 'above 0 (use the greedy choice for the limit 0)');
  if (!Number.isFinite(full.entropy)) fail('entropy', 'a finite number');
  if (!Number.isFinite(full.weight)) fail('weight', 'a finite number');
  if (!(full.decay >= 0 && full.decay < 1)) fail('decay', 'in [0, 1)');
  if (!(full.expected >= 0 && full.expected <= 1)) fail('expected', 'in [0, 1]');
  if (full.count > 1 && !SEVERAL.includes(full.estimator))
    fail(
      'count',
      `1 with the estimator ${full.estimator}; several positions are chosen by ${SEVERAL.join(', ')}`,
    );
  if (full.estimator === 'reinforce' && full.samples < 2 && needsSeveral(full.baseline))
    fail('samples', `at least 2 with the baseline ${full.baseline}, which looks at the other samples`);
  if (full.estimator === 'reinforce' && full.baseline === 'optimal' && full.count > 1)
    fail('count', '1 with the baseline optimal, whose closed form is a sum over single positions');
  return full;
}

/** Estimators that there is for choosing more than one position. */
const SEVERAL: readonly Estimator[] = ['soft', 'reinforce', 'gumbel-softmax', 'straight-through gumbel'];

const needsSeveral = (baseline: Baseline) => baseline === 'leave-one-out' || baseline === 'sample mean';
