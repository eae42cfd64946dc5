import * as tf from '@tensorflow/tfjs';
import type { RnnActivation } from '../../backend/sequences.js';

type Matrix = tf.Tensor2D;

/**
 * One step of a recurrent cell and its derivative by hand. `fromInput` is x W + b and `fromState` h U (+ its bias), both
 * `[batch, gates * units]`; the first part of a state is the hidden one.
 */
export interface CellRule {
  readonly parts: 1 | 2;
  forward(
    fromInput: Matrix,
    fromState: Matrix,
    previous: readonly Matrix[],
  ): { readonly next: readonly Matrix[]; readonly kept: readonly Matrix[] };
  /**
   * @param upstream gradient of each part of the new state
   * @returns gradients of `fromInput`, of `fromState` (the same tensor where the two are only added), and of the previous state as far as
   *     it enters otherwise than through `fromState` (null where it does not)
   */
  backward(
    upstream: readonly Matrix[],
    previous: readonly Matrix[],
    kept: readonly Matrix[],
  ): { readonly dInput: Matrix; readonly dState: Matrix; readonly direct: readonly (Matrix | null)[] };
}

/** s (1 - s): the derivative of the logistic sigmoid from its value. */
function sigmoidSlope(s: Matrix): Matrix {
  return tf.sub(s, tf.square(s));
}

/** 1 - y^2: the derivative of tanh from its value. */
function tanhSlope(y: Matrix): Matrix {
  return tf.sub(1, tf.square(y));
}

const activate: Readonly<Record<RnnActivation, (x: Matrix) => Matrix>> = {
  tanh: (x) => tf.tanh(x),
  relu: (x) => tf.relu(x),
  linear: (x) => x,
};

const slope: Readonly<Record<RnnActivation, (upstream: Matrix, y: Matrix) => Matrix>> = {
  tanh: (upstream, y) => tf.mul(upstream, tanhSlope(y)),
  relu: (upstream, y) => tf.mul(upstream, tf.step(y)),
  linear: (upstream) => upstream,
};

/** h' = activation(x W + b + h U) */
export function rnnRule(activation: RnnActivation): CellRule {
  return {
    parts: 1,
    forward: (fromInput, fromState) => {
      const hidden = activate[activation](tf.add(fromInput, fromState));
      return { next: [hidden], kept: [hidden] };
    },
    backward: ([dHidden], _, [hidden]) => {
      const dSum = slope[activation](dHidden!, hidden!);
      return { dInput: dSum, dState: dSum, direct: [null] };
    },
  };
}

/** c' = f c + i g, h' = o tanh(c') */
export const lstmRule: CellRule = {
  parts: 2,
  forward: (fromInput, fromState, [, cell]) => {
    const [zi, zf, zg, zo] = tf.split(tf.add(fromInput, fromState), 4, 1) as Matrix[];
    const i = tf.sigmoid(zi!);
    const f = tf.sigmoid(zf!);
    const g = tf.tanh(zg!);
    const o = tf.sigmoid(zo!);
    const nextCell = tf.add(tf.mul(f, cell!), tf.mul(i, g)) as Matrix;
    const squashed = tf.tanh(nextCell);
    return { next: [tf.mul(o, squashed), nextCell], kept: [i, f, g, o, squashed] };
  },
  backward: ([dHidden, dCell], [, cell], [i, f, g, o, squashed]) => {
    const dNext = tf.add(dCell!, tf.mul(dHidden!, tf.mul(o!, tanhSlope(squashed!)))) as Matrix;
    const dSum = tf.concat(
      [
        tf.mul(tf.mul(dNext, g!), sigmoidSlope(i!)),
        tf.mul(tf.mul(dNext, cell!), sigmoidSlope(f!)),
        tf.mul(tf.mul(dNext, i!), tanhSlope(g!)),
        tf.mul(tf.mul(dHidden!, squashed!), sigmoidSlope(o!)),
      ],
      1,
    ) as Matrix;
    return { dInput: dSum, dState: dSum, direct: [null, tf.mul(dNext, f!)] };
  },
};

/** h' = z h + (1 - z) tanh(x_h + r h_h) */
export const gruRule: CellRule = {
  parts: 1,
  forward: (fromInput, fromState, [hidden]) => {
    const [xz, xr, xh] = tf.split(fromInput, 3, 1) as Matrix[];
    const [hz, hr, hh] = tf.split(fromState, 3, 1) as Matrix[];
    const z = tf.sigmoid(tf.add(xz!, hz!)) as Matrix;
    const r = tf.sigmoid(tf.add(xr!, hr!)) as Matrix;
    const candidate = tf.tanh(tf.add(xh!, tf.mul(r, hh!))) as Matrix;
    // candidate + z (h - candidate), which is the equation with one product fewer.
    const next = tf.add(candidate, tf.mul(z, tf.sub(hidden!, candidate))) as Matrix;
    return { next: [next], kept: [z, r, hh!, candidate] };
  },
  backward: ([dHidden], [hidden], [z, r, hh, candidate]) => {
    const direct = tf.mul(dHidden!, z!) as Matrix;
    const dz = tf.mul(tf.mul(dHidden!, tf.sub(hidden!, candidate!)), sigmoidSlope(z!)) as Matrix;
    const dCandidate = tf.mul(tf.sub(dHidden!, direct), tanhSlope(candidate!)) as Matrix;
    const dr = tf.mul(tf.mul(dCandidate, hh!), sigmoidSlope(r!)) as Matrix;
    return {
      dInput: tf.concat([dz, dr, dCandidate], 1),
      dState: tf.concat([dz, dr, tf.mul(dCandidate, r!) as Matrix], 1),
      direct: [direct],
    };
  },
};
