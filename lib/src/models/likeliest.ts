import type * as tf from '@tensorflow/tfjs';
import { checkLabels } from '../core/losses.js';
import { checkShape } from '../core/shapes.js';

/**
 * Checks what a model says. Without it NaN becomes some class, or none.
 *
 * @param model and `what` was read, such as "picture 3": for the message
 * @throws where a probability is no number
 */
export function checkNumbers(model: string, what: string, probabilities: ArrayLike<number>): void {
  for (let at = 0; at < probabilities.length; at++)
    if (!Number.isFinite(probabilities[at]))
      throw new Error(
        `${model}: the probabilities of ${what} are ${probabilities[at]}, not numbers; the weights are damaged, or the input holds such numbers`,
      );
}

/** The class of the largest probability; of equal ones the first. @throws as `checkNumbers` */
export function likeliest(model: string, what: string, probabilities: ArrayLike<number>): number {
  checkNumbers(model, what, probabilities);
  let best = 0;
  for (let at = 1; at < probabilities.length; at++) if (probabilities[at]! > probabilities[best]!) best = at;
  return best;
}

/** Labels int32 `[batch]`, one a picture, each a class. @throws where they are not */
export function checkPictureLabels(
  model: string,
  labels: tf.Tensor1D,
  { batch, classes }: { readonly batch: number; readonly classes: number },
): void {
  checkShape(`${model} labels`, labels, 'batch', { batch });
  checkLabels(`${model} labels`, labels, classes);
}
