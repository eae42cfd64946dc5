import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { mendWasm } from '../../../../lib/src/backend/mend/index.js';
import { distance, on, startWasm } from '../engines.js';

/** The same numbers on any backend: a fixed, irregular function of the position. */
function numbers(shape: number[], salt = 1): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, n) => Math.sin(12.9898 * (n + 1) * salt) * 1.7),
    shape,
  );
}

async function agree(compute: () => tf.Tensor, tolerance = 1e-5): Promise<void> {
  const read = () => tf.tidy(() => ({ values: compute().dataSync(), shape: compute().shape }));
  const mended = read();
  const expected = await on('cpu', read);
  assert.deepEqual(mended.shape, expected.shape);
  assert.ok(
    distance(mended.values, expected.values) < tolerance,
    `${mended.values.slice(0, 8)} against ${expected.values.slice(0, 8)}`,
  );
}

describe('mended wasm kernels that were slow or missing', () => {
  before(startWasm);

  it('are all active after their self-tests, and mending twice does nothing', () => {
    const first = mendWasm();
    for (const { active, kernels, problem } of first) assert.ok(active, `${kernels}: ${problem}`);
    assert.equal(mendWasm(), first);
  });

  it('BatchMatMul agrees with cpu for all transposes, batches and sizes', async () => {
    const size = fc.integer({ min: 1, max: 12 });
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        size,
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        fc.boolean(),
        (m, k, n, batch, tA, tB) =>
          agree(() => {
            const outer = batch === 0 ? [] : [batch];
            const a = numbers([...outer, ...(tA ? [k, m] : [m, k])]);
            const b = numbers([...outer, ...(tB ? [n, k] : [k, n])], 2);
            return tf.matMul(a, b, tA, tB);
          }),
      ),
      { numRuns: 60, seed: 4 },
    );
  });

  for (const [tA, tB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    it(`BatchMatMul takes the fast way for large slices, transposed ${tA}, ${tB}`, () =>
      agree(() =>
        tf.matMul(
          numbers(tA ? [2, 3, 70, 30] : [2, 3, 30, 70]),
          numbers(tB ? [2, 3, 50, 70] : [2, 3, 70, 50], 2),
          tA,
          tB,
        ),
      ));
  }

  it('gather copies long and short rows along any axis, and refuses an index outside', async () => {
    const ids = () => tf.tensor2d([3, 0, 3, 1, 2, 0], [2, 3], 'int32');
    for (const [axis, shape] of [
      [0, [4, 40]],
      [1, [3, 4, 5]],
      [2, [2, 3, 4]],
    ] as const) {
      await agree(() => tf.gather(numbers([...shape]), ids(), axis), 1e-7);
    }
    for (const wrong of [4, -1]) {
      const before = tf.memory().numTensors;
      assert.throws(
        () => tf.tidy(() => tf.gather(numbers([4, 2]), tf.tensor1d([0, wrong], 'int32'))),
        new RegExp(`the index value ${wrong} is not in \\[0, 3\\]`),
      );
      assert.equal(tf.memory().numTensors, before);
    }
  });

  it('BatchMatMul works in blocks over many rows', () =>
    agree(() => tf.matMul(numbers([700, 9]), numbers([700, 7], 2), true), 1e-4));

  it('BatchMatMul broadcasts a batch of one', () =>
    agree(() => tf.matMul(numbers([3, 40, 50]), numbers([1, 50, 60], 2))));

  it('BatchMatMul uses the values a variable has now, not the ones it was packed with', () => {
    const x = tf.ones([2, 3]);
    const weights = tf.variable(tf.ones([3, 4]));
    assert.equal(tf.matMul(x, weights).dataSync()[0], 3);
    weights.assign(tf.fill([3, 4], 5));
    assert.equal(tf.matMul(x, weights).dataSync()[0], 15);
    assert.equal(tf.matMul(x, tf.transpose(weights), false, true).dataSync()[0], 15);
  });

  it('BatchMatMul takes one and the same data under two shapes', () =>
    agree(() => {
      const x = numbers([6, 4]);
      const first = tf.matMul(numbers([5, 6], 2), x);
      const second = tf.matMul(numbers([5, 3], 3), tf.reshape(x, [3, 8]));
      return tf.concat([first, second, tf.matMul(numbers([5, 6], 2), x)], 1);
    }));

  it('confusionMatrix counts', () => {
    const counts = tf.math.confusionMatrix(
      tf.tensor1d([0, 1, 2, 1], 'int32'),
      tf.tensor1d([0, 2, 2, 1], 'int32'),
      3,
    );
    assert.deepEqual(counts.arraySync(), [
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 1],
    ]);
  });

  it('Slice agrees with cpu for any block of any rank', async () => {
    const axis = fc
      .integer({ min: 1, max: 7 })
      .chain((full) =>
        fc
          .integer({ min: 0, max: full - 1 })
          .chain((begin) => fc.integer({ min: 1, max: full - begin }).map((size) => ({ full, begin, size }))),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { minLength: 1, maxLength: 5 }), (axes) =>
        agree(() =>
          tf.slice(
            numbers(axes.map(({ full }) => full)),
            axes.map(({ begin }) => begin),
            axes.map(({ size }) => size),
          ),
        ),
      ),
      { numRuns: 100, seed: 5 },
    );
  });

  it('Slice keeps the type, takes empty blocks and scalars, and refuses what lies outside', () => {
    assert.equal(tf.slice(tf.tensor1d([1, 2, 3], 'int32'), 1, 1).dtype, 'int32');
    assert.deepEqual(Array.from(tf.slice(tf.tensor1d([true, false, true], 'bool'), 1, 2).dataSync()), [0, 1]);
    assert.deepEqual(tf.slice(tf.tensor1d(['a', 'b', 'c']), 1, 2).dataSync() as unknown, ['b', 'c']);
    assert.deepEqual(tf.slice(tf.zeros([3, 4]), [1, 0], [0, 4]).shape, [0, 4]);
    assert.throws(() => tf.slice(tf.zeros([3, 4]), [2, 0], [2, 4]), /slice/i);
  });

  it('SplitV and Unpack agree with cpu on every axis', async () => {
    for (const axis of [0, 1, 2, -1]) {
      await agree(() => tf.concat(tf.split(numbers([4, 6, 8]), 2, axis).reverse(), axis));
      await agree(() => tf.stack(tf.unstack(numbers([4, 6, 8]), axis).reverse(), axis));
    }
    await agree(() => tf.split(numbers([2, 70]), [30, -1], 1)[1]!);
  });

  it('Tanh is exact to float32 rounding, relatively, from 1e-20 to saturation', () => {
    const points = Float32Array.from(
      { length: 4000 },
      (_, n) => 10 ** (-20 + (n / 4000) * 21.5) * (n % 2 ? 1 : -1),
    );
    const got = tf.tanh(tf.tensor1d(points)).dataSync();
    for (const [n, x] of points.entries()) {
      const exact = Math.tanh(x);
      assert.ok(
        Math.abs(got[n]! - exact) <= 1.2e-7 * Math.abs(exact),
        `tanh(${x}) = ${got[n]}, expected ${exact}`,
      );
    }
    assert.ok(Number.isNaN(tf.tanh(Number.NaN).dataSync()[0]));
  });

  it('Exp is exact to float32 rounding, relatively, over its whole range and beyond', () => {
    const points = Float32Array.from({ length: 6000 }, (_, n) => -87 + (n / 6000) * 175);
    const got = tf.exp(tf.tensor1d(points)).dataSync();
    for (const [n, x] of points.entries()) {
      const exact = Math.exp(x);
      assert.ok(Math.abs(got[n]! - exact) <= 1.2e-7 * exact, `exp(${x}) = ${got[n]}, expected ${exact}`);
    }
    const ends = tf
      .exp(tf.tensor1d([-1e9, -104, -200, 89, 1e9, Number.POSITIVE_INFINITY, Number.NaN]))
      .dataSync();
    assert.deepEqual(Array.from(ends), [0, 0, 0, Infinity, Infinity, Infinity, Number.NaN]);
    assert.ok(Math.abs(tf.exp(-100).dataSync()[0]! - Math.exp(-100)) < 1.5e-45, 'subnormal numbers are kept');
  });

  it('Sum agrees with cpu on every set of axes', async () => {
    for (const axes of [[0], [1], [2], [0, 1], [1, 2], [0, 2], [1, 0], [-3], [0, 1, 2]]) {
      await agree(() => tf.sum(numbers([7, 5, 6]), axes));
      await agree(() => tf.sum(numbers([7, 5, 6]), axes, true));
    }
    await agree(() => tf.sum(tf.cast(numbers([7, 5]), 'int32'), 0));
    await agree(() => tf.sum(tf.zeros([0, 5]), 0));
  });

  it('unsortedSegmentSum and the gradient of gather agree with cpu', async () => {
    const ids = () => tf.tensor2d([0, 2, 2, 1, 4, 2], [2, 3], 'int32');
    await agree(() => tf.unsortedSegmentSum(numbers([4, 3, 2]), tf.tensor1d([1, 0, 1, 3], 'int32'), 5));
    for (const axis of [0, 1, 2]) {
      const weight = () =>
        numbers(
          [5, 5, 5].flatMap((full, k) => (k === axis ? [2, 3] : [full])),
          3,
        );
      await agree(() => tf.grad((x) => tf.mul(tf.gather(x, ids(), axis), weight()))(numbers([5, 5, 5])));
    }
    assert.throws(
      () => tf.unsortedSegmentSum(numbers([2, 3]), tf.tensor1d([0, 9], 'int32'), 5),
      /id 9 at position 1/,
    );
  });

  it('leaves no tensor behind', () => {
    const run = () =>
      tf.tidy(() => {
        const [a, b] = [numbers([2, 30, 70]), numbers([2, 30, 50], 2)];
        tf.matMul(a, b, true).sum(0);
        tf.split(tf.tanh(a), 2, 1);
        tf.unstack(tf.clone(a));
      });
    const { numTensors, numBytes } = tf.memory();
    const buffers = tf.engine().backend.numDataIds();
    run();
    assert.equal(tf.memory().numTensors, numTensors);
    assert.equal(tf.memory().numBytes, numBytes);
    assert.equal(tf.engine().backend.numDataIds(), buffers);
  });
});
