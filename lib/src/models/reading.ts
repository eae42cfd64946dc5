import * as tf from '@tensorflow/tfjs';
import { maskedSparsemax } from '../attention/entmax.js';
import { maskedSoftmax } from '../attention/softmax.js';
import { checkOneOf } from '../core/options.js';

/**
 * How the places of a text become one vector: a mixture of all of them (`soft`), of those that get any weight at all
 * (`sparsemax`), or one of them (`hard`).
 */
export type Reading = 'soft' | 'sparsemax' | 'hard';

/** @throws for a reading that does not exist, in the name of the model that was to have it */
export function checkReading(model: string, reading: unknown): void {
  checkOneOf(model, 'reading', reading, ['soft', 'sparsemax', 'hard']);
}

/** Weights of scores, both `[batch, source]`; of hard reading the probabilities of the choice. Padding gets exactly 0. */
export function readingAlpha(reading: Reading, scores: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const normalise = reading === 'sparsemax' ? maskedSparsemax : maskedSoftmax;
  return tf.tidy(() => normalise(scores.expandDims(1) as tf.Tensor3D, mask).squeeze([1]) as tf.Tensor2D);
}
