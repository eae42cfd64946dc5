import { checkOneOf } from '../../core/options.js';

export interface Annealing {
  /** Value of the first step. */
  readonly from: number;
  /** Value of the last step and all after it. */
  readonly to: number;
  readonly steps: number;
  /** `straight`: equal differences; `exponential`: equal ratios, for temperatures. Default `straight`. */
  readonly shape?: 'straight' | 'exponential';
}

/**
 * A value that goes from one number to another over a training, by the step counted from 0: the entropy bonus of a sampler
 * (`straight`), or the temperature of the Gumbel family (`exponential`, as in Jang et al. 2017).
 *
 * @throws where the numbers are not finite, there are no steps, an exponential one touches 0, or the shape is another
 */
export function annealed({ from, to, steps, shape = 'straight' }: Annealing): (step: number) => number {
  const asked = JSON.stringify({ from, to, steps, shape });
  if (!Number.isFinite(from) || !Number.isFinite(to) || !(steps >= 1 && Number.isFinite(steps)))
    throw new Error(`annealed: expected finite from and to, and steps of at least 1, got ${asked}`);
  checkOneOf('annealed', 'shape', shape, ['straight', 'exponential']);
  if (shape === 'exponential' && !(from > 0 && to > 0))
    throw new Error(`annealed: equal ratios need from and to above 0, got ${asked}`);
  return (step) => {
    const done = steps === 1 ? 1 : Math.min(1, Math.max(0, step / (steps - 1)));
    return shape === 'straight' ? from + (to - from) * done : from * (to / from) ** done;
  };
}
