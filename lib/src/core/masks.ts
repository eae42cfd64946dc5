import * as tf from '@tensorflow/tfjs';
import { checkShape } from './shapes.js';

/**
 * 1 where a position is real, 0 where it is padding: mask[b, t] = 1 if t < lengths[b]. Shape `[batch, time]`.
 *
 * @throws where a length is not an integer in 0 ... time
 */
export function sequenceMask(lengths: readonly number[], time: number): tf.Tensor2D {
  const values = new Float32Array(lengths.length * time);
  lengths.forEach((length, row) => {
    if (!Number.isSafeInteger(length) || length < 0 || length > time) {
      throw new Error(
        `sequenceMask: the length of row ${row} must be an integer in 0 ... ${time}, got ${length}`,
      );
    }
    values.fill(1, row * time, row * time + length);
  });
  return tf.tensor2d(values, [lengths.length, time]);
}

/**
 * Checks that a mask `[batch, source]` holds only 0 and 1 and leaves something to look at in every row.
 *
 * @throws naming the row: attention over nothing has no answer, and would otherwise be NaN
 */
export function checkMask(label: string, mask: tf.Tensor2D): void {
  const { batch, source } = checkShape(label, mask, 'batch source');
  const values = mask.dataSync();
  for (let row = 0; row < batch; row++) {
    let real = 0;
    for (let column = 0; column < source; column++) {
      const value = values[row * source + column]!;
      if (value !== 0 && value !== 1) {
        throw new Error(
          `${label}: a mask holds 1 (real) and 0 (padding), got ${value} at row ${row}, position ${column}`,
        );
      }
      real += value;
    }
    if (real === 0)
      throw new Error(
        `${label}: row ${row} is all padding, there is no position to attend to; leave the row out`,
      );
  }
}

/**
 * Checks a mask `[batch, source]` for outputs that see no further than their own place.
 *
 * @param seen positions that the first output sees
 * @throws naming the row in which they are all padding
 */
export function checkFirstSeen(label: string, mask: tf.Tensor2D, seen = 1): void {
  const [batch, source] = mask.shape;
  const values = mask.dataSync();
  for (let row = 0; row < batch; row++)
    if (!values.subarray(row * source, row * source + seen).includes(1))
      throw new Error(
        `${label}: row ${row} begins with padding, so its first output would see nothing; pad at the end`,
      );
}
