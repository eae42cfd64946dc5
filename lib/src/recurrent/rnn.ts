import * as tf from '@tensorflow/tfjs';
import type { RnnActivation, RnnWeights } from '../backend/sequences.js';
import { glorotUniform, orthogonal, zeros } from '../core/initializers.js';
import { createParam } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import type { Random } from '../random/random.js';
import type { Cell, CellSizes } from './cell.js';
import { sequenceEngine } from './engine.js';
import { project, rnnCellStep } from './reference.js';
import { batchFirst, lastState, type SequenceOptions, type SequenceResult, timeFirst } from './sequence.js';

/** Elman cell; shapes as in `RnnWeights`. */
export type RnnParams = {
  readonly kernel: tf.Variable<tf.Rank.R2>;
  readonly recurrentKernel: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1>;
};

/** Input kernel by Glorot, recurrent one orthogonal, bias zero. */
export function initRnn(random: Random, { input, units }: CellSizes): RnnParams {
  return {
    kernel: createParam<tf.Rank.R2>(random.child('kernel'), [input, units], glorotUniform()),
    recurrentKernel: createParam<tf.Rank.R2>(random.child('recurrentKernel'), [units, units], orthogonal()),
    bias: createParam<tf.Rank.R1>(random.child('bias'), [units], zeros),
  };
}

/**
 * One step: h' = activation(x W + h U + b) (Elman 1990).
 *
 * @param input `[batch, features]`
 * @param state `[batch, units]`
 */
export function rnnStep(
  params: RnnWeights,
  input: tf.Tensor2D,
  state: tf.Tensor2D,
  activation: RnnActivation = 'tanh',
): tf.Tensor2D {
  const [features, units] = params.kernel.shape;
  const { batch } = checkShape('rnnStep input', input, 'batch features', { features });
  checkShape('rnnStep state', state, 'batch units', { batch, units });
  return tf.tidy(() => rnnCellStep(params, project(params, input), state, activation));
}

/**
 * The cell over a whole sequence.
 *
 * @param inputs `[batch, time, features]`
 * @returns outputs `[batch, time, units]` and the last state `[batch, units]`
 */
export function rnn(
  params: RnnWeights,
  inputs: tf.Tensor3D,
  options: SequenceOptions<tf.Tensor2D> & { readonly activation?: RnnActivation } = {},
): SequenceResult<tf.Tensor2D> {
  const { direction = 'forward', activation = 'tanh' } = options;
  const [features, units] = params.kernel.shape;
  return tf.tidy(() => {
    const { batch, inputs: steps, mask } = timeFirst('rnn', inputs, options.mask, features);
    const initial = options.initialState ?? tf.zeros<tf.Rank.R2>([batch, units]);
    checkShape('rnn initial state', initial, 'batch units', { batch, units });
    const states = sequenceEngine().rnn(params, steps, initial, mask, direction, activation);
    return { outputs: batchFirst(states), state: lastState(states, direction) };
  });
}

/** The simple cell with tanh, for whatever works with any cell. */
export const rnnCell: Cell<RnnParams, tf.Tensor2D> = {
  name: 'rnn',
  init: initRnn,
  step: (params, input, state) => rnnStep(params, input, state),
  sequence: (params, inputs, options) => rnn(params, inputs, options),
  hidden: (state) => state,
  parts: (state) => [state],
  fromParts: ([hidden]) => hidden!,
};
