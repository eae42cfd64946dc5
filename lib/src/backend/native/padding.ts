import * as tf from '@tensorflow/tfjs';
import type { Direction } from '../sequences.js';

/**
 * How a padded batch becomes one without padding and back: each row's real steps, in the order in which they are read, move
 * to the front. What follows them is computed as well, but nothing reads it, so no gradient comes out of it.
 */
export interface Packing {
  /** steps of the longest row; 1 where there is no real step at all */
  readonly time: number;
  /** for each packed step and row the place in `[time * batch]` from which it comes; null where it is the same place */
  readonly from: Int32Array | null;
  /**
   * for each step and row the place of its state in `[(1 + packed time) * batch]`, where the first `batch` are the initial
   * states: a padded step has the state of the real one before it
   */
  readonly back: Int32Array;
}

/** @param mask `[time, batch]` flat, 0 for padding */
export function packing(
  mask: ArrayLike<number>,
  { time, batch }: { readonly time: number; readonly batch: number },
  direction: Direction,
): Packing {
  const back = new Int32Array(time * batch);
  const read = new Int32Array(batch);
  const order: number[] = [];
  for (let n = 0; n < time; n++) {
    const t = direction === 'forward' ? n : time - 1 - n;
    for (let row = 0; row < batch; row++) {
      const at = t * batch + row;
      if (mask[at] !== 0) {
        order[read[row]! * batch + row] = at;
        read[row]!++;
      }
      back[at] = read[row]! * batch + row;
    }
  }
  const longest = Math.max(1, ...read);
  const from = Int32Array.from({ length: longest * batch }, (_, at) => order[at] ?? at);
  return { time: longest, from: from.every((place, at) => place === at) ? null : from, back };
}

/** The real steps in front, `[packed time, batch, features]`. */
export function pack({ time, from }: Packing, inputs: tf.Tensor3D): tf.Tensor3D {
  const [all, batch, features] = inputs.shape;
  if (from === null) return time === all ? inputs : tf.slice(inputs, 0, time);
  const rows = inputs.reshape([all * batch, features]);
  return tf.gather(rows, tf.tensor1d(from, 'int32')).reshape([time, batch, features]);
}

/** States of the packed steps back at the places of their inputs, `[time, batch, units]`. */
export function unpack({ time, back }: Packing, states: tf.Tensor3D, initial: tf.Tensor2D): tf.Tensor3D {
  const [batch, units] = initial.shape;
  const rows = tf.concat([initial, states.reshape([time * batch, units])], 0);
  return tf.gather(rows, tf.tensor1d(back, 'int32')).reshape([back.length / batch, batch, units]);
}
