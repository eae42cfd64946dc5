import * as tf from '@tensorflow/tfjs';
import { differentiable } from '../fused/kernel.js';
import type { LstmState, LstmWeights } from '../sequences.js';
import { type Operand, runTensorflow } from './binding.js';

/** No clipping of the cell, no weights from the cell to the gates. */
const plain = { use_peephole: false };

/** The weights as TensorFlow's operations take them: gates i, f, g, o, the kernels one below the other. */
function operands(x: tf.Tensor3D, initial: LstmState, stacked: tf.Tensor, bias: tf.Tensor): Operand[] {
  const time = x.shape[0];
  const unused = tf.zeros([initial.hidden.shape[1]]);
  return [{ int64: time }, x, initial.cell, initial.hidden, stacked, unused, unused, unused, bias];
}

/**
 * TensorFlow's `BlockLSTMV2` over a whole sequence without padding, first step first, and `BlockLSTMGradV2` for the way back.
 * First derivatives only.
 *
 * @returns hidden and cell states of every step, each `[time, batch, units]`
 */
export function blockLstm(
  { kernel, recurrentKernel, bias }: LstmWeights,
  inputs: tf.Tensor3D,
  { hidden, cell }: LstmState,
): { hidden: tf.Tensor3D; cell: tf.Tensor3D } {
  const features = inputs.shape[2];
  const [units, width] = recurrentKernel.shape;
  const [states, cells] = differentiable(
    { inputs, kernel, recurrentKernel, bias, hidden, cell },
    (save) => {
      const stacked = tf.concat([kernel, recurrentKernel], 0);
      const given = operands(inputs, { hidden, cell }, stacked, bias);
      // i, cells, f, o, g, tanh of the cells, hidden states
      const kept = runTensorflow('BlockLSTMV2', given, { cell_clip: 0, ...plain }, 7);
      save([inputs, hidden, cell, stacked, bias, ...kept]);
      return [kept[6]!, kept[1]!];
    },
    ([dHidden, dCell], [x, h0, c0, stacked, b, ...kept]) => {
      if (tf.engine().state.gradientDepth > 0) {
        throw new Error(
          'the native LSTM has no second derivative; compute this part with the reference level instead',
        );
      }
      const [dx, dCell0, dHidden0, dStacked, dBias] = tf.tidy(() => {
        const initial = { hidden: h0 as tf.Tensor2D, cell: c0 as tf.Tensor2D };
        const given = [...operands(x as tf.Tensor3D, initial, stacked!, b!), ...kept, dCell!, dHidden!];
        const all = runTensorflow('BlockLSTMGradV2', given, plain, 8);
        return [all[0]!, all[1]!, all[2]!, all[3]!, all[7]!];
      });
      return {
        inputs: () => dx!,
        kernel: () => tf.slice(dStacked!, [0, 0], [features, width]),
        recurrentKernel: () => tf.slice(dStacked!, [features, 0], [units, width]),
        bias: () => dBias!,
        hidden: () => dHidden0!,
        cell: () => dCell0!,
      };
    },
  );
  return { hidden: states as tf.Tensor3D, cell: cells as tf.Tensor3D };
}
