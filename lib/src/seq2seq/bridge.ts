import * as tf from '@tensorflow/tfjs';
import { type DenseParams, dense, initDense } from '../layers/dense.js';
import type { Random } from '../random/random.js';
import type { CoderCell } from './encoder.js';

export type BridgeParams =
  | { readonly hidden: DenseParams }
  | { readonly hidden: DenseParams; readonly cell: DenseParams };

export function initBridge(
  random: Random,
  sizes: { readonly input: number; readonly units: number; readonly cell: CoderCell },
): BridgeParams {
  const hidden = initDense(random.child('hidden'), sizes);
  return sizes.cell === 'lstm' ? { hidden, cell: initDense(random.child('cell'), sizes) } : { hidden };
}

/**
 * The decoder's first state from the encoder's last: s<0> = tanh(W last + b) (Bahdanau et al. 2015, A.2.2, there with the
 * backward state alone). An LSTM hands both of its states over: hidden to hidden through tanh, cell to cell without, since a
 * cell state has no bounds.
 *
 * @param last hidden and, for an LSTM, cell state, each `[batch, input]`
 * @returns the same number of states, each `[batch, units]`
 */
export function bridgeStates(params: BridgeParams, last: readonly tf.Tensor2D[]): tf.Tensor2D[] {
  const expected = 'cell' in params ? 2 : 1;
  if (last.length !== expected) {
    throw new Error(
      `bridge: expected ${expected} state tensor(s), got ${last.length}: encoder and decoder differ in their cell`,
    );
  }
  return tf.tidy(() => {
    const hidden = tf.tanh(dense(params.hidden, last[0]!));
    return 'cell' in params ? [hidden, dense(params.cell, last[1]!)] : [hidden];
  });
}
