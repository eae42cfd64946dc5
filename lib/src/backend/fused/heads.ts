import * as tf from '@tensorflow/tfjs';
import { differentiable, fusedKernel, runFused, withoutSecondDerivative } from './kernel.js';

interface HeadsAttributes {
  readonly heads: number;
  readonly causal: boolean;
}

export const headsKernels: tf.KernelConfig[] = [
  fusedKernel<HeadsAttributes>('HeedHeads', (module, { query, keys, values, mask }, { heads, causal }) => {
    const [batch, target, units] = query!.shape as [number, number, number];
    const source = keys!.shape[1]!;
    const outputs = [module.output([batch, target, units]), module.output([batch, heads, target, source])];
    const scratch = module.scratch();
    module.exports.headsForward!(
      ...[query, keys, values, mask, ...outputs].map((tensor) => module.address(tensor)),
      ...[batch, heads, target, source, units, Number(causal), scratch],
    );
    return outputs;
  }),
  fusedKernel<{ heads: number }>('HeedHeadsGrad', (module, inputs, { heads }) => {
    const { query, keys, values, alpha, dMixed, dAlpha } = inputs;
    const [batch, target, units] = query!.shape as [number, number, number];
    const source = keys!.shape[1]!;
    const outputs = [query!, keys!, values!].map(({ shape }) => module.output(shape));
    const scratch = module.scratch(4 * target * source);
    module.exports.headsBackward!(
      ...[query, keys, values, alpha, dMixed, dAlpha, ...outputs].map((tensor) => module.address(tensor)),
      scratch + module.exports.productScratch!(),
      ...[batch, heads, target, source, units, scratch],
    );
    return outputs;
  }),
];

export const headsGradients = headsKernels.map(({ kernelName }) => withoutSecondDerivative(kernelName));

export const hasFusedHeads = () => tf.getKernel('HeedHeads', tf.getBackend()) !== undefined;

/**
 * Scaled dot attention of all heads in one kernel, its gradient in another; shapes are checked by the caller.
 *
 * @param query `[batch, target, units]`; head h has the columns h size ... (h + 1) size - 1
 * @param mask `[batch, source]`, every row with a 1
 * @returns what the heads mixed, `[batch, target, units]`, and alpha, `[batch, heads, target, source]`
 */
export function fusedHeads(
  query: tf.Tensor3D,
  keys: tf.Tensor3D,
  values: tf.Tensor3D,
  mask: tf.Tensor2D | null,
  attributes: HeadsAttributes,
): [mixed: tf.Tensor3D, alpha: tf.Tensor4D] {
  return differentiable(
    { query, keys, values },
    (save) => {
      const real = mask === null ? undefined : mask.cast('float32');
      const [mixed, alpha] = runFused('HeedHeads', { query, keys, values, mask: real }, attributes);
      save([query, keys, values, alpha!]);
      return [mixed!, alpha!];
    },
    ([dMixed, dAlpha], [savedQuery, savedKeys, savedValues, alpha]) => {
      const [dQuery, dKeys, dValues] = runFused(
        'HeedHeadsGrad',
        { query: savedQuery, keys: savedKeys, values: savedValues, alpha, dMixed, dAlpha },
        { heads: attributes.heads },
      );
      return { query: () => dQuery!, keys: () => dKeys!, values: () => dValues! };
    },
  ) as [tf.Tensor3D, tf.Tensor4D];
}
