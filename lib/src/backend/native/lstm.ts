import * as tf from '@tensorflow/tfjs';
import { floatMask } from '../fused/checks.js';
import { sequenceSizes, walk } from '../fused/recurrent.js';
import type { LstmSequence } from '../sequences.js';
import { blockLstm } from './block-lstm.js';
import { pack, packing, unpack } from './padding.js';

/**
 * LSTM over a whole sequence by TensorFlow's own operation, which knows neither padding nor a direction: padded batches are
 * packed for it, and a sequence that is read from its end is turned round.
 */
export const lstm: LstmSequence = (weights, inputs, initial, mask, direction) => {
  const { hidden: hidden0, cell: cell0 } = initial;
  const states = { 'initial.hidden': hidden0, 'initial.cell': cell0 };
  const { time, batch } = sequenceSizes('lstm', 4, inputs, weights, states);
  const { backward } = walk('lstm', direction);
  const marks = floatMask('lstm', mask, { time, batch });
  if (marks === undefined) {
    if (!backward) return blockLstm(weights, inputs, initial);
    const { hidden, cell } = blockLstm(weights, tf.reverse(inputs, 0), initial);
    return { hidden: tf.reverse(hidden, 0), cell: tf.reverse(cell, 0) };
  }
  const plan = packing(marks.dataSync(), { time, batch }, direction);
  const { hidden, cell } = blockLstm(weights, pack(plan, inputs), initial);
  return { hidden: unpack(plan, hidden, hidden0), cell: unpack(plan, cell, cell0) };
};
