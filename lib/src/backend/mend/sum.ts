import * as tf from '@tensorflow/tfjs';
import { floats, type KernelCall, type Mend, shaped } from './kernel.js';

/** How many leading axes are summed, or 0 where the sum is of another kind. */
function leadingAxes(axes: readonly number[], rank: number): number {
  const sorted = [...axes].sort((a, b) => a - b);
  return sorted.length < rank && sorted.every((axis, k) => axis === k) ? sorted.length : 0;
}

/** The sum over rows, four at a time, added up in double precision. */
function sumRows({ inputs, backend }: KernelCall, axes: number): tf.TensorInfo {
  const x = inputs.x!;
  const rows = tf.util.sizeFromShape(x.shape.slice(0, axes));
  const columns = tf.util.sizeFromShape(x.shape.slice(axes));
  const out = backend.makeOutput([columns], 'float32');
  const from = floats(backend, x);
  const sums = new Float64Array(columns);
  const grouped = rows - (rows % 4);
  for (let row = 0; row < grouped; row += 4) {
    const first = row * columns;
    const second = first + columns;
    const third = second + columns;
    const fourth = third + columns;
    for (let k = 0; k < columns; k++) {
      sums[k]! += from[first + k]! + from[second + k]! + (from[third + k]! + from[fourth + k]!);
    }
  }
  for (let at = grouped * columns; at < from.length; at += columns) {
    for (let k = 0; k < columns; k++) sums[k]! += from[at + k]!;
  }
  floats(backend, out).set(sums);
  return out;
}

export const sum: Mend = {
  kernels: ['Sum'],
  why: 'a sum over the first axis (every bias gradient) transposed its input element by element first',
  build: (stock) => {
    const original = stock('Sum');
    return {
      Sum: (call) => {
        const x = call.inputs.x!;
        const axes = tf.util.parseAxisParam(call.attrs.axis, x.shape);
        const leading = x.dtype === 'float32' ? leadingAxes(axes, x.shape.length) : 0;
        if (leading === 0 || tf.util.sizeFromShape(x.shape) === 0) return original(call);
        const out = sumRows(call, leading);
        const rest = x.shape.slice(leading);
        return shaped(out, call.attrs.keepDims ? [...new Array<number>(leading).fill(1), ...rest] : rest);
      },
    };
  },
  proof: () => {
    const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    return {
      got: [tf.sum(x, 0), tf.sum(x, [0, 1]), tf.sum(x, 0, true)],
      expected: [
        [6, 8, 10, 12],
        [16, 20],
        [6, 8, 10, 12],
      ],
    };
  },
};
