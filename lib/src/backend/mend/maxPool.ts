import * as tf from '@tensorflow/tfjs';
import { floats, type KernelCall, type Mend } from './kernel.js';
import { forEachTap, pooling2d, pooling3d, positions, type Windows } from './windows.js';

/**
 * The position in `x` of each window's maximum, the first where several are equal, for every output in order.
 *
 * The search starts from the first real position of the window and not from a small number, which is what went wrong in the
 * stock kernels: they start from the smallest positive float.
 */
function maxima(x: Float32Array, g: Windows): Int32Array {
  const found = new Int32Array(g.batch * positions(g.output) * g.channels).fill(-1);
  forEachTap(g, 0, g.batch, (row, _, pixel) => {
    const to = row * g.channels;
    const from = pixel * g.channels;
    for (let c = 0; c < g.channels; c++) {
      const best = found[to + c]!;
      if (best < 0 || x[from + c]! > x[best]!) found[to + c] = from + c;
    }
  });
  return found;
}

function gradient({ inputs, backend }: KernelCall, windows: Windows): tf.TensorInfo {
  const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
  const dx = backend.makeOutput(input.shape, 'float32');
  const found = maxima(floats(backend, input), windows);
  const above = floats(backend, dy);
  const sums = floats(backend, dx).fill(0);
  for (let k = 0; k < found.length; k++) {
    if (found[k]! >= 0) sums[found[k]!]! += above[k]!;
  }
  return dx;
}

function maxPool3d({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const x = inputs.x!;
  const { windows, outShape } = pooling3d(x.shape, attrs);
  const out = backend.makeOutput(outShape, 'float32');
  const values = floats(backend, x);
  const to = floats(backend, out);
  const found = maxima(values, windows);
  for (let k = 0; k < found.length; k++)
    to[k] = found[k]! < 0 ? Number.NEGATIVE_INFINITY : values[found[k]!]!;
  return out;
}

export const maxPools: Mend = {
  kernels: ['MaxPoolGrad', 'MaxPool3D', 'MaxPool3DGrad'],
  why: 'wrong without a word for a window with no positive value: its gradient went to element 0, its 3-D maximum was 1e-38',
  build: () => ({
    MaxPoolGrad: (call) => gradient(call, pooling2d(call.inputs.input!.shape, call.attrs)),
    MaxPool3D: maxPool3d,
    MaxPool3DGrad: (call) => gradient(call, pooling3d(call.inputs.input!.shape, call.attrs).windows),
  }),
  proof: () => {
    const plane = tf.tensor4d([-4, -3, -2, -5], [1, 2, 2, 1]);
    const cube = tf.tensor5d([-4, -3, -2, -5, -9, -8, -1, -7], [1, 2, 2, 2, 1]);
    return {
      got: [
        tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid'))(plane),
        tf.maxPool3d(cube, 2, 1, 'valid'),
        tf.grad((x) => tf.maxPool3d(x as tf.Tensor5D, 2, 1, 'valid'))(cube),
      ],
      expected: [[0, 0, 1, 0], [-1], [0, 0, 0, 0, 0, 0, 1, 0]],
    };
  },
};
