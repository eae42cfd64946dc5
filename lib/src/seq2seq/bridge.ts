import * as tf from '@tensorflow/tfjs';
import { type DenseParams, dense, initDense } from '../layers/dense.js';
import type { Random } from '../random/random.js';
import type { CoderCell } from './encoder.js';

/** The bridge of one layer. */
export type BridgeLayer =
  | { readonly hidden: DenseParams }
  | { readonly hidden: DenseParams; readonly cell: DenseParams };

/** One, or one a layer, the lowest first. */
export type BridgeParams = BridgeLayer | readonly BridgeLayer[];

export interface BridgeSizes {
  /** features of the encoder's last state */
  readonly input: number;
  /** units of the decoder */
  readonly units: number;
  readonly cell: CoderCell;
  /** default 1 */
  readonly layers?: number;
}

export function initBridge(random: Random, sizes: BridgeSizes): BridgeParams {
  const { layers = 1 } = sizes;
  const layer = (stream: Random): BridgeLayer => {
    const hidden = initDense(stream.child('hidden'), sizes);
    return sizes.cell === 'lstm' ? { hidden, cell: initDense(stream.child('cell'), sizes) } : { hidden };
  };
  return layers === 1 ? layer(random) : Array.from({ length: layers }, (_, n) => layer(random.child(n)));
}

/**
 * The decoder's first state from the encoder's last: s<0> = tanh(W last + b) (Bahdanau et al. 2015, A.2.2, there with the
 * backward state alone), layer by layer. An LSTM hands both of its states over: hidden to hidden through tanh, cell to cell
 * without, since a cell state has no bounds.
 *
 * @param last hidden and, for an LSTM, cell state of each layer, the top layer first, each `[batch, input]`
 * @returns the same number of states in the same order, each `[batch, units]`
 */
export function bridgeStates(params: BridgeParams, last: readonly tf.Tensor2D[]): tf.Tensor2D[] {
  const layers = (Array.isArray(params) ? [...params].reverse() : [params]) as BridgeLayer[];
  const each = 'cell' in layers[0]! ? 2 : 1;
  if (last.length !== each * layers.length) {
    throw new Error(
      `bridge: expected ${each * layers.length} state tensor(s), got ${last.length}: encoder and decoder differ in their cell or layers`,
    );
  }
  return tf.tidy(() =>
    layers.flatMap((layer, n) => {
      const [hidden, carried] = last.slice(n * each, (n + 1) * each);
      const first = tf.tanh(dense(layer.hidden, hidden!));
      return 'cell' in layer ? [first, dense(layer.cell, carried!)] : [first];
    }),
  );
}
