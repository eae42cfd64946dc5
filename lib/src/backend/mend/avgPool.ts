import * as tf from '@tensorflow/tfjs';
import { floats, type KernelCall, type Mend } from './kernel.js';
import { forEachTap, pooling2d, pooling3d, positions, type Windows } from './windows.js';

/** Every real position of a window gets an equal share: the mean was over the real ones, padding left out. */
function gradient({ inputs, backend }: KernelCall, g: Windows): tf.TensorInfo {
  const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
  const dx = backend.makeOutput(input.shape, 'float32');
  const above = floats(backend, dy);
  const sums = floats(backend, dx).fill(0);
  const real = new Int32Array(g.batch * positions(g.output));
  forEachTap(g, 0, g.batch, (row) => {
    real[row]! += 1;
  });
  forEachTap(g, 0, g.batch, (row, _, pixel) => {
    const from = row * g.channels;
    const to = pixel * g.channels;
    const share = 1 / real[row]!;
    for (let c = 0; c < g.channels; c++) sums[to + c]! += above[from + c]! * share;
  });
  return dx;
}

export const avgPools: Mend = {
  kernels: ['AvgPoolGrad', 'AvgPool3DGrad'],
  why: 'wrong at the border of a padded input: the mean is over the real positions, its gradient was divided by all',
  build: () => ({
    AvgPoolGrad: (call) => gradient(call, pooling2d(call.inputs.input!.shape, call.attrs)),
    AvgPool3DGrad: (call) => gradient(call, pooling3d(call.inputs.input!.shape, call.attrs).windows),
  }),
  proof: () => ({
    got: [
      tf.grad((x) => tf.avgPool(x as tf.Tensor4D, [1, 2], 1, 'same'))(tf.ones([1, 1, 3, 1])),
      tf.grad((x) => tf.avgPool3d(x as tf.Tensor5D, [1, 1, 2], 1, 'same'))(tf.ones([1, 1, 1, 3, 1])),
    ],
    expected: [
      [0.5, 1, 1.5],
      [0.5, 1, 1.5],
    ],
  }),
};
