import * as tf from '@tensorflow/tfjs';
import { maskedSoftmax, maskOverTargets, type Normaliser } from './softmax.js';
import type { Window } from './window.js';

export interface AlignOptions {
  readonly normalise?: Normaliser;
  readonly window?: Window | null;
  /** `[batch, target, units]`; a window may look at it */
  readonly query: tf.Tensor3D;
  /** `[batch, source]` */
  readonly mask: tf.Tensor2D | null;
  /** Number of the first output, from 0. */
  readonly step?: number;
  /** Alpha of the output before the first. */
  readonly previous?: tf.Tensor2D;
}

/** Scores to alpha, both `[batch, target, source]`: window, normaliser, and the window's factors. */
export function align(scores: tf.Tensor3D, options: AlignOptions): tf.Tensor3D {
  const { normalise = maskedSoftmax, window = null, query, mask, step = 0, previous } = options;
  if (window === null) return normalise(scores, mask, previous);
  return tf.tidy(() => {
    const [batch, , source] = scores.shape;
    const real = mask ?? (tf.ones([batch, source]) as tf.Tensor2D);
    const view = window.view(query, real, step);
    const alpha = normalise(scores, view.mask, previous);
    if (view.weights === null) return alpha;
    const weighted = tf.mul(alpha, view.weights) as tf.Tensor3D;
    return window.total === 'paper' ? weighted : tf.div(weighted, tf.sum(weighted, 2, true));
  });
}

/**
 * Looks for scores that are no numbers, at the price of reading one number back.
 *
 * @throws naming the first row, output and position
 */
export function checkScores(label: string, scores: tf.Tensor3D, mask: tf.Tensor2D | null): void {
  if (scores.size === 0)
    throw new Error(
      `${label}: expected at least one row, output and position, got scores [${scores.shape.join(', ')}]`,
    );
  // 0 times a number is 0; times NaN or infinity it is NaN, and stays so in a sum.
  const sum = tf.tidy(() => {
    const nothing = tf.mul(scores, 0);
    const real = mask === null ? null : tf.broadcastTo(maskOverTargets(mask).cast('bool'), scores.shape);
    return tf.sum(real === null ? nothing : tf.where(real, nothing, tf.zeros(scores.shape))).dataSync()[0]!;
  });
  if (sum === 0) return;
  const [, target, source] = scores.shape;
  const values = scores.dataSync();
  const visible = mask?.dataSync();
  const at = values.findIndex((value, n) => {
    const column = n % source;
    const row = Math.floor(n / (target * source));
    return !Number.isFinite(value) && (visible === undefined || visible[row * source + column] === 1);
  });
  const [row, output, position] = [
    Math.floor(at / (target * source)),
    Math.floor(at / source) % target,
    at % source,
  ];
  throw new Error(
    `${label}: the score of row ${row}, output ${output}, position ${position} is ${values[at]}, not a finite number; query, keys or weights hold such numbers, or are so large that their product overflows`,
  );
}
