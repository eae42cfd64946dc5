import type * as tf from '@tensorflow/tfjs';
import type { GruSequence } from '../sequences.js';
import { checkAxes, floatMask } from './checks.js';
import { differentiable, fusedKernel, runFused, withoutSecondDerivative } from './kernel.js';
import { gradientOfBias, gradientOfInputs, gradientOfKernel, gradientOfRecurrentKernel } from './products.js';
import { sequenceSizes, type Walk, walk } from './recurrent.js';

export const gruKernels: tf.KernelConfig[] = [
  fusedKernel<Walk>('HeedGru', (module, inputs, { backward }) => {
    const [time, batch, features] = inputs.inputs!.shape as [number, number, number];
    const units = inputs.recurrentKernel!.shape[0]!;
    const hidden = module.output([time, batch, units]);
    const gates = module.output([time, batch, 3 * units]);
    const candidate = module.output([time, batch, units]);
    const scratch = module.scratch(12 * batch * units + module.exports.packedSize!(units, 3 * units));
    const at = (name: string) => module.address(inputs[name]);
    module.exports.gruForward!(
      ...[at('inputs'), at('kernel'), at('recurrentKernel'), at('bias'), at('recurrentBias'), at('initial')],
      ...[at('mask'), module.address(gates), module.address(candidate), module.address(hidden)],
      ...[time, batch, features, units, Number(backward), scratch],
    );
    return [hidden, gates, candidate];
  }),
  fusedKernel<Walk>('HeedGruGrad', (module, inputs, { backward }) => {
    const [time, batch, units] = inputs.hidden!.shape as [number, number, number];
    const dInput = module.output([time, batch, 3 * units]);
    const dTurned = module.output([time, batch, 3 * units]);
    const dInitial = module.output([batch, units]);
    const scratch = module.scratch(module.exports.packedSize!(3 * units, units));
    const at = (name: string) => module.address(inputs[name]);
    module.exports.gruBackward!(
      ...[at('recurrentKernel'), at('initial'), at('mask'), at('gates'), at('candidate'), at('hidden')],
      ...[at('dHidden'), module.address(dInput), module.address(dTurned), module.address(dInitial)],
      ...[time, batch, units, Number(backward), scratch],
    );
    return [dInput, dTurned, dInitial];
  }),
];

export const gruGradients = [withoutSecondDerivative('HeedGruGrad')];

/** Reset-after GRU over a whole sequence in one kernel, and its gradient in another. */
export const gru: GruSequence = (weights, inputs, initial, mask, direction) => {
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  const { time, batch, units } = sequenceSizes('gru', 3, inputs, weights, { initial });
  checkAxes('gru', 'recurrentBias', recurrentBias, { '3 units': 3 * units });
  const attributes = walk('gru', direction);
  const [hidden] = differentiable(
    { inputs, kernel, recurrentKernel, bias, recurrentBias, initial },
    (save) => {
      const given = floatMask('gru', mask, { time, batch });
      const [states, gates, candidate] = runFused(
        'HeedGru',
        { inputs, kernel, recurrentKernel, bias, recurrentBias, initial, mask: given },
        attributes,
      ) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const masks = given === undefined ? [] : [given];
      save([inputs, kernel, recurrentKernel, initial, states, gates, candidate, ...masks]);
      return [states];
    },
    ([dHidden], [x, w, u, start, states, gates, candidate, given]) => {
      const [dInput, dTurned, dInitial] = runFused(
        'HeedGruGrad',
        { recurrentKernel: u, initial: start, mask: given, gates, candidate, hidden: states, dHidden },
        attributes,
      );
      return {
        inputs: () => gradientOfInputs(dInput!, w!, x!.shape),
        kernel: () => gradientOfKernel(x!, dInput!),
        recurrentKernel: () => gradientOfRecurrentKernel(start!, states!, dTurned!, direction),
        bias: () => gradientOfBias(dInput!),
        recurrentBias: () => gradientOfBias(dTurned!),
        initial: () => dInitial!,
      };
    },
  );
  return hidden as tf.Tensor3D;
};
