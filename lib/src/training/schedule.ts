/** Learning rate of a step, counted from 0. */
export type Schedule = (step: number) => number;

export interface WarmupCosine {
  /** Highest rate. */
  readonly peak: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Steps of the straight rise to the peak; default 0. */
  readonly warmup?: number;
  /** Share of the peak that is left at the end; default 0.03. */
  readonly floor?: number;
}

/**
 * A straight rise, then half a cosine down (Loshchilov and Hutter 2017, equation 5, without restarts). The fall is over the
 * whole stated training: cutting a longer schedule short gives less.
 */
export function warmupCosine({ peak, steps, warmup = 0, floor = 0.03 }: WarmupCosine): Schedule {
  if (!(peak > 0) || !(steps > 0) || !(warmup >= 0 && warmup < steps) || !(floor >= 0 && floor <= 1)) {
    throw new Error(
      `warmupCosine: expected peak > 0, 0 <= warmup < steps and floor in [0, 1], got ${JSON.stringify({ peak, steps, warmup, floor })}`,
    );
  }
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    const done = Math.min(1, (step - warmup) / Math.max(1, steps - 1 - warmup));
    return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * done)));
  };
}

export interface Noam {
  /** Width of the model, d. */
  readonly units: number;
  /** Steps of the rise, w. */
  readonly warmup: number;
  /** Multiplies every rate; 1, the paper's, by default. */
  readonly factor?: number;
}

/**
 * factor d^-0.5 min(s^-0.5, s w^-1.5), s the step counted from 1: a straight rise over w steps, then a fall with the root of
 * the step. The highest rate is factor (d w)^-0.5; unlike a cosine it needs no number of steps beforehand
 * (Vaswani et al. 2017, equation 3).
 */
export function noam({ units, warmup, factor = 1 }: Noam): Schedule {
  if (!(units > 0) || !(warmup >= 1) || !(factor > 0) || ![units, warmup, factor].every(Number.isFinite))
    throw new Error(
      `noam: expected units > 0, warmup >= 1 and factor > 0, got ${JSON.stringify({ units, warmup, factor })}`,
    );
  return (step) => factor * units ** -0.5 * Math.min((step + 1) ** -0.5, (step + 1) * warmup ** -1.5);
}

/**
 * Chance that a step of a decoder is given the right symbol, by the step of the training (scheduled sampling): k / (k + e^(step / k)),
 * near 1 at first and then falling ever faster, half at step k ln k (Bengio et al. 2015, section 2.4, inverse sigmoid decay).
 *
 * @param k how slowly it falls, at least 1
 */
export function inverseSigmoid(k: number): Schedule {
  if (!(k >= 1 && Number.isFinite(k))) throw new Error(`inverseSigmoid: k must be at least 1, got ${k}`);
  return (step) => k / (k + Math.exp(step / k));
}
