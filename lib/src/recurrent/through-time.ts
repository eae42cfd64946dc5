import * as tf from '@tensorflow/tfjs';
import type { ParamTree } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import type { Cell } from './cell.js';

/** What a gradient through time may start from and leave out. */
export interface ThroughTimeOptions<State> {
  /** Before the first step; zeros where it is not given. */
  readonly initialState?: State;
  /** `[batch, time]`, 1 for real and 0 for padding; a masked step carries the state on. */
  readonly mask?: tf.Tensor2D | null;
}

/** How strongly a loss depends on the state at each time. Plain numbers: nothing has to be disposed. */
export interface GradientThroughTime {
  readonly loss: number;
  /**
   * |dL/dh_t| for t = 0 ... time - 1, where h_t is the hidden state after input t: the length of the gradient over the batch
   * and the units.
   */
  readonly norms: Float64Array;
  /** The same for each sequence of the batch. */
  readonly perSequence: readonly Float64Array[];
  /** dL/dh_t itself, one array `[batch, units]` a time. */
  readonly gradients: readonly Float32Array[];
  /** For every part of the state, the hidden one first (an LSTM's cell state is the second): norms as above. */
  readonly parts: readonly Float64Array[];
  /** |dL/dh| of the state before the first step. */
  readonly initial: number;
}

/**
 * The gradient of any loss with respect to every state of a sequence, found by adding a zero to each state and differentiating
 * by it: dL/dh_t counts all ways from h_t to the loss. The cell is run step by step with its own `step`, so this works with any
 * cell and engine, at the speed of the plain operations; in training call it now and then, not at each step.
 *
 * @param inputs `[batch, time, features]`
 * @param loss from the hidden states `[batch, time, units]` and the last state to a scalar
 * @throws where shapes differ or there is no step
 */
export function gradientThroughTime<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
  params: Params,
  inputs: tf.Tensor3D,
  loss: (outputs: tf.Tensor3D, state: State) => tf.Scalar,
  options: ThroughTimeOptions<State> = {},
): GradientThroughTime {
  const { batch, time } = checkShape('gradientThroughTime inputs', inputs, 'batch time features');
  if (time === 0)
    throw new Error('gradientThroughTime: there is no step, the time axis of the inputs is empty');
  const { mask = null } = options;
  if (mask !== null) checkShape('gradientThroughTime mask', mask, 'batch time', { batch, time });

  let value = Number.NaN;
  let count = 0;
  let grads: Float32Array[] = [];
  tf.tidy(() => {
    const start = cell.parts(options.initialState ?? zeroState(cell, params, inputs));
    count = start.length;
    const steps = tf.unstack(inputs, 1) as tf.Tensor2D[];
    const keeps = mask === null ? null : (tf.unstack(mask.expandDims(2), 1) as tf.Tensor2D[]);
    // One zero for each part of each state; those of the initial state stand first.
    const zeros = Array.from({ length: (time + 1) * count }, (_, n) => tf.zerosLike(start[n % count]!));
    const run = (...added: tf.Tensor[]) => {
      const disturb = (parts: readonly tf.Tensor2D[], t: number) =>
        parts.map((part, k) => tf.add(part, added[t * count + k]!) as tf.Tensor2D);
      let parts = disturb(start, 0);
      const outputs = steps.map((input, t) => {
        const next = cell.parts(cell.step(params, input, cell.fromParts(parts)));
        const keep = keeps?.[t];
        const before = parts;
        const carried =
          keep === undefined
            ? next
            : next.map((part, k) => tf.add(tf.mul(keep, part), tf.mul(tf.sub(1, keep), before[k]!)));
        parts = disturb(carried as tf.Tensor2D[], t + 1);
        return cell.hidden(cell.fromParts(parts));
      });
      return loss(tf.stack(outputs, 1) as tf.Tensor3D, cell.fromParts(parts));
    };
    // Unlike tf.grads, the engine's own function lets the loss not depend on some state: the last cell, or all after an early loss.
    const result = tf.engine().gradients(() => run(...zeros), zeros, undefined, true);
    value = result.value.dataSync()[0]!;
    grads = result.grads.map((gradient: tf.Tensor | undefined, n) =>
      gradient === undefined ? new Float32Array(zeros[n]!.size) : Float32Array.from(gradient.dataSync()),
    );
  });

  const series = (part: number) => Array.from({ length: time }, (_, t) => grads[(t + 1) * count + part]!);
  const hidden = series(0);
  const rowOf = (values: Float32Array, row: number) => {
    const width = values.length / batch;
    return values.subarray(row * width, (row + 1) * width);
  };
  return {
    loss: value,
    norms: Float64Array.from(hidden, lengthOf),
    perSequence: Array.from({ length: batch }, (_, row) =>
      Float64Array.from(hidden, (values) => lengthOf(rowOf(values, row))),
    ),
    gradients: hidden,
    parts: Array.from({ length: count }, (_, part) => Float64Array.from(series(part), lengthOf)),
    initial: lengthOf(grads[0]!),
  };
}

/** Zeros as wide as the cell's state; a sequence of one step tells how wide that is. */
function zeroState<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
  params: Params,
  inputs: tf.Tensor3D,
): State {
  const [batch, , features] = inputs.shape;
  const { state } = cell.sequence(params, inputs.slice([0, 0, 0], [batch, 1, features]));
  return cell.fromParts(cell.parts(state).map((part) => tf.zerosLike(part)));
}

/** Euclidean length, in float64 and scaled: squares of gradients below 1e-19 would vanish in float32. */
export function lengthOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (Number.isNaN(size)) return Number.NaN;
    if (size > largest) largest = size;
  }
  if (largest === 0 || largest === Number.POSITIVE_INFINITY) return largest;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! / largest) ** 2;
  return largest * Math.sqrt(sum);
}
