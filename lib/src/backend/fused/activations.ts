import * as tf from '@tensorflow/tfjs';
import { fusedKernel, runFused } from './kernel.js';

/** An elementwise kernel that writes a new tensor. */
function elementwise(name: string, routine: string): tf.KernelConfig {
  return fusedKernel(name, (module, { x }) => {
    if (x!.dtype !== 'float32')
      throw new Error(`${name}: x must be float32, got ${x!.dtype}: use cast('float32')`);
    const out = module.output(x!.shape);
    module.exports[routine]!(module.address(x), module.address(out), tf.util.sizeFromShape(x!.shape));
    return out;
  });
}

export const activationKernels: tf.KernelConfig[] = [
  elementwise('HeedTanh', 'tanhArray'),
  elementwise('HeedSigmoid', 'sigmoidArray'),
  elementwise('HeedExp', 'expArray'),
];

/** The gradients are those of the stock operations: they are told from the output alone. */
export const activationGradients: tf.GradConfig[] = ['Tanh', 'Sigmoid', 'Exp'].map((name) => ({
  ...tf.getGradient(name),
  kernelName: `Heed${name}`,
}));

/** tanh to 2e-7 absolute, and relative to its value near 0. */
export function fusedTanh<T extends tf.Tensor>(x: T): T {
  return runFused('HeedTanh', { x })[0] as T;
}

/** 1 / (1 + exp(-x)) to 3e-7 relative to its value. */
export function fusedSigmoid<T extends tf.Tensor>(x: T): T {
  return runFused('HeedSigmoid', { x })[0] as T;
}

/** exp to 3e-7 relative; 0 below -87, infinity above 88.72. */
export function fusedExp<T extends tf.Tensor>(x: T): T {
  return runFused('HeedExp', { x })[0] as T;
}
