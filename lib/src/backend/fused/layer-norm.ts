import * as tf from '@tensorflow/tfjs';
import { differentiable, fusedKernel, runFused, withoutSecondDerivative } from './kernel.js';

/** Rows and columns of a `[..., columns]` tensor whose leading axes are taken together. */
function flat(tensor: tf.TensorInfo): [rows: number, columns: number] {
  const columns = tensor.shape.at(-1)!;
  return [tensor.shape.slice(0, -1).reduce((product, size) => product * size, 1), columns];
}

export const layerNormKernels: tf.KernelConfig[] = [
  fusedKernel<{ epsilon: number }>('HeedLayerNorm', (module, { inputs, gain, shift }, { epsilon }) => {
    const [rows, columns] = flat(inputs!);
    // Of every row the mean and 1 / deviation, for the gradient.
    const outputs = [module.output(inputs!.shape), module.output([rows, 2])];
    const [x, g, b, y, kept] = [inputs!, gain!, shift!, ...outputs].map((each) => module.view(each)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    for (let row = 0; row < rows; row++) {
      const from = row * columns;
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += x[from + k]!;
      const mean = sum / columns;
      let squares = 0;
      for (let k = 0; k < columns; k++) {
        const distance = x[from + k]! - mean;
        squares += distance * distance;
      }
      const inverse = 1 / Math.sqrt(squares / columns + epsilon);
      for (let k = 0; k < columns; k++) y[from + k] = (x[from + k]! - mean) * inverse * g[k]! + b[k]!;
      kept[2 * row] = mean;
      kept[2 * row + 1] = inverse;
    }
    return outputs;
  }),
  fusedKernel('HeedLayerNormGrad', (module, { inputs, gain, kept, dOutputs }) => {
    const [rows, columns] = flat(inputs!);
    const outputs = [module.output(inputs!.shape), module.output([columns]), module.output([columns])];
    const [x, g, saved, d, dx, dGain, dShift] = [inputs!, gain!, kept!, dOutputs!, ...outputs].map((each) =>
      module.view(each),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
    const gains = new Float64Array(columns);
    const shifts = new Float64Array(columns);
    for (let row = 0; row < rows; row++) {
      const from = row * columns;
      const mean = saved[2 * row]!;
      const inverse = saved[2 * row + 1]!;
      let sum = 0;
      let along = 0;
      for (let k = 0; k < columns; k++) {
        const upstream = d[from + k]!;
        const normal = (x[from + k]! - mean) * inverse;
        gains[k]! += upstream * normal;
        shifts[k]! += upstream;
        sum += upstream * g[k]!;
        along += upstream * g[k]! * normal;
      }
      const level = sum / columns;
      const slope = (along / columns) * inverse;
      for (let k = 0; k < columns; k++)
        dx[from + k] = inverse * (d[from + k]! * g[k]! - level - (x[from + k]! - mean) * slope);
    }
    dGain.set(gains);
    dShift.set(shifts);
    return outputs;
  }),
];

export const layerNormGradients = layerNormKernels.map(({ kernelName }) =>
  withoutSecondDerivative(kernelName),
);

export const hasFusedLayerNorm = () => tf.getKernel('HeedLayerNorm', tf.getBackend()) !== undefined;

/** Layer norm of the last axis in one kernel, its gradient in another; sizes are checked by the caller. */
export function fusedLayerNorm<T extends tf.Tensor>(
  inputs: T,
  gain: tf.Tensor1D,
  shift: tf.Tensor1D,
  epsilon: number,
): T {
  return differentiable(
    { inputs: inputs as tf.Tensor, gain, shift },
    (save) => {
      const [outputs, kept] = runFused('HeedLayerNorm', { inputs, gain, shift }, { epsilon });
      save([inputs, gain, kept!]);
      return [outputs!];
    },
    ([dOutputs], [saved, savedGain, kept]) => {
      const [dInputs, dGain, dShift] = runFused('HeedLayerNormGrad', {
        ...{ inputs: saved, gain: savedGain, kept, dOutputs },
      });
      return { inputs: () => dInputs!, gain: () => dGain!, shift: () => dShift! };
    },
  )[0] as T;
}
