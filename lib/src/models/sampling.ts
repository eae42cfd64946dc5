import type { Random } from '../random/random.js';

export interface SamplingOptions {
  /** Scores are divided by it: below 1 the likely become likelier, at 0 the likeliest is always taken. */
  readonly temperature: number;
  /** Only the k likeliest tokens; Infinity for all (Fan et al. 2018, section 5). */
  readonly topK: number;
  /** Only the fewest likeliest tokens that hold this share of the probability (nucleus, Holtzman et al. 2020, section 3.1). */
  readonly topP: number;
  /** Ids that are never drawn. */
  readonly forbidden: readonly number[];
}

export const defaultSampling: SamplingOptions = {
  temperature: 1, // what the model itself believes
  topK: Number.POSITIVE_INFINITY,
  topP: 1,
  forbidden: [],
};

/**
 * The distribution that tokens are drawn from: softmax(scores / temperature), then the k likeliest, then the nucleus, made to
 * sum to 1 again. Of equal scores the smaller id comes first.
 *
 * @param logits scores of each id
 * @throws where an option is out of range, a score is not a number, or everything is forbidden
 */
export function samplingDistribution(
  logits: ArrayLike<number>,
  options: Partial<SamplingOptions> = {},
): Float64Array {
  const { temperature, topK, topP, forbidden } = { ...defaultSampling, ...options };
  if (!(temperature >= 0 && Number.isFinite(temperature)))
    throw new RangeError(`sampling: temperature must be a number of at least 0, got ${temperature}`);
  if (!(topK >= 1)) throw new RangeError(`sampling: topK must be at least 1, got ${topK}`);
  if (!(topP > 0 && topP <= 1)) throw new RangeError(`sampling: topP must be in (0, 1], got ${topP}`);
  const banned = new Set(forbidden);
  const order: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    if (Number.isNaN(logits[id]))
      throw new Error(`sampling: the score of id ${id} is NaN; the weights are damaged`);
    if (!banned.has(id)) order.push(id);
  }
  order.sort((a, b) => logits[b]! - logits[a]! || a - b);
  if (order.length === 0) throw new Error('sampling: every id is forbidden, there is nothing to draw');
  const best = logits[order[0]!]!;
  const weights = order.map((id) => (temperature === 0 ? 0 : Math.exp((logits[id]! - best) / temperature)));
  if (temperature === 0) weights[0] = 1;

  let kept = Math.min(order.length, Math.floor(topK));
  const total = sum(weights.slice(0, kept));
  let mass = 0;
  for (let n = 0; n < kept; n++) {
    mass += weights[n]!;
    if (mass >= topP * total) kept = n + 1;
  }
  const share = sum(weights.slice(0, kept));
  const result = new Float64Array(logits.length);
  for (let n = 0; n < kept; n++) result[order[n]!] = weights[n]! / share;
  return result;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Draws one token; `logProbability` is ln softmax(logits) of it, whatever the options were. */
export function chooseToken(
  random: Pick<Random, 'uniform'>,
  logits: ArrayLike<number>,
  options: Partial<SamplingOptions> = {},
): { readonly id: number; readonly logProbability: number } {
  const distribution = samplingDistribution(logits, options);
  let left = random.uniform();
  let id = -1;
  for (let candidate = 0; candidate < distribution.length; candidate++) {
    const share = distribution[candidate]!;
    if (share === 0) continue;
    // Also the last resort where the shares sum to a little less than 1.
    id = candidate;
    left -= share;
    if (left < 0) break;
  }
  let best = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < logits.length; n++) best = Math.max(best, logits[n]!);
  let mass = 0;
  for (let n = 0; n < logits.length; n++) mass += Math.exp(logits[n]! - best);
  return { id, logProbability: logits[id]! - best - Math.log(mass) };
}
