import * as tf from '@tensorflow/tfjs';
import type { GruWeights } from '../backend/sequences.js';
import { glorotUniform, orthogonal, zeros } from '../core/initializers.js';
import { createParam } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import type { Random } from '../random/random.js';
import type { Cell, CellSizes } from './cell.js';
import { sequenceEngine } from './engine.js';
import { gruCellStep, project } from './reference.js';
import { batchFirst, lastState, type SequenceOptions, type SequenceResult, timeFirst } from './sequence.js';

/** Reset-after GRU, gates in the order z, r, h; shapes as in `GruWeights`. */
export type GruParams = {
  readonly kernel: tf.Variable<tf.Rank.R2>;
  readonly recurrentKernel: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1>;
  readonly recurrentBias: tf.Variable<tf.Rank.R1>;
};

/** Input kernels by Glorot, recurrent ones orthogonal, biases zero. */
export function initGru(random: Random, { input, units }: CellSizes): GruParams {
  return {
    kernel: createParam<tf.Rank.R2>(random.child('kernel'), [input, 3 * units], glorotUniform(3)),
    recurrentKernel: createParam<tf.Rank.R2>(
      random.child('recurrentKernel'),
      [units, 3 * units],
      orthogonal(3),
    ),
    bias: createParam<tf.Rank.R1>(random.child('bias'), [3 * units], zeros),
    recurrentBias: createParam<tf.Rank.R1>(random.child('recurrentBias'), [3 * units], zeros),
  };
}

/**
 * One step: z = sigmoid(x W_z + b_z + h U_z + rb_z), r likewise, h' = z h + (1 - z) tanh(x W_h + b_h + r (h U_h + rb_h))
 * (Cho et al. 2014, the form with the reset after the product).
 *
 * @param input `[batch, features]`
 * @param state `[batch, units]`
 * @returns the new state
 */
export function gruStep(params: GruWeights, input: tf.Tensor2D, state: tf.Tensor2D): tf.Tensor2D {
  const [features, width] = params.kernel.shape;
  const { batch } = checkShape('gruStep input', input, 'batch features', { features });
  checkShape('gruStep state', state, 'batch units', { batch, units: width / 3 });
  return tf.tidy(() => gruCellStep(params, project(params, input), state));
}

/**
 * The cell over a whole sequence.
 *
 * @param inputs `[batch, time, features]`
 * @returns outputs `[batch, time, units]` and the last state `[batch, units]`
 */
export function gru(
  params: GruWeights,
  inputs: tf.Tensor3D,
  options: SequenceOptions<tf.Tensor2D> = {},
): SequenceResult<tf.Tensor2D> {
  const { direction = 'forward' } = options;
  const [features, width] = params.kernel.shape;
  const units = width / 3;
  return tf.tidy(() => {
    const { batch, inputs: steps, mask } = timeFirst('gru', inputs, options.mask, features);
    const initial = options.initialState ?? tf.zeros<tf.Rank.R2>([batch, units]);
    checkShape('gru initial state', initial, 'batch units', { batch, units });
    const states = sequenceEngine().gru(params, steps, initial, mask, direction);
    return { outputs: batchFirst(states), state: lastState(states, direction) };
  });
}

/** The GRU for whatever works with any cell. */
export const gruCell: Cell<GruParams, tf.Tensor2D> = {
  name: 'gru',
  init: initGru,
  step: gruStep,
  sequence: gru,
  hidden: (state) => state,
  parts: (state) => [state],
  fromParts: ([hidden]) => hidden!,
};
