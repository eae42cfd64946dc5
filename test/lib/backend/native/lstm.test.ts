import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { describeBackend, useBackend } from 'heed';
import { nativeFused, nativeOps } from '../../../../lib/src/backend/native/index.js';
import type { Direction } from '../../../../lib/src/backend/sequences.js';
import { limitEngine, sequenceEngine } from '../../../../lib/src/recurrent/engine.js';
import { compareGradients, difference, lengthsMask, numbers, plainLstm } from '../fused/plain.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;

let missing: string | undefined;
before(async () => {
  await useBackend('native').catch((error: Error) => {
    missing = error.message;
  });
});

/** A test that needs the native engine, and says so where there is none. */
function onNative(title: string, body: () => void | Promise<void>): void {
  it(title, async (t: TestContext) => {
    if (missing !== undefined) return t.skip(missing);
    tf.engine().startScope();
    try {
      await body();
    } finally {
      tf.engine().endScope();
    }
  });
}

/** Padding before, between and after the real steps, and a row of nothing else. */
function holes(time: number, batch: number): T2 {
  const rows = Array.from({ length: time }, (_, t) =>
    Array.from({ length: batch }, (_, row) => (row === 1 ? 0 : (t + row) % 3 === 0 ? 0 : 1)),
  );
  return tf.tensor2d(rows, [time, batch]);
}

const kinds: Record<string, (time: number, batch: number) => T2 | null> = {
  'no mask': () => null,
  'suffix padding': lengthsMask,
  'padding anywhere': holes,
};
const sizes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [3, 2, 3, 7],
  [7, 3, 1, 33],
  [4, 33, 7, 3],
];

function tensors([time, batch, features, units]: readonly number[]): tf.Tensor[] {
  const draw = numbers(11);
  const scale = 1 / Math.sqrt(units!);
  return [
    draw([time!, batch!, features!]),
    draw([features!, 4 * units!], scale),
    draw([units!, 4 * units!], scale),
    draw([4 * units!], 0.3),
    draw([batch!, units!], 0.8),
    draw([batch!, units!]),
  ];
}

const call =
  (run: typeof plainLstm, mask: T2 | null, direction: Direction) =>
  (x: tf.Tensor, w: tf.Tensor, u: tf.Tensor, b: tf.Tensor, h: tf.Tensor, c: tf.Tensor) => {
    const weights = { kernel: w as T2, recurrentKernel: u as T2, bias: b as T1 };
    const { hidden, cell } = run(weights, x as T3, { hidden: h as T2, cell: c as T2 }, mask, direction);
    return [hidden, cell];
  };

describe("TensorFlow's own LSTM", () => {
  onNative('is in use, and the line says of which TensorFlow', () => {
    assert.deepEqual(nativeFused(), { available: true });
    assert.equal(sequenceEngine().lstm, nativeOps.lstm);
    assert.equal(sequenceEngine().level, 'fused');
    assert.match(describeBackend().line, /^backend native \(tfjs 4\.22\.0, Node .*, tensorflow 2\.\d+\.\d+/);
  });

  for (const size of sizes) {
    for (const direction of ['forward', 'backward'] as const) {
      for (const [kind, maskOf] of Object.entries(kinds)) {
        onNative(`[${size}] ${direction}, ${kind}: values, gradients, differences`, () => {
          const mask = maskOf(size[0], size[1]);
          const names = ['inputs', 'kernel', 'recurrentKernel', 'bias', 'hidden', 'cell'];
          compareGradients(
            call(plainLstm, mask, direction) as never,
            call(nativeOps.lstm, mask, direction) as never,
            tensors(size),
            names,
          );
        });
      }
    }
  }

  onNative('the levels below agree with it on the same backend', () => {
    const size = [9, 5, 6, 8];
    const inputs = tensors(size);
    const mask = holes(9, 5);
    const gradients = () =>
      tf.grads((...values: tf.Tensor[]) => {
        const run = call(sequenceEngine().lstm, mask, 'backward') as (...values: tf.Tensor[]) => tf.Tensor[];
        return tf.addN(run(...values).map((states) => states.square().sum())) as tf.Scalar;
      })(inputs);
    const fused = gradients();
    for (const level of ['reference', 'sequence'] as const) {
      const before = limitEngine(level);
      const plain = gradients();
      limitEngine(before);
      for (const [k, gradient] of plain.entries()) {
        const off = difference(fused[k]!, gradient);
        assert.ok(off < 1e-4, `${level}, operand ${k}: ${off}`);
      }
    }
  });

  onNative('carries the state over padding to the last bit, also under a boolean mask', () => {
    const [x, w, u, b, h, c] = tensors([3, 2, 4, 5]) as [T3, T2, T2, T1, T2, T2];
    const mask = tf.tensor2d([1, 0, 0, 1, 0, 0], [3, 2], 'bool');
    const weights = { kernel: w, recurrentKernel: u, bias: b };
    const { hidden } = nativeOps.lstm(weights, x, { hidden: h, cell: c }, mask, 'forward');
    const [states, start] = [hidden.arraySync(), h.arraySync()];
    assert.deepEqual(states[0]![1], start[1]);
    assert.deepEqual(states[1]![0], states[0]![0]);
    assert.deepEqual(states[2], [states[1]![0], states[1]![1]]);
    assert.notDeepEqual(states[1]![1], states[0]![1]);
  });

  onNative('gives the same bits again, and leaves no tensor behind', () => {
    const inputs = tensors([6, 16, 12, 24]);
    const run = call(nativeOps.lstm, lengthsMask(6, 16), 'forward') as (...v: tf.Tensor[]) => tf.Tensor[];
    const once = () =>
      tf.tidy(() => {
        const { value, grads } = tf.valueAndGrads(
          (...values: tf.Tensor[]) => tf.addN(run(...values).map((states) => states.sum())) as tf.Scalar,
        )(inputs);
        return [value, ...grads].flatMap((tensor) => [...tensor.dataSync()]);
      });
    const first = once();
    const { numTensors, numDataBuffers } = tf.memory();
    for (let round = 0; round < 3; round++) assert.deepEqual(once(), first);
    assert.equal(tf.memory().numTensors, numTensors);
    assert.equal(tf.memory().numDataBuffers, numDataBuffers);
  });

  onNative('refuses shapes that do not fit, and a second derivative', () => {
    const [x, w, u, b, h, c] = tensors([3, 2, 4, 5]) as [T3, T2, T2, T1, T2, T2];
    const weights = { kernel: w, recurrentKernel: u, bias: b };
    const initial = { hidden: h, cell: c };
    assert.throws(
      () => nativeOps.lstm(weights, x, initial, tf.ones([2, 3]), 'forward'),
      /mask must be \[time, batch\] = \[3, 2\], got \[2, 3\]/,
    );
    const first = (kernel: tf.Tensor) =>
      tf.grad((k) =>
        nativeOps
          .lstm({ ...weights, kernel: k as T2 }, x, initial, null, 'forward')
          .hidden.square()
          .sum(),
      )(kernel);
    assert.throws(() => tf.grad((kernel) => first(kernel).sum())(w), /no second derivative/);
  });
});
