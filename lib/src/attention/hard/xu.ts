import type { HardConfig } from './config.js';
import { mean, type Outcome } from './oracle/outcomes.js';

/**
 * How Xu et al. 2015 ("Show, attend and tell", section 4.1) train hard attention, to be spread into a configuration. The loss is
 * -ln p(answer | chosen positions), so that its expectation is the negative of their lower bound, sum_s p(s) ln p(answer | s) <=
 * ln p(answer). Theirs: a moving average of the log likelihood as baseline (decay 0.9), one sample, half of the examples see
 * alpha instead of a sample, an entropy term and a weight of the choice's part; the values of the last two were set by
 * cross-validation and are not printed, so those here are only a start.
 */
export const xuConfig = {
  estimator: 'reinforce',
  baseline: 'moving average',
  decay: 0.9,
  samples: 1,
  expected: 0.5,
  entropy: 0.01,
  weight: 1,
} as const satisfies Partial<HardConfig>;

/**
 * Xu et al. 2015, section 4.1, on a case that can be summed over: the bound sum_s p(s) ln p(answer | s) and what it bounds, ln sum_s
 * p(s) p(answer | s), in nats. The losses are -ln p(answer | s). They are equal where every choice answers equally well.
 */
export function variationalBound(outcomes: readonly Outcome[]): { bound: number; logLikelihood: number } {
  return {
    bound: -mean(outcomes, ({ loss }) => loss),
    logLikelihood: Math.log(mean(outcomes, ({ loss }) => Math.exp(-loss))),
  };
}
