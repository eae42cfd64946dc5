import type * as tf from '@tensorflow/tfjs';
import type { LstmSequence } from '../sequences.js';
import { floatMask } from './checks.js';
import { differentiable, fusedKernel, runFused, withoutSecondDerivative } from './kernel.js';
import { gradientOfBias, gradientOfInputs, gradientOfKernel, gradientOfRecurrentKernel } from './products.js';
import { sequenceSizes, type Walk, walk } from './recurrent.js';

export const lstmKernels: tf.KernelConfig[] = [
  fusedKernel<Walk>('HeedLstm', (module, inputs, { backward }) => {
    const [time, batch, features] = inputs.inputs!.shape as [number, number, number];
    const units = inputs.recurrentKernel!.shape[0]!;
    const hidden = module.output([time, batch, units]);
    const cell = module.output([time, batch, units]);
    const gates = module.output([time, batch, 4 * units]);
    const scratch = module.scratch(module.exports.packedSize!(units, 4 * units));
    const at = (name: string) => module.address(inputs[name]);
    module.exports.lstmForward!(
      ...[
        at('inputs'),
        at('kernel'),
        at('recurrentKernel'),
        at('bias'),
        at('hidden'),
        at('cell'),
        at('mask'),
      ],
      ...[module.address(gates), module.address(hidden), module.address(cell)],
      ...[time, batch, features, units, Number(backward), scratch],
    );
    return [hidden, cell, gates];
  }),
  fusedKernel<Walk>('HeedLstmGrad', (module, inputs, { backward }) => {
    const [time, batch, units] = inputs.cells!.shape as [number, number, number];
    const dz = module.output([time, batch, 4 * units]);
    const dHidden0 = module.output([batch, units]);
    const dCell0 = module.output([batch, units]);
    const scratch = module.scratch(module.exports.packedSize!(4 * units, units));
    const at = (name: string) => module.address(inputs[name]);
    module.exports.lstmBackward!(
      ...[
        at('recurrentKernel'),
        at('cell'),
        at('mask'),
        at('gates'),
        at('cells'),
        at('dHidden'),
        at('dCell'),
      ],
      ...[module.address(dz), module.address(dHidden0), module.address(dCell0)],
      ...[time, batch, units, Number(backward), scratch],
    );
    return [dz, dHidden0, dCell0];
  }),
];

export const lstmGradients = [withoutSecondDerivative('HeedLstmGrad')];

/** LSTM over a whole sequence in one kernel, and its gradient in another. */
export const lstm: LstmSequence = (weights, inputs, initial, mask, direction) => {
  const { kernel, recurrentKernel, bias } = weights;
  const { hidden, cell } = initial;
  const { time, batch } = sequenceSizes('lstm', 4, inputs, weights, {
    'initial.hidden': hidden,
    'initial.cell': cell,
  });
  const attributes = walk('lstm', direction);
  const [states, cells] = differentiable(
    { inputs, kernel, recurrentKernel, bias, hidden, cell },
    (save) => {
      const given = floatMask('lstm', mask, { time, batch });
      const [states, cells, gates] = runFused(
        'HeedLstm',
        { inputs, kernel, recurrentKernel, bias, hidden, cell, mask: given },
        attributes,
      ) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const masks = given === undefined ? [] : [given];
      save([inputs, kernel, recurrentKernel, hidden, cell, states, cells, gates, ...masks]);
      return [states, cells];
    },
    ([dHidden, dCell], [x, w, u, hidden0, cell0, states, cells, gates, given]) => {
      const [dz, dHidden0, dCell0] = runFused(
        'HeedLstmGrad',
        { recurrentKernel: u, cell: cell0, mask: given, gates, cells, dHidden, dCell },
        attributes,
      );
      return {
        inputs: () => gradientOfInputs(dz!, w!, x!.shape),
        kernel: () => gradientOfKernel(x!, dz!),
        recurrentKernel: () => gradientOfRecurrentKernel(hidden0!, states!, dz!, direction),
        bias: () => gradientOfBias(dz!),
        hidden: () => dHidden0!,
        cell: () => dCell0!,
      };
    },
  );
  return { hidden: states as tf.Tensor3D, cell: cells as tf.Tensor3D };
};
