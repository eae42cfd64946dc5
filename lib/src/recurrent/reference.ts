import * as tf from '@tensorflow/tfjs';
import type {
  Direction,
  GruSequence,
  GruWeights,
  LstmSequence,
  LstmState,
  LstmWeights,
  RnnActivation,
  RnnSequence,
  RnnWeights,
} from '../backend/sequences.js';

/*
 * The cells as their equations, one operation of TensorFlow.js after the other. `projected` is the input's part of a step,
 * x W + b, which a sequence computes for all its steps at once.
 */

/** x W + b for `[rows, features]`. */
export function project(
  weights: { readonly kernel: tf.Tensor2D; readonly bias: tf.Tensor1D },
  input: tf.Tensor2D,
): tf.Tensor2D {
  return tf.add(tf.matMul(input, weights.kernel), weights.bias);
}

const activations: Record<RnnActivation, (x: tf.Tensor2D) => tf.Tensor2D> = {
  tanh: (x) => tf.tanh(x),
  relu: (x) => tf.relu(x),
  linear: (x) => x,
};

/** h' = activation(x W + b + h U) */
export function rnnCellStep(
  weights: RnnWeights,
  projected: tf.Tensor2D,
  hidden: tf.Tensor2D,
  activation: RnnActivation,
): tf.Tensor2D {
  return activations[activation](tf.add(projected, tf.matMul(hidden, weights.recurrentKernel)));
}

/**
 * z = sigmoid(x_z + h_z), r = sigmoid(x_r + h_r), candidate = tanh(x_h + r h_h), h' = z h + (1 - z) candidate: the update gate
 * keeps (Cho et al. 2014, with the reset after the product).
 */
export function gruCellStep(weights: GruWeights, projected: tf.Tensor2D, hidden: tf.Tensor2D): tf.Tensor2D {
  const recurrent = tf.add(tf.matMul(hidden, weights.recurrentKernel), weights.recurrentBias);
  const [xz, xr, xh] = tf.split(projected, 3, 1) as tf.Tensor2D[];
  const [hz, hr, hh] = tf.split(recurrent, 3, 1) as tf.Tensor2D[];
  const update = tf.sigmoid(tf.add(xz!, hz!));
  const reset = tf.sigmoid(tf.add(xr!, hr!));
  const candidate = tf.tanh(tf.add(xh!, tf.mul(reset, hh!)));
  return tf.add(tf.mul(update, hidden), tf.mul(tf.sub(1, update), candidate));
}

/** c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c') (Hochreiter and Schmidhuber 1997, Gers et al. 2000). */
export function lstmCellStep(
  weights: LstmWeights,
  projected: tf.Tensor2D,
  { hidden, cell }: LstmState,
): LstmState {
  const gates = tf.add(projected, tf.matMul(hidden, weights.recurrentKernel));
  const [i, f, g, o] = tf.split(gates, 4, 1) as tf.Tensor2D[];
  const next = tf.add(tf.mul(tf.sigmoid(f!), cell), tf.mul(tf.sigmoid(i!), tf.tanh(g!))) as tf.Tensor2D;
  return { hidden: tf.mul(tf.sigmoid(o!), tf.tanh(next)), cell: next };
}

/** The new state where the step is real, the old one where it is padding. `keep` is `[batch, 1]` or null. */
function carry(keep: tf.Tensor2D | null, next: tf.Tensor2D, previous: tf.Tensor2D): tf.Tensor2D {
  return keep === null ? next : tf.add(tf.mul(keep, next), tf.mul(tf.sub(1, keep), previous));
}

/** Walks over the steps in the given direction; what `step` returns stays at the place of its input. */
function walk<S>(
  weights: { readonly kernel: tf.Tensor2D; readonly bias: tf.Tensor1D },
  inputs: tf.Tensor3D,
  mask: tf.Tensor2D | null,
  direction: Direction,
  initial: S,
  step: (projected: tf.Tensor2D, keep: tf.Tensor2D | null, state: S) => S,
): S[] {
  const [time, batch, features] = inputs.shape;
  const width = weights.kernel.shape[1];
  const rows = project(weights, inputs.reshape([time * batch, features]));
  const projected = tf.unstack(rows.reshape([time, batch, width])) as tf.Tensor2D[];
  const keeps = mask === null ? null : (tf.unstack(mask.reshape([time, batch, 1])) as tf.Tensor2D[]);
  const states: S[] = new Array(time);
  let state = initial;
  for (let n = 0; n < time; n++) {
    const t = direction === 'forward' ? n : time - 1 - n;
    state = step(projected[t]!, keeps?.[t] ?? null, state);
    states[t] = state;
  }
  return states;
}

/** `RnnSequence` of plain operations. */
export const referenceRnn: RnnSequence = (weights, inputs, initial, mask, direction, activation) =>
  tf.tidy(
    () =>
      tf.stack(
        walk(weights, inputs, mask, direction, initial, (projected, keep, hidden) =>
          carry(keep, rnnCellStep(weights, projected, hidden, activation), hidden),
        ),
      ) as tf.Tensor3D,
  );

/** `GruSequence` of plain operations. */
export const referenceGru: GruSequence = (weights, inputs, initial, mask, direction) =>
  tf.tidy(
    () =>
      tf.stack(
        walk(weights, inputs, mask, direction, initial, (projected, keep, hidden) =>
          carry(keep, gruCellStep(weights, projected, hidden), hidden),
        ),
      ) as tf.Tensor3D,
  );

/** `LstmSequence` of plain operations. */
export const referenceLstm: LstmSequence = (weights, inputs, initial, mask, direction) =>
  tf.tidy(() => {
    const states = walk(weights, inputs, mask, direction, initial, (projected, keep, state) => {
      const next = lstmCellStep(weights, projected, state);
      return { hidden: carry(keep, next.hidden, state.hidden), cell: carry(keep, next.cell, state.cell) };
    });
    return {
      hidden: tf.stack(states.map((state) => state.hidden)) as tf.Tensor3D,
      cell: tf.stack(states.map((state) => state.cell)) as tf.Tensor3D,
    };
  });
