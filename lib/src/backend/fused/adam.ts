import type * as tf from '@tensorflow/tfjs';
import { fusedKernel, runFused } from './kernel.js';

export interface AdamConfig {
  /** 0.001: the value of the paper */
  readonly learningRate: number;
  /** 0.9: the mean of the gradient remembers about 10 steps */
  readonly beta1: number;
  /** 0.999: the mean of its square about 1000 */
  readonly beta2: number;
  /** 1e-7: above float32's rounding, far below a usual gradient; added to the root, as TensorFlow.js does */
  readonly epsilon: number;
}

export const defaultAdam: AdamConfig = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

export interface AdamState {
  readonly parameter: tf.Tensor;
  readonly firstMoment: tf.Tensor;
  readonly secondMoment: tf.Tensor;
}

interface AdamAttributes extends AdamConfig {
  readonly step: number;
}

export const adamKernels: tf.KernelConfig[] = [
  fusedKernel<AdamAttributes>('HeedAdam', (module, inputs, { learningRate, beta1, beta2, epsilon, step }) => {
    const { parameter, firstMoment, secondMoment, gradient } = inputs;
    const shape = parameter!.shape;
    const outputs = [module.output(shape), module.output(shape), module.output(shape)];
    const count = shape.reduce((product, size) => product * size, 1);
    const rate = learningRate / (1 - beta1 ** step);
    module.exports.adam!(
      ...[parameter, firstMoment, secondMoment, gradient].map((tensor) => module.address(tensor)),
      ...outputs.map((tensor) => module.address(tensor)),
      ...[count, rate, beta1, 1 - beta1, beta2, 1 - beta2, 1 / (1 - beta2 ** step), epsilon],
    );
    return outputs;
  }),
];

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1) in one pass:
 * m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p - rate m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon).
 *
 * The results are new tensors: assign them to the variables. Writing over a variable in place would leave the stock matMul
 * with the old weights, since it keeps packed copies of its right operands by tensor.
 *
 * @param step 1 for the first
 * @throws for shapes that differ from the parameter's, and for a step that is no positive integer
 */
export function fusedAdam(
  state: AdamState,
  gradient: tf.Tensor,
  step: number,
  config: AdamConfig = defaultAdam,
): AdamState {
  if (!Number.isInteger(step) || step < 1)
    throw new Error(`fusedAdam: step must be an integer from 1, got ${step}`);
  const { parameter, firstMoment, secondMoment } = state;
  for (const [name, tensor] of Object.entries({ parameter, firstMoment, secondMoment, gradient })) {
    if (tensor.shape.join() !== parameter.shape.join() || tensor.dtype !== 'float32') {
      throw new Error(
        `fusedAdam: ${name} must be float32 [${parameter.shape}] like the parameter, got ${tensor.dtype} [${tensor.shape}]`,
      );
    }
  }
  const outputs = runFused(
    'HeedAdam',
    { parameter, firstMoment, secondMoment, gradient },
    { ...config, step },
  );
  return { parameter: outputs[0]!, firstMoment: outputs[1]!, secondMoment: outputs[2]! };
}
