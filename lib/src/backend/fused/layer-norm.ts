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
    // The second: mean and 1 / deviation of every row, for the gradient.
    const outputs = [module.output(inputs!.shape), module.output([rows, 2])];
    module.exports.layerNormForward!(
      ...[inputs, gain, shift, ...outputs].map((tensor) => module.address(tensor)),
      ...[rows, columns, epsilon],
    );
    return outputs;
  }),
  fusedKernel('HeedLayerNormGrad', (module, { inputs, gain, kept, dOutputs }) => {
    const [rows, columns] = flat(inputs!);
    const outputs = [module.output(inputs!.shape), module.output([columns]), module.output([columns])];
    module.exports.layerNormBackward!(
      ...[inputs, gain, kept, dOutputs, ...outputs].map((tensor) => module.address(tensor)),
      ...[rows, columns],
    );
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
