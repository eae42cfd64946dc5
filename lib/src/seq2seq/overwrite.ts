import * as tf from '@tensorflow/tfjs';
import { mixValues } from '../attention/index.js';
import type { AttentionMemory } from '../backend/sequences.js';

/**
 * Weights over the source positions that take alpha's place in a step (from 0) of a row; undefined leaves it as it is.
 * Positions after the last that is given get 0.
 */
export type OverwriteAlpha = (step: number, row: number) => ArrayLike<number> | undefined;

interface Looked {
  /** `[batch, values]` */
  readonly context: tf.Tensor2D;
  /** `[batch, source]` */
  readonly alpha: tf.Tensor2D;
}

// Rounded weights, such as those read off a figure, may miss 1 by this much.
const slack = 1e-3;

/**
 * What if a decoder had looked elsewhere: alpha of some rows replaced, and the context made from it.
 *
 * @throws where weights are not a distribution over the real positions
 */
export function overwriteAlpha(
  looked: Looked,
  memory: AttentionMemory,
  step: number,
  overwrite: OverwriteAlpha,
): Looked {
  const [batch, source] = looked.alpha.shape;
  const chosen = new Float32Array(batch * source);
  const replaced = new Float32Array(batch);
  for (let row = 0; row < batch; row++) {
    const weights = overwrite(step, row);
    if (weights === undefined) continue;
    const real = memory.mask?.dataSync().subarray(row * source, (row + 1) * source);
    checkWeights(`overwrite, step ${step}, row ${row}`, weights, source, real);
    chosen.set(weights, row * source);
    replaced[row] = 1;
  }
  if (!replaced.includes(1)) return looked;
  const [context, alpha] = tf.tidy(() => {
    const other = tf.tensor2d(chosen, [batch, source]);
    const which = tf.broadcastTo(tf.tensor2d(replaced, [batch, 1]).cast('bool'), [batch, source]);
    const mixed = tf.where(which, other, looked.alpha) as tf.Tensor2D;
    return [mixValues(mixed, memory.values), mixed];
  }) as [tf.Tensor2D, tf.Tensor2D];
  return { context, alpha };
}

function checkWeights(
  label: string,
  weights: ArrayLike<number>,
  source: number,
  real: ArrayLike<number> | undefined,
): void {
  if (weights.length > source)
    throw new Error(
      `${label}: expected at most ${source} weights, one a source position, got ${weights.length}`,
    );
  let sum = 0;
  for (let position = 0; position < weights.length; position++) {
    const weight = weights[position]!;
    if (!(weight >= 0 && Number.isFinite(weight)))
      throw new Error(
        `${label}: a weight must be a number of at least 0, got ${weight} at position ${position}`,
      );
    if (weight > 0 && real?.[position] === 0)
      throw new Error(`${label}: position ${position} is padding and can be paid nothing, got ${weight}`);
    sum += weight;
  }
  if (Math.abs(sum - 1) > slack)
    throw new Error(`${label}: the weights must sum to 1, got ${sum}; divide them by their sum`);
}
