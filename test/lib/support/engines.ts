import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { type BackendName, useBackend } from 'heed';

/** The engines that everybody has, and the native one where the whole run is asked to use it. */
const tested: readonly BackendName[] = [
  'cpu',
  'wasm',
  ...(process.env.HEED_BACKEND === 'native' ? (['native'] as const) : []),
];

/** Declares one test for each engine. The engine is in use while the body runs; leaks fail it. */
export function onEngines(
  title: string,
  body: () => void | Promise<void>,
  engines: readonly BackendName[] = tested,
): void {
  for (const engine of engines) {
    test(`${title} (${engine})`, async () => {
      await useBackend(engine);
      tf.engine().startScope();
      try {
        await body();
      } finally {
        tf.engine().endScope();
      }
    });
  }
}

/** Fails where a number differs by more than the tolerance, or is none. */
export function assertClose(
  got: ArrayLike<number> | tf.Tensor,
  expected: ArrayLike<number>,
  tolerance = 1e-5,
  what = '',
): void {
  const values = got instanceof tf.Tensor ? got.dataSync() : got;
  assert.equal(values.length, expected.length, `${what} length`);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(values[i]! - expected[i]!);
    if (!(difference <= tolerance)) {
      assert.fail(`${what} at ${i}: expected ${expected[i]} within ${tolerance}, got ${values[i]}`);
    }
  }
}

/** Numbers that another language computes alike: 0.8 sin(1.3 k + offset), k counting row by row. */
export function wave<R extends tf.Rank>(offset: number, ...shape: number[]): tf.Tensor<R> {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const values = Float32Array.from({ length: size }, (_, k) => 0.8 * Math.sin(1.3 * k + offset));
  return tf.tensor(values, shape as tf.ShapeMap[R], 'float32');
}

/**
 * Compares the gradient of a scalar function with central differences, in every coordinate of every input.
 *
 * float32: with a step of 1e-2 rounding and curvature both stay below about 1e-3.
 */
export function assertGradients(
  inputs: readonly tf.Tensor[],
  f: (...inputs: tf.Tensor[]) => tf.Scalar,
  tolerance = 2e-3,
): void {
  const gradients = tf.grads((...given) => f(...given))([...inputs]);
  const step = 1e-2;
  inputs.forEach((input, n) => {
    const values = input.dataSync().slice() as Float32Array;
    const at = (k: number, delta: number) =>
      tf.tidy(() => {
        const moved = values.slice();
        moved[k]! += delta;
        const changed = tf.tensor(moved, input.shape);
        return f(...inputs.map((other, m) => (m === n ? changed : other))).dataSync()[0]!;
      });
    const numeric = Float64Array.from(values, (_, k) => (at(k, step) - at(k, -step)) / (2 * step));
    assertClose(gradients[n]!, numeric, tolerance, `gradient of input ${n}`);
  });
}
