import * as tf from '@tensorflow/tfjs';
import type { ParamTree } from '../core/params.js';
import type { Random } from '../random/random.js';
import type { Cell, CellSizes } from './cell.js';

/** One set of parameters for each direction of reading. */
export type BidirectionalParams<Params extends ParamTree> = {
  readonly forward: Params;
  readonly backward: Params;
};

export interface BidirectionalResult<State> {
  /** Both hidden states side by side, forward first, `[batch, time, 2 units]`. */
  readonly outputs: tf.Tensor3D;
  /** After the last step of each reading. */
  readonly states: { readonly forward: State; readonly backward: State };
}

export function initBidirectional<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
  random: Random,
  sizes: CellSizes,
): BidirectionalParams<Params> {
  return {
    forward: cell.init(random.child('forward'), sizes),
    backward: cell.init(random.child('backward'), sizes),
  };
}

/**
 * Reads the sequence in both directions, so that an output knows what comes before it and after it
 * (Schuster and Paliwal 1997). With a mask, the backward reading starts at the last real step of each row.
 *
 * @param inputs `[batch, time, features]`
 */
export function bidirectional<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
  params: BidirectionalParams<Params>,
  inputs: tf.Tensor3D,
  options: { readonly mask?: tf.Tensor2D | null } = {},
): BidirectionalResult<State> {
  const { mask = null } = options;
  const forward = cell.sequence(params.forward, inputs, { mask, direction: 'forward' });
  const backward = cell.sequence(params.backward, inputs, { mask, direction: 'backward' });
  const outputs = tf.concat([forward.outputs, backward.outputs], 2);
  tf.dispose([forward.outputs, backward.outputs]);
  return { outputs, states: { forward: forward.state, backward: backward.state } };
}
