import type * as tf from '@tensorflow/tfjs';
import type { RnnActivation, RnnSequence } from '../sequences.js';
import { floatMask } from './checks.js';
import { differentiable, fusedKernel, runFused, withoutSecondDerivative } from './kernel.js';
import { gradientOfBias, gradientOfInputs, gradientOfKernel, gradientOfRecurrentKernel } from './products.js';
import { sequenceSizes, type Walk, walk } from './recurrent.js';

/** Numbers that lib/assembly/rnn.ts gives the activations. */
const codes: Readonly<Record<RnnActivation, number>> = { tanh: 0, relu: 1, linear: 2 };

interface RnnAttributes extends Walk {
  readonly activation: number;
}

export const rnnKernels: tf.KernelConfig[] = [
  fusedKernel<RnnAttributes>('HeedRnn', (module, inputs, { backward, activation }) => {
    const [time, batch, features] = inputs.inputs!.shape as [number, number, number];
    const units = inputs.recurrentKernel!.shape[0]!;
    const hidden = module.output([time, batch, units]);
    const scratch = module.scratch(module.exports.packedSize!(units, units));
    const at = (name: string) => module.address(inputs[name]);
    module.exports.rnnForward!(
      ...[at('inputs'), at('kernel'), at('recurrentKernel'), at('bias'), at('initial'), at('mask')],
      ...[module.address(hidden), time, batch, features, units, activation, Number(backward), scratch],
    );
    return hidden;
  }),
  fusedKernel<RnnAttributes>('HeedRnnGrad', (module, inputs, { backward, activation }) => {
    const [time, batch, units] = inputs.hidden!.shape as [number, number, number];
    const dz = module.output([time, batch, units]);
    const dInitial = module.output([batch, units]);
    const scratch = module.scratch(module.exports.packedSize!(units, units));
    const at = (name: string) => module.address(inputs[name]);
    module.exports.rnnBackward!(
      ...[at('recurrentKernel'), at('mask'), at('hidden'), at('dHidden'), module.address(dz)],
      ...[module.address(dInitial), time, batch, units, activation, Number(backward), scratch],
    );
    return [dz, dInitial];
  }),
];

export const rnnGradients = [withoutSecondDerivative('HeedRnnGrad')];

/** h = activation(x W + h U + b) over a whole sequence in one kernel, and its gradient in another. */
export const rnn: RnnSequence = (weights, inputs, initial, mask, direction, activation) => {
  const { kernel, recurrentKernel, bias } = weights;
  const { time, batch } = sequenceSizes('rnn', 1, inputs, weights, { initial });
  if (!(activation in codes)) {
    throw new Error(
      `rnn: activation must be one of ${Object.keys(codes).join(', ')}, got '${String(activation)}'`,
    );
  }
  const attributes = { ...walk('rnn', direction), activation: codes[activation] };
  const [hidden] = differentiable(
    { inputs, kernel, recurrentKernel, bias, initial },
    (save) => {
      const given = floatMask('rnn', mask, { time, batch });
      const outputs = runFused(
        'HeedRnn',
        { inputs, kernel, recurrentKernel, bias, initial, mask: given },
        attributes,
      );
      save([inputs, kernel, recurrentKernel, initial, outputs[0]!, ...(given === undefined ? [] : [given])]);
      return outputs;
    },
    ([dHidden], [x, w, u, start, states, given]) => {
      const [dz, dInitial] = runFused(
        'HeedRnnGrad',
        { recurrentKernel: u, hidden: states, dHidden, mask: given },
        attributes,
      );
      return {
        inputs: () => gradientOfInputs(dz!, w!, x!.shape),
        kernel: () => gradientOfKernel(x!, dz!),
        recurrentKernel: () => gradientOfRecurrentKernel(start!, states!, dz!, direction),
        bias: () => gradientOfBias(dz!),
        initial: () => dInitial!,
      };
    },
  );
  return hidden as tf.Tensor3D;
};
