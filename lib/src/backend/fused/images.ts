import type * as tf from '@tensorflow/tfjs';
import { differentiable, fusedKernel, runFused, withoutSecondDerivative } from './kernel.js';

interface PatchAttributes {
  readonly filter: number;
  readonly stride: number;
}

interface ScatterAttributes extends PatchAttributes {
  readonly shape: readonly number[];
}

interface NormAttributes {
  readonly epsilon: number;
  readonly relu: boolean;
}

/** Output positions along an axis of a filter without margins. */
const positions = (size: number, { filter, stride }: PatchAttributes): number =>
  Math.floor((size - filter) / stride) + 1;

const rowsOf = (shape: readonly number[]): number =>
  shape.slice(0, -1).reduce((product, size) => product * size, 1);

/** Convolution without margins as patches times matrix, and batch norm with relu in one pass, each with its gradient. */
export const imageKernels: tf.KernelConfig[] = [
  fusedKernel<PatchAttributes>('HeedGatherPatches', (module, { x }, attributes) => {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const { filter, stride } = attributes;
    const rows = batch * positions(height, attributes) * positions(width, attributes);
    const out = module.output([rows, filter * filter * channels]);
    module.exports.gatherPatches!(
      ...[module.address(x), module.address(out)],
      ...[batch, height, width, channels, filter, stride],
    );
    return out;
  }),
  fusedKernel<ScatterAttributes>('HeedScatterPatches', (module, { patches }, { filter, stride, shape }) => {
    const out = module.output([...shape]);
    module.view(out).fill(0);
    module.exports.scatterPatches!(
      ...[module.address(patches), module.address(out)],
      ...([...shape, filter, stride] as number[]),
    );
    return out;
  }),
  fusedKernel<NormAttributes>('HeedBatchNorm', (module, { x, scale, shift }, { epsilon, relu }) => {
    const columns = x!.shape.at(-1)!;
    const out = module.output(x!.shape);
    const rows = [module.output([columns]), module.output([columns]), module.output([columns])];
    module.exports.batchNormForward!(
      ...[x, scale, shift, out, ...rows].map((tensor) => module.address(tensor)),
      ...[module.scratch(4 * columns), rowsOf(x!.shape), columns, epsilon, relu ? 1 : 0],
    );
    return [out, ...rows];
  }),
  fusedKernel<Pick<NormAttributes, 'relu'>>('HeedBatchNormGrad', (module, inputs, { relu }) => {
    const { x, y, dy, scale, mean, inverse } = inputs;
    const columns = x!.shape.at(-1)!;
    const outputs = [module.output(x!.shape), module.output([columns]), module.output([columns])];
    module.exports.batchNormBackward!(
      ...[x, y, dy, scale, mean, inverse, ...outputs].map((tensor) => module.address(tensor)),
      ...[module.scratch(8 * columns), rowsOf(x!.shape), columns, relu ? 1 : 0],
    );
    return outputs;
  }),
];

export const imageGradients: tf.GradConfig[] = [
  {
    kernelName: 'HeedGatherPatches',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () =>
        runFused('HeedScatterPatches', { patches: dy as tf.Tensor }, { ...attributes, shape: x!.shape })[0]!,
    }),
  },
  withoutSecondDerivative('HeedScatterPatches'),
  withoutSecondDerivative('HeedBatchNormGrad'),
];

/** What every output of a square filter without margins saw, `[batch * positions, filter * filter * channels]`. */
export function fusedPatches(x: tf.Tensor4D, filter: number, stride: number): tf.Tensor2D {
  return runFused('HeedGatherPatches', { x }, { filter, stride })[0] as tf.Tensor2D;
}

/** Batch norm by the batch's own mean and variance (biased), and relu if wanted. */
export function fusedBatchNorm<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  shift: tf.Tensor1D,
  { epsilon, relu }: NormAttributes,
): { outputs: T; mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const [outputs, mean, variance] = differentiable(
    { x, scale, shift },
    (save) => {
      const [y, mean, variance, inverse] = runFused('HeedBatchNorm', { x, scale, shift }, { epsilon, relu });
      save([x, y!, scale, mean!, inverse!]);
      return [y!, mean!, variance!];
    },
    ([dy], saved) => {
      const [kept, y, factor, average, inverse] = saved as [T, T, tf.Tensor, tf.Tensor, tf.Tensor];
      const inputs = { x: kept, y, dy: dy!, scale: factor, mean: average, inverse };
      const [dx, dScale, dShift] = runFused('HeedBatchNormGrad', inputs, { relu });
      return { x: () => dx!, scale: () => dScale!, shift: () => dShift! };
    },
  ) as [T, tf.Tensor1D, tf.Tensor1D];
  return { outputs, mean, variance };
}
