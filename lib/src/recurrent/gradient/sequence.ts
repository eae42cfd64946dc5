import * as tf from '@tensorflow/tfjs';
import type { Direction, GruSequence, LstmSequence, RnnSequence } from '../../backend/sequences.js';
import { type CellRule, gruRule, lstmRule, rnnRule } from './cells.js';
import { runOperation } from './operation.js';

type Matrix = tf.Tensor2D;

interface Weights {
  readonly kernel: tf.Tensor2D;
  readonly recurrentKernel: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
  readonly recurrentBias?: tf.Tensor1D;
}

/** Positions in the order in which they are read. */
function order(time: number, direction: Direction): number[] {
  const forward = Array.from({ length: time }, (_, t) => t);
  return direction === 'forward' ? forward : forward.reverse();
}

/** `[time, batch, n]` as its steps. */
export function steps(x: tf.Tensor): Matrix[] {
  return tf.unstack(x) as Matrix[];
}

/** The parts side by side, with a column of ones: the bias is one more row of the kernel. */
export function withOnes(...parts: Matrix[]): Matrix {
  return tf.concat([...parts, tf.ones<tf.Rank.R2>([parts[0]!.shape[0], 1])], 1);
}

/** The mask of each step and its complement, `[batch, 1]` each. */
function masks(mask: tf.Tensor2D | null): { real: Matrix[]; padding: Matrix[] } | null {
  if (mask === null) return null;
  const column = tf.expandDims(mask, 2);
  return { real: steps(column), padding: steps(tf.sub(1, column)) };
}

export const add = (a: Matrix, b: Matrix | null): Matrix => (b === null ? a : tf.add(a, b));

/**
 * A cell over a whole sequence, with the derivative of the whole written by hand: the input's part is one product for all
 * steps, the recurrent kernel is transposed once, and each weight's gradient is a single product at the end.
 */
function sequence(
  rule: CellRule,
  weights: Weights,
  inputs: tf.Tensor3D,
  initial: readonly Matrix[],
  mask: tf.Tensor2D | null,
  direction: Direction,
): tf.Tensor3D[] {
  const [time, batch, features] = inputs.shape;
  const [units, width] = weights.recurrentKernel.shape;
  const walk = order(time, direction);
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  let keptPerStep = 0;

  const forward = () => {
    const rows: Matrix = inputs.reshape([time * batch, features]);
    const projected = tf.add(tf.matMul(rows, kernel), bias);
    const fromInput = steps(projected.reshape([time, batch, width]));
    const marks = masks(mask);
    const states: (readonly Matrix[])[] = new Array(time);
    const kept: (readonly Matrix[])[] = new Array(time);
    let state = initial;
    for (const t of walk) {
      const product: Matrix = tf.matMul(state[0]!, recurrentKernel);
      const fromState = recurrentBias ? (tf.add(product, recurrentBias) as Matrix) : product;
      const step = rule.forward(fromInput[t]!, fromState, state);
      const previous = state;
      state = marks
        ? step.next.map((next, k) =>
            tf.add(tf.mul(marks.real[t]!, next), tf.mul(marks.padding[t]!, previous[k]!)),
          )
        : step.next;
      states[t] = state;
      kept[t] = step.kept;
    }
    keptPerStep = kept[0]!.length;
    const outputs = initial.map((_, k) => tf.stack(states.map((parts) => parts[k]!)));
    return {
      outputs,
      saved: [
        inputs,
        kernel,
        recurrentKernel,
        ...initial,
        ...(mask ? [mask] : []),
        ...states.flat(),
        ...kept.flat(),
      ],
    };
  };

  const backward = (upstream: readonly tf.Tensor[], saved: readonly tf.Tensor[]) => {
    let at = 0;
    const take = (count: number) => {
      at += count;
      return saved.slice(at - count, at) as Matrix[];
    };
    const [x, w, u] = take(3) as [Matrix, Matrix, Matrix];
    const start = take(rule.parts);
    const marks = masks(mask ? take(1)[0]! : null);
    const perStep = (count: number) => Array.from({ length: time }, () => take(count));
    const states = perStep(rule.parts);
    const kept = perStep(keptPerStep);
    const uTransposed = tf.transpose(u);
    const arriving = upstream.map(steps);
    const before = (n: number) => (n === 0 ? start : states[walk[n - 1]!]!);
    const dInput: Matrix[] = new Array(time);
    const dState: Matrix[] = new Array(time);
    let flowing: readonly (Matrix | null)[] = start.map(() => null);
    for (let n = time - 1; n >= 0; n--) {
      const t = walk[n]!;
      const total = flowing.map((d, k) => add(arriving[k]![t]!, d));
      const fresh = marks ? total.map((d) => tf.mul(d, marks.real[t]!) as Matrix) : total;
      const step = rule.backward(fresh, before(n), kept[t]!);
      dInput[t] = step.dInput;
      dState[t] = step.dState;
      flowing = step.direct.map((direct, k) => {
        const through = k === 0 ? add(tf.matMul(step.dState, uTransposed), direct) : direct!;
        return marks ? (tf.add(through, tf.mul(total[k]!, marks.padding[t]!)) as Matrix) : through;
      });
    }
    const rows = x.reshape([time * batch, features]) as Matrix;
    const inputRows = tf.concat(dInput, 0);
    const hiddenBefore = new Array<Matrix>(time);
    walk.forEach((t, n) => {
      hiddenBefore[t] = before(n)[0]!;
    });
    const hiddenRows = tf.concat(hiddenBefore, 0);
    const same = dInput[0] === dState[0];
    const gradients: Matrix[] = [];
    if (same) {
      const both = tf.matMul(withOnes(rows, hiddenRows), inputRows, true);
      gradients.push(...(tf.split(both, [features, units, 1], 0) as Matrix[]));
    } else {
      const ofInput = tf.matMul(withOnes(rows), inputRows, true);
      const ofState = tf.matMul(withOnes(hiddenRows), tf.concat(dState, 0), true);
      const [dKernel, dBias] = tf.split(ofInput, [features, 1], 0) as Matrix[];
      const [dRecurrent, dRecurrentBias] = tf.split(ofState, [units, 1], 0) as Matrix[];
      gradients.push(dKernel!, dRecurrent!, dBias!, dRecurrentBias!);
    }
    return { inputRows, w, flowing: flowing as Matrix[], gradients };
  };

  const outputs = runOperation({
    inputs: {
      inputs,
      kernel,
      recurrentKernel,
      bias,
      ...(recurrentBias && { recurrentBias }),
      ...Object.fromEntries(initial.map((part, k) => [`initial${k}`, part])),
    } as Record<string, tf.Tensor>,
    forward,
    backward: (upstream, saved) => {
      // Everything in between is freed here, and not at the end of the whole gradient: the heap stays small.
      const [inputRows, w, ...rest] = tf.tidy(() => {
        const result = backward(upstream, saved);
        return [result.inputRows, result.w, ...result.flowing, ...result.gradients];
      });
      const flowing = rest.slice(0, rule.parts);
      const [dKernel, dRecurrent, dBias, dRecurrentBias] = rest.slice(rule.parts);
      return {
        inputs: () => tf.matMul(inputRows!, w!, false, true).reshape([time, batch, features]),
        kernel: () => dKernel!,
        recurrentKernel: () => dRecurrent!,
        bias: () => dBias!.reshape([width]),
        recurrentBias: () => dRecurrentBias!.reshape([width]),
        ...Object.fromEntries(flowing.map((d, k) => [`initial${k}`, () => d])),
      };
    },
  });
  return outputs as tf.Tensor3D[];
}

/** `RnnSequence` with the gradient of the whole sequence by hand. First derivatives only. */
export const rnnGradient: RnnSequence = (weights, inputs, initial, mask, direction, activation) =>
  sequence(rnnRule(activation), weights, inputs, [initial], mask, direction)[0]!;

/** `GruSequence` with the gradient of the whole sequence by hand. First derivatives only. */
export const gruGradient: GruSequence = (weights, inputs, initial, mask, direction) =>
  sequence(gruRule, weights, inputs, [initial], mask, direction)[0]!;

/** `LstmSequence` with the gradient of the whole sequence by hand. First derivatives only. */
export const lstmGradient: LstmSequence = (weights, inputs, initial, mask, direction) => {
  const [hidden, cell] = sequence(lstmRule, weights, inputs, [initial.hidden, initial.cell], mask, direction);
  return { hidden: hidden!, cell: cell! };
};
