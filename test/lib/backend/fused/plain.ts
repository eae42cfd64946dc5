import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import assert from 'node:assert/strict';
import { loadFused } from '../../../../lib/src/backend/fused/index.js';
import type {
  AdditiveWeights,
  AttentionMemory,
  Direction,
  GruWeights,
  LstmState,
  LstmWeights,
  RnnActivation,
  RnnWeights,
} from '../../../../lib/src/backend/sequences.js';

/** The operations step by step in plain TensorFlow.js, and the comparisons that the tests share. */

export async function useFused(): Promise<void> {
  await tf.setBackend('wasm');
  assert.deepEqual(loadFused(), { available: true });
}

/** A small generator of its own (xorshift32), so that every test names its numbers by a seed. */
export function numbers(seed: number): (shape: number[], scale?: number) => tf.Tensor {
  let state = seed * 2654435761 + 1;
  return (shape, scale = 1) => {
    const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return scale * ((state >>> 0) / 2 ** 31 - 1);
    });
    return tf.tensor(values, shape);
  };
}

/** A mask `[time, batch]` whose sequences have lengths from 1 to time. */
export function lengthsMask(time: number, batch: number): tf.Tensor2D {
  const rows = Array.from({ length: time }, (_, t) =>
    Array.from({ length: batch }, (_, b) => (t < 1 + ((b * 5 + time - 1) % time) ? 1 : 0)),
  );
  return tf.tensor2d(rows, [time, batch]);
}

/** The entries along the first axis (unstack's gradient fails where there is only one). */
function rowsOf(tensor: tf.Tensor): tf.Tensor[] {
  return Array.from({ length: tensor.shape[0]! }, (_, i) => tensor.slice([i], [1]).squeeze([0]));
}

/** Walks the steps, carrying what a padded row had before. */
function walk<State extends tf.Tensor[]>(
  inputs: tf.Tensor3D,
  initial: State,
  mask: tf.Tensor2D | null,
  direction: Direction,
  step: (x: tf.Tensor, state: State) => State,
): tf.Tensor3D[] {
  const time = inputs.shape[0];
  const xs = rowsOf(inputs);
  const ms = mask === null ? null : rowsOf(mask);
  const outputs: State[] = new Array(time);
  let state = initial;
  for (let i = 0; i < time; i++) {
    const t = direction === 'backward' ? time - 1 - i : i;
    let next = step(xs[t]!, state);
    if (ms !== null) {
      const m = ms[t]!.reshape([-1, 1]);
      next = next.map((value, k) => value.mul(m).add(state[k]!.mul(tf.sub(1, m)))) as State;
    }
    state = next;
    outputs[t] = state;
  }
  return initial.map((_, k) => tf.stack(outputs.map((output) => output[k]!)) as tf.Tensor3D);
}

export function plainRnn(
  { kernel, recurrentKernel, bias }: RnnWeights,
  inputs: tf.Tensor3D,
  initial: tf.Tensor2D,
  mask: tf.Tensor2D | null,
  direction: Direction,
  activation: RnnActivation,
): tf.Tensor3D {
  const activate = { tanh: tf.tanh, relu: tf.relu, linear: (x: tf.Tensor) => x }[activation] as (
    x: tf.Tensor,
  ) => tf.Tensor;
  const step = (x: tf.Tensor, [h]: [tf.Tensor]): [tf.Tensor] => [
    activate(x.matMul(kernel).add(h.matMul(recurrentKernel)).add(bias)),
  ];
  return walk(inputs, [initial] as [tf.Tensor], mask, direction, step)[0]!;
}

export function gruStep(weights: GruWeights, x: tf.Tensor, h: tf.Tensor): tf.Tensor {
  const [xz, xr, xh] = tf.split(x.matMul(weights.kernel).add(weights.bias), 3, 1) as tf.Tensor[];
  const [hz, hr, hh] = tf.split(
    h.matMul(weights.recurrentKernel).add(weights.recurrentBias),
    3,
    1,
  ) as tf.Tensor[];
  const z = xz!.add(hz!).sigmoid();
  const r = xr!.add(hr!).sigmoid();
  const n = xh!.add(r.mul(hh!)).tanh();
  return z.mul(h).add(tf.sub(1, z).mul(n));
}

export function plainGru(
  weights: GruWeights,
  inputs: tf.Tensor3D,
  initial: tf.Tensor2D,
  mask: tf.Tensor2D | null,
  direction: Direction,
): tf.Tensor3D {
  const step = (x: tf.Tensor, [h]: [tf.Tensor]): [tf.Tensor] => [gruStep(weights, x, h)];
  return walk<[tf.Tensor]>(inputs, [initial], mask, direction, step)[0]!;
}

export function lstmStep(
  weights: LstmWeights,
  x: tf.Tensor,
  [h, c]: [tf.Tensor, tf.Tensor],
): [tf.Tensor, tf.Tensor] {
  const sums = x.matMul(weights.kernel).add(h.matMul(weights.recurrentKernel)).add(weights.bias);
  const [i, f, g, o] = tf.split(sums, 4, 1) as tf.Tensor[];
  const cell = f!.sigmoid().mul(c).add(i!.sigmoid().mul(g!.tanh()));
  return [o!.sigmoid().mul(cell.tanh()), cell];
}

export function plainLstm(
  weights: LstmWeights,
  inputs: tf.Tensor3D,
  initial: LstmState,
  mask: tf.Tensor2D | null,
  direction: Direction,
): { hidden: tf.Tensor3D; cell: tf.Tensor3D } {
  const start: [tf.Tensor, tf.Tensor] = [initial.hidden, initial.cell];
  const [hidden, cell] = walk(inputs, start, mask, direction, (x, state) => lstmStep(weights, x, state));
  return { hidden: hidden!, cell: cell! };
}

function attend(
  weights: AdditiveWeights,
  memory: AttentionMemory,
  state: tf.Tensor,
): { alpha: tf.Tensor; context: tf.Tensor } {
  const [batch, source, units] = memory.keys.shape;
  const query = state.matMul(weights.queryKernel).expandDims(1);
  const hidden = query
    .add(memory.keys)
    .tanh()
    .reshape([batch * source, units]);
  let scores = hidden.matMul(weights.vector.reshape([units, 1])).reshape([batch, source]);
  if (memory.mask !== null) scores = scores.add(memory.mask.sub(1).mul(1e9));
  const alpha = tf.softmax(scores);
  const context = alpha.expandDims(1).matMul(memory.values).squeeze([1]);
  return { alpha, context };
}

/** States, contexts, alphas (and cells, for two states). */
export function plainDecoder<State extends tf.Tensor[]>(
  attention: AdditiveWeights,
  previous: tf.Tensor3D,
  memory: AttentionMemory,
  initial: State,
  step: (x: tf.Tensor, state: State) => State,
): tf.Tensor3D[] {
  const trace: tf.Tensor[][] = [];
  let state = initial;
  for (const word of rowsOf(previous)) {
    const { alpha, context } = attend(attention, memory, state[0]!);
    state = step(tf.concat([word, context], 1), state);
    trace.push([state[0]!, context, alpha, ...state.slice(1)]);
  }
  return trace[0]!.map((_, k) => tf.stack(trace.map((row) => row[k]!)) as tf.Tensor3D);
}

/** Largest difference, relative to the largest number that is expected. */
export function difference(actual: tf.Tensor, expected: tf.Tensor): number {
  assert.deepEqual(actual.shape, expected.shape);
  const [a, e] = [actual.dataSync(), expected.dataSync()];
  let [worst, scale] = [0, 1e-3];
  for (let i = 0; i < e.length; i++) {
    const d = Math.abs(a[i]! - e[i]!);
    worst = Number.isNaN(d) ? Number.POSITIVE_INFINITY : Math.max(worst, d);
    scale = Math.max(scale, Math.abs(e[i]!));
  }
  return worst / scale;
}

export function assertClose(actual: tf.Tensor, expected: tf.Tensor, tolerance: number, what: string): void {
  const d = difference(actual, expected);
  assert.ok(d <= tolerance, `${what}: relative difference ${d.toExponential(2)} is above ${tolerance}`);
}

type Outputs = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** A scalar that every output element enters with another weight. */
function weighted(outputs: tf.Tensor[], seed: number): tf.Scalar {
  const draw = numbers(seed);
  return tf.addN(outputs.map((output) => output.mul(draw(output.shape)).sum())) as tf.Scalar;
}

/** Outputs and gradients of `fused` against those of `plain`, gradients also against five-point differences. */
export function compareGradients(
  plain: Outputs,
  fused: Outputs,
  inputs: tf.Tensor[],
  names: string[],
  tolerance = 1e-4,
): void {
  tf.tidy(() => {
    const [expected, actual] = [plain(...inputs), fused(...inputs)];
    assert.equal(actual.length, expected.length);
    for (const [i, output] of expected.entries()) assertClose(actual[i]!, output, 5e-6, `output ${i}`);

    const loss =
      (operation: Outputs) =>
      (...values: tf.Tensor[]) =>
        weighted(operation(...values), 99);
    const right = tf.grads(loss(plain))(inputs);
    const ours = tf.grads(loss(fused))(inputs);
    for (const [i, name] of names.entries())
      assertClose(ours[i]!, right[i]!, tolerance, `gradient of ${name}`);

    const draw = numbers(7);
    const directions = inputs.map((input) => draw(input.shape, 0.3));
    const along = ours.reduce(
      (sum, gradient, i) => sum + gradient.mul(directions[i]!).sum().dataSync()[0]!,
      0,
    );
    const at = (h: number) => {
      const moved = inputs.map((input, i) => input.add(directions[i]!.mul(h)));
      // Summed in double precision: float32 would lose what the difference is about.
      let total = 0;
      const draw = numbers(99);
      for (const output of fused(...moved)) {
        const [values, factors] = [output.dataSync(), draw(output.shape).dataSync()];
        for (let i = 0; i < values.length; i++) total += values[i]! * factors[i]!;
      }
      return total;
    };
    const h = 0.02;
    const numeric = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h);
    const scale = Math.max(1e-2, Math.abs(numeric));
    assert.ok(
      Math.abs(along - numeric) / scale < 3e-3,
      `finite differences give ${numeric}, the gradient ${along}`,
    );
  });
}
