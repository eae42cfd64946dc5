import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { useBackend } from '../../../../lib/src/backend/choose.js';
import { fusedMatMul } from '../../../../lib/src/backend/fused/index.js';
import { assertClose, compareGradients, numbers, useFused } from './plain.js';

before(async () => {
  await useBackend('wasm');
  await useFused();
});

/** The definition, in double precision. */
function byDefinition(a: tf.Tensor, b: tf.Tensor, transpose: { a?: boolean; b?: boolean }): tf.Tensor {
  const left = (transpose.a ? a.transpose() : a).arraySync() as number[][];
  const right = (transpose.b ? b.transpose() : b).arraySync() as number[][];
  return tf.tensor2d(
    left.map((row) => right[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * right[k]![j]!, 0))),
  );
}

const size = fc.oneof(fc.constantFrom(1, 3, 4, 7, 8, 33), fc.integer({ min: 1, max: 40 }));

it('is the sum of products for all sizes and transposes', () => {
  fc.assert(
    fc.property(size, size, size, fc.boolean(), fc.boolean(), (rows, depth, columns, flipA, flipB) => {
      tf.tidy(() => {
        const draw = numbers(rows * 41 + depth);
        const a = draw(flipA ? [depth, rows] : [rows, depth]);
        const b = draw(flipB ? [columns, depth] : [depth, columns]);
        const transposes = { a: flipA, b: flipB };
        assertClose(fusedMatMul(a, b, transposes), byDefinition(a, b, transposes), 1e-6, 'product');
        const stock = tf.matMul(a, b, flipA, flipB);
        assertClose(stock, byDefinition(a, b, transposes), 1e-6, 'the replaced tf.matMul');
      });
    }),
    { numRuns: 150, seed: 1 },
  );
});

it('crosses the borders of its blocks', () => {
  // 256 deep, 64 rows and 512 columns are one block.
  for (const [rows, depth, columns] of [
    [67, 259, 13],
    [5, 520, 515],
    [129, 256, 8],
  ] as const) {
    for (const transposes of [{}, { a: true }, { b: true }, { a: true, b: true }]) {
      tf.tidy(() => {
        const draw = numbers(5);
        const a = draw(transposes.a ? [depth, rows] : [rows, depth]);
        const b = draw(transposes.b ? [columns, depth] : [depth, columns]);
        assertClose(
          fusedMatMul(a, b, transposes),
          byDefinition(a, b, transposes),
          2e-6,
          `${[rows, depth, columns]}`,
        );
      });
    }
  }
});

it('multiplies batches, broadcast ones too, like one product after the other', () => {
  for (const [shapeA, shapeB] of [
    [
      [3, 5, 7],
      [3, 7, 9],
    ],
    [
      [2, 3, 5, 7],
      [7, 9],
    ],
    [
      [1, 3, 5, 7],
      [2, 1, 7, 9],
    ],
    [
      [4, 1, 7],
      [1, 7, 1],
    ],
  ] as const) {
    tf.tidy(() => {
      const draw = numbers(6);
      const [a, b] = [draw([...shapeA]), draw([...shapeB])];
      const product = fusedMatMul(a, b);
      const batch = product.shape.slice(0, -2);
      const spread = (x: tf.Tensor) =>
        x.broadcastTo([...batch, ...x.shape.slice(-2)]).reshape([-1, ...x.shape.slice(-2)]);
      const pairs = tf
        .unstack(spread(a))
        .map((matrix, i) => byDefinition(matrix, tf.unstack(spread(b))[i]!, {}));
      assertClose(product, tf.stack(pairs).reshape(product.shape), 1e-6, `[${shapeA}] x [${shapeB}]`);
    });
  }
});

it('has the gradients of a product', () => {
  for (const transposes of [{}, { a: true }, { b: true }, { a: true, b: true }]) {
    const draw = numbers(9);
    const a = draw(transposes.a ? [3, 7, 5] : [3, 5, 7]);
    const b = draw(transposes.b ? [3, 9, 7] : [3, 7, 9]);
    const plain = (x: tf.Tensor, y: tf.Tensor) => {
      const left = transposes.a ? x.transpose([0, 2, 1]) : x;
      const right = transposes.b ? y.transpose([0, 2, 1]) : y;
      return [left.expandDims(3).mul(right.expandDims(1)).sum(2)];
    };
    compareGradients(plain, (x, y) => [fusedMatMul(x, y, transposes)], [a, b], ['a', 'b']);
  }
});

it('gives zeros for a sum of nothing', () => {
  assert.deepEqual(fusedMatMul(tf.zeros([2, 0]), tf.zeros([0, 3])).arraySync(), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

it('keeps NaN and infinity', () => {
  const a = tf.tensor2d([Number.NaN, 1, 1, Number.POSITIVE_INFINITY], [2, 2]);
  const result = fusedMatMul(a, tf.ones([2, 9])).arraySync() as number[][];
  assert.ok(result[0]!.every(Number.isNaN));
  assert.ok(result[1]!.every((value) => value === Number.POSITIVE_INFINITY));
});

it('refuses operands that do not fit', () => {
  assert.throws(() => fusedMatMul(tf.zeros([2, 3]), tf.zeros([4, 5])), /inner sizes 3 and 4 differ/);
  assert.throws(() => fusedMatMul(tf.zeros([2, 3], 'int32'), tf.zeros([3, 5])), /must be float32, got int32/);
});

it('leaves integers to the kernel that was there', () => {
  const matrix = tf.math.confusionMatrix(tf.tensor1d([0, 1, 1], 'int32'), tf.tensor1d([0, 1, 0], 'int32'), 2);
  assert.deepEqual(matrix.arraySync(), [
    [1, 0],
    [1, 1],
  ]);
});
