import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { createRandom, dense, dropout, embed, initDense, initEmbedding } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

onEngines('embedding takes the rows of its table', () => {
  const table = wave<tf.Rank.R2>(1, 4, 2);
  const rows = table.arraySync();
  assert.deepEqual(embed({ table }, tf.tensor1d([3, 0], 'int32')).arraySync(), [rows[3], rows[0]]);
  assert.deepEqual(embed({ table }, tf.tensor2d([1, 1], [2, 1], 'int32')).arraySync(), [
    [rows[1]],
    [rows[1]],
  ]);
  for (const bad of [-1, 4]) {
    assert.throws(
      () => embed({ table }, tf.tensor1d([0, bad], 'int32')),
      /ids must be in 0 \.\.\. 3 .* at place 1 of \[2\]/,
    );
  }
});

onEngines('its gradient adds up the uses of a word', () => {
  const ids = tf.tensor2d([1, 1, 2, 1], [2, 2], 'int32');
  const probe = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
  const gradient = tf.grad((table) => embed({ table: table as tf.Tensor2D }, ids).mul(probe))(wave(1, 4, 2));
  assert.deepEqual(gradient.arraySync(), [
    [0, 0],
    [11, 14],
    [5, 6],
    [0, 0],
  ]);
});

onEngines('dense is x W + b on the last axis, with its gradient', () => {
  const params = { kernel: tf.tensor2d([1, 2, 3, 4], [2, 2]), bias: tf.tensor1d([10, 20]) };
  assert.deepEqual(dense(params, tf.tensor2d([1, 1, 2, 0], [2, 2])).arraySync(), [
    [14, 26],
    [12, 24],
  ]);
  assert.deepEqual(dense(params, tf.ones<tf.Rank.R3>([1, 2, 2])).arraySync(), [
    [
      [14, 26],
      [14, 26],
    ],
  ]);
  assert.throws(
    () => dense(params, tf.ones<tf.Rank.R2>([1, 3])),
    /expected 2 features in the last axis, got shape \[1, 3\]/,
  );
  assertGradients([wave(1, 2, 3), wave(2, 3, 2), wave(3, 2)], (x, kernel, bias) =>
    dense({ kernel: kernel as tf.Tensor2D, bias: bias as tf.Tensor1D }, x as tf.Tensor2D)
      .square()
      .sum(),
  );
});

onEngines('first weights come from the seed', () => {
  const make = (seed: number) => initDense(createRandom(seed), { input: 3, units: 2 }).kernel.dataSync();
  assertClose(make(0), make(0), 0);
  assert.notDeepEqual(make(0), make(1));
  assert.deepEqual(initEmbedding(createRandom(0), { vocab: 5, features: 2 }).table.shape, [5, 2]);
});

onEngines('dropout keeps the mean, changes from call to call, and repeats with the seed', () => {
  const x = tf.ones<tf.Rank.R2>([100, 100]);
  const run = (seed: number) => {
    const random = createRandom(seed);
    return [dropout(x, 0.25, random), dropout(x, 0.25, random)].map((y) => y.dataSync());
  };
  const [first, second] = run(0);
  assert.deepEqual(run(0), [first, second]);
  assert.notDeepEqual(first, second);
  const kept = first!.filter((value) => value !== 0);
  assertClose(kept, new Float32Array(kept.length).fill(4 / 3), 1e-6);
  // Binomial: 7,500 of 10,000 with deviation 43; five of them.
  assert.ok(Math.abs(kept.length - 7500) < 5 * 43.3);
  assert.equal(dropout(x, 0.25, null), x);
  assert.throws(() => dropout(x, 1, createRandom(0)), /\[0, 1\), got 1/);
});
