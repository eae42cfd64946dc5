import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { doublyStochasticPenalty } from 'heed';
import { assertClose, onEngines } from '../support/engines.js';

onEngines(
  'the penalty is the sum over the places of (1 - what all outputs paid)^2, the mean over the batch',
  () => {
    // Two outputs over three places: paid 0.75, 0.75, 0.5; and one real output: 0.2, 0.3, 0.5.
    const alphas = tf.tensor3d([
    [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]],
    [[0.2, 0.3, 0.5], [1, 0, 0]],
  ]); // biome-ignore format: rows
    const mask = tf.tensor2d([
      [1, 1],
      [1, 0],
    ]);
    const first = 0.25 ** 2 + 0.25 ** 2 + 0.5 ** 2;
    const second = 0.8 ** 2 + 0.7 ** 2 + 0.5 ** 2;
    assertClose(doublyStochasticPenalty(alphas, mask), [(first + second) / 2], 1e-6);
  },
);

onEngines('its gradient is -2 (1 - paid) / batch at real outputs and 0 at padding', () => {
  const mask = tf.tensor2d([
    [1, 1],
    [1, 0],
  ]);
  const alphas = tf.tensor3d([0.5, 0.5, 0.9, 0.1, 0.3, 0.7, 0.6, 0.4], [2, 2, 2]);
  const gradient = tf.grad((a) => doublyStochasticPenalty(a as tf.Tensor3D, mask))(alphas);
  const [one, two] = [-(1 - 1.4), -(1 - 0.6)];
  assertClose(gradient, [one, two, one, two, -(1 - 0.3), -(1 - 0.7), 0, 0], 1e-6);
});

onEngines('with T outputs over S places it is least, S (1 - T / S)^2, where every place gets T / S', () => {
  const [target, source] = [3, 8];
  const mask = tf.ones([1, target]) as tf.Tensor2D;
  const even = tf.fill([1, target, source], 1 / source) as tf.Tensor3D;
  const least = source * (1 - target / source) ** 2;
  assertClose(doublyStochasticPenalty(even, mask), [least], 1e-5);
  const sharp = tf.oneHot(tf.tensor2d([[0, 0, 5]], [1, 3], 'int32'), source).cast('float32') as tf.Tensor3D;
  // Paid 2, 1 and six times 0.
  assertClose(doublyStochasticPenalty(sharp, mask), [1 + 0 + 6], 1e-6);
  for (let k = 1; k < 6; k++) {
    const other = tf.softmax(tf.randomNormal([1, target, source], 0, 1, 'float32', k)) as tf.Tensor3D;
    assert.ok(doublyStochasticPenalty(other, mask).dataSync()[0]! > least);
  }
});

onEngines('shapes that do not fit are refused', () => {
  assert.throws(
    () => doublyStochasticPenalty(tf.ones([2, 3, 4]), tf.ones([2, 2])),
    /mask: expected shape \[batch 2, target 3\], got \[2, 2\]/,
  );
});
