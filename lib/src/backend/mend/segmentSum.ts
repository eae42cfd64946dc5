import * as tf from '@tensorflow/tfjs';
import { floats, ints, type KernelCall, type Mend } from './kernel.js';

/** out[segmentIds[n], :] += x[n, :]. A negative id drops its row, as in TensorFlow. */
function unsortedSegmentSum({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
  const segments: number = attrs.numSegments;
  const rank = segmentIds.shape.length;
  const inner = tf.util.sizeFromShape(x.shape.slice(rank));
  const out = backend.makeOutput([segments, ...x.shape.slice(rank)], x.dtype);
  const ids = ints(backend, segmentIds);
  const rows = floats(backend, x);
  const sums = floats(backend, out);
  sums.fill(0);
  for (let n = 0; n < ids.length; n++) {
    const id = ids[n]!;
    if (id < 0) continue;
    if (id >= segments) {
      throw new Error(
        `unsortedSegmentSum: id ${id} at position ${n}, expected less than numSegments = ${segments}`,
      );
    }
    for (let k = id * inner, from = n * inner, end = k + inner; k < end; k++, from++) sums[k]! += rows[from]!;
  }
  return out;
}

export const segmentSum: Mend = {
  kernels: ['UnsortedSegmentSum'],
  why: 'missing on wasm, so that gather (every embedding) had no gradient',
  build: () => ({ UnsortedSegmentSum: unsortedSegmentSum }),
  proof: () => ({
    got: [tf.unsortedSegmentSum(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]), tf.tensor1d([2, 0, 2], 'int32'), 3)],
    expected: [[3, 4, 0, 0, 6, 8]],
  }),
};
