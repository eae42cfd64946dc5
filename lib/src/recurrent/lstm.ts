import * as tf from '@tensorflow/tfjs';
import type { LstmState, LstmWeights } from '../backend/sequences.js';
import { glorotUniform, orthogonal } from '../core/initializers.js';
import { createParam } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import type { Random } from '../random/random.js';
import type { Cell, CellSizes } from './cell.js';
import { sequenceEngine } from './engine.js';
import { lstmCellStep, project } from './reference.js';
import { batchFirst, lastState, type SequenceOptions, type SequenceResult, timeFirst } from './sequence.js';

/** LSTM, gates in the order i, f, g, o; shapes as in `LstmWeights`. */
export type LstmParams = {
  readonly kernel: tf.Variable<tf.Rank.R2>;
  readonly recurrentKernel: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1>;
};

export interface LstmSizes extends CellSizes {
  /** First bias of the forget gate; 1 by default: a gate that starts open remembers (Jozefowicz et al. 2015, section 2.2). */
  readonly forgetBias?: number;
}

/** Input kernels by Glorot, recurrent ones orthogonal, biases zero but for the forget gate's. */
export function initLstm(random: Random, { input, units, forgetBias = 1 }: LstmSizes): LstmParams {
  return {
    kernel: createParam<tf.Rank.R2>(random.child('kernel'), [input, 4 * units], glorotUniform(4)),
    recurrentKernel: createParam<tf.Rank.R2>(
      random.child('recurrentKernel'),
      [units, 4 * units],
      orthogonal(4),
    ),
    bias: createParam<tf.Rank.R1>(random.child('bias'), [4 * units], () =>
      new Float32Array(4 * units).fill(forgetBias, units, 2 * units),
    ),
  };
}

/**
 * One step: (i, f, g, o) = x W + h U + b, c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c')
 * (Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000).
 *
 * @param input `[batch, features]`
 * @param state hidden and cell, each `[batch, units]`
 * @returns the new state
 */
export function lstmStep(params: LstmWeights, input: tf.Tensor2D, state: LstmState): LstmState {
  const [features, width] = params.kernel.shape;
  const units = width / 4;
  const { batch } = checkShape('lstmStep input', input, 'batch features', { features });
  checkState('lstmStep', state, batch, units);
  return tidyState(() => lstmCellStep(params, project(params, input), state));
}

/**
 * The cell over a whole sequence.
 *
 * @param inputs `[batch, time, features]`
 * @returns outputs (the hidden states) `[batch, time, units]` and the last state `{ hidden, cell }`
 */
export function lstm(
  params: LstmWeights,
  inputs: tf.Tensor3D,
  options: SequenceOptions<LstmState> = {},
): SequenceResult<LstmState> {
  const { direction = 'forward' } = options;
  const [features, width] = params.kernel.shape;
  const units = width / 4;
  const [outputs, hidden, cell] = tf.tidy(() => {
    const { batch, inputs: steps, mask } = timeFirst('lstm', inputs, options.mask, features);
    const initial = options.initialState ?? {
      hidden: tf.zeros<tf.Rank.R2>([batch, units]),
      cell: tf.zeros<tf.Rank.R2>([batch, units]),
    };
    checkState('lstm initial', initial, batch, units);
    const states = sequenceEngine().lstm(params, steps, initial, mask, direction);
    return [
      batchFirst(states.hidden),
      lastState(states.hidden, direction),
      lastState(states.cell, direction),
    ];
  }) as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D];
  return { outputs, state: { hidden, cell } };
}

function checkState(label: string, state: LstmState, batch: number, units: number): void {
  checkShape(`${label} hidden state`, state.hidden, 'batch units', { batch, units });
  checkShape(`${label} cell state`, state.cell, 'batch units', { batch, units });
}

/** `tf.tidy` for a state. */
function tidyState(compute: () => LstmState): LstmState {
  const [hidden, cell] = tf.tidy(() => {
    const state = compute();
    return [state.hidden, state.cell];
  }) as [tf.Tensor2D, tf.Tensor2D];
  return { hidden, cell };
}

/** The LSTM for whatever works with any cell. */
export const lstmCell: Cell<LstmParams, LstmState> = {
  name: 'lstm',
  init: initLstm,
  step: lstmStep,
  sequence: lstm,
  hidden: (state) => state.hidden,
  parts: (state) => [state.hidden, state.cell],
  fromParts: ([hidden, cell]) => ({ hidden: hidden!, cell: cell! }),
};
