import * as tf from '@tensorflow/tfjs';
import type { LstmState, LstmWeights } from '../backend/sequences.js';
import { lstm, lstmStep } from './lstm.js';
import { project } from './reference.js';
import { timeFirst } from './sequence.js';

/** What every gate of an LSTM did at every step, each `[batch, time, units]`. */
export interface LstmGates {
  readonly input: tf.Tensor3D;
  readonly forget: tf.Tensor3D;
  readonly candidate: tf.Tensor3D;
  readonly output: tf.Tensor3D;
  readonly cell: tf.Tensor3D;
  readonly hidden: tf.Tensor3D;
}

/**
 * The gates of an LSTM over a sequence: i = sigmoid(x W_i + h U_i + b_i), f and o alike, g = tanh(...); and its states.
 *
 * @param inputs `[batch, time, features]`
 */
export function lstmGates(
  params: LstmWeights,
  inputs: tf.Tensor3D,
  options: { readonly initialState?: LstmState } = {},
): LstmGates {
  const [features, width] = params.kernel.shape;
  const units = width / 4;
  const [input, forget, candidate, output, cell, hidden] = tf.tidy(() => {
    const { batch } = timeFirst('lstmGates', inputs, null, features);
    const time = inputs.shape[1];
    const zeros = () => tf.zeros<tf.Rank.R2>([batch, units]);
    const initial = options.initialState ?? { hidden: zeros(), cell: zeros() };
    const { outputs } = lstm(params, inputs, { initialState: initial });
    const before = tf.concat(
      [initial.hidden.expandDims(1), outputs.slice([0, 0, 0], [batch, time - 1, units])],
      1,
    );
    const rows = project(params, inputs.reshape([batch * time, features]));
    const sums = tf.add(rows, tf.matMul(before.reshape([batch * time, units]), params.recurrentKernel));
    const [i, f, g, o] = tf.split(sums.reshape([batch, time, width]), 4, 2) as tf.Tensor3D[];
    const gates = [tf.sigmoid(i!), tf.sigmoid(f!), tf.tanh(g!), tf.sigmoid(o!)] as tf.Tensor3D[];
    const written = tf.unstack(tf.mul(gates[0]!, gates[2]!), 1);
    let carried: tf.Tensor = initial.cell;
    const cells = tf.unstack(gates[1]!, 1).map((kept, t) => {
      carried = tf.add(tf.mul(kept, carried), written[t]!);
      return carried;
    });
    return [...gates, tf.stack(cells, 1), outputs];
  }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  return { input, forget, candidate, output, cell, hidden };
}

/** The way of the cell state alone: how much of c_t is left in c_T, T the last time. Plain numbers. */
export interface Carousel {
  /** dc_T/dc_t by differentiating the cell's own step, hidden states held fixed; `[batch, units]` for each t. */
  readonly measured: readonly Float32Array[];
  /** The product of the forget gates at t + 1 ... T, which it should be; likewise. */
  readonly product: readonly Float64Array[];
  /** Mean of `measured` over batch and units, for t = 0 ... T. */
  readonly mean: Float64Array;
}

/**
 * The constant error carousel: dc_T/dc_t along the cell state, the ways through the gates cut, is the product of the forget
 * gates in between, unit by unit.
 *
 * Source: Hochreiter and Schmidhuber 1997, section 3.2, with the forget gate of Gers et al. 2000.
 *
 * @param inputs `[batch, time, features]`
 */
export function carousel(
  params: LstmWeights,
  inputs: tf.Tensor3D,
  options: { readonly initialState?: LstmState } = {},
): Carousel {
  const time = inputs.shape[1];
  let measured: Float32Array[] = [];
  let forget: Float32Array[] = [];
  tf.tidy(() => {
    const gates = lstmGates(params, inputs, options);
    const hidden = tf.unstack(gates.hidden, 1) as tf.Tensor2D[];
    const steps = tf.unstack(inputs, 1) as tf.Tensor2D[];
    const first = gates.cell.slice([0, 0, 0], [-1, 1, -1]).squeeze([1]) as tf.Tensor2D;
    const zeros = Array.from({ length: time }, () => tf.zerosLike(first));
    const run = (...added: tf.Tensor[]) => {
      let cell = tf.add(first, added[0]!) as tf.Tensor2D;
      for (let t = 1; t < time; t++) {
        // The hidden state of the step before is a number here, not a function of the cell: its way is cut.
        const next = lstmStep(params, steps[t]!, { hidden: hidden[t - 1]!, cell });
        cell = tf.add(next.cell, added[t]!);
      }
      return tf.sum(cell) as tf.Scalar;
    };
    // Unit by unit there is only one way, so the derivative of the sum holds each unit's own.
    measured = tf
      .grads(run)(zeros)
      .map((gradient) => Float32Array.from(gradient.dataSync()));
    forget = tf.unstack(gates.forget, 1).map((gate) => Float32Array.from(gate.dataSync()));
  });
  const product: Float64Array[] = new Array(time);
  let rest = new Float64Array(forget[0]!.length).fill(1);
  for (let t = time - 1; t >= 0; t--) {
    product[t] = rest;
    rest = rest.map((value, i) => value * forget[t]![i]!);
  }
  const mean = Float64Array.from(
    measured,
    (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  );
  return { measured, product, mean };
}

/**
 * Steps after which a forget gate held at sigmoid(bias) has let half of the cell go: ln 0.5 / ln sigmoid(bias). 1 at bias 0, 2.2
 * at 1, 5.5 at 2, 103 at 5.
 */
export function halfLife(bias: number): number {
  // -ln sigmoid(b) = ln(1 + e^-b), which stays exact where sigmoid rounds to 1.
  return Math.LN2 / Math.log1p(Math.exp(-bias));
}

/**
 * Steps after which a decay falls to half, read off between two steps on a logarithmic scale.
 *
 * @param decay what is left after 0, 1, 2 ... steps; the mean of a carousel, last time first
 * @throws where it does not fall so far: the sequence was too short
 */
export function measuredHalfLife(decay: ArrayLike<number>): number {
  const half = decay[0]! / 2;
  for (let n = 1; n < decay.length; n++) {
    if (decay[n]! <= half) {
      const [above, below] = [Math.log(decay[n - 1]! / half), Math.log(half / decay[n]!)];
      return decay[n]! > 0 ? n - 1 + above / (above + below) : n;
    }
  }
  throw new Error(
    `measuredHalfLife: after ${decay.length - 1} steps ${decay[decay.length - 1]} of ${decay[0]} is left, more than half; measure over a longer sequence`,
  );
}
