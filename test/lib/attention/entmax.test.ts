import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { maskedEntmax15, maskedSoftmax, maskedSparsemax, type Normaliser } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';
import { entmax, softmax, sum, type Vector } from './by-hand.js';

const families: [string, Normaliser, (scores: Vector, visible: Vector) => number[]][] = [
  ['softmax', maskedSoftmax, softmax],
  ['1.5-entmax', maskedEntmax15, (scores, visible) => entmax(scores, visible, 1.5)],
  ['sparsemax', maskedSparsemax, (scores, visible) => entmax(scores, visible, 2)],
];

onEngines('closed forms, exactly', () => {
  const of = (normalise: Normaliser, ...scores: number[]) =>
    Array.from(normalise(tf.tensor3d(scores, [1, 1, scores.length]), null).dataSync());
  // Sparsemax of two scores closer than 1: half of 1 plus and minus their difference.
  assert.deepEqual(of(maskedSparsemax, 0.5, 0), [0.75, 0.25]);
  assert.deepEqual(of(maskedSparsemax, 3, 1, 2), [1, 0, 0]);
  assert.deepEqual(of(maskedSparsemax, 7, 7, 7, 7), [0.25, 0.25, 0.25, 0.25]);
  assert.deepEqual(of(maskedSparsemax, -4), [1]);
  // 1.5-entmax: equal scores share; a distance of 2 leaves nothing to the lower one.
  assert.deepEqual(of(maskedEntmax15, 1, 1, 1, 1), [0.25, 0.25, 0.25, 0.25]);
  assert.deepEqual(of(maskedEntmax15, 2, 0), [1, 0]);
  // The example of the reference implementation (entmax 1.3 for PyTorch, its README), to its four digits.
  assertClose(of(maskedSparsemax, -2, 0, 0.5), [0, 0.25, 0.75], 5e-5);
  assertClose(of(maskedEntmax15, -2, 0, 0.5), [0, 0.326, 0.674], 5e-5);
  // (x - tau)^2 + (x - d/2 - tau)^2 = 1 at d = 0.4: roots 0.8 and 0.6, so weights 0.64 and 0.36.
  assertClose(of(maskedEntmax15, 0.4, 0), [0.64, 0.36], 1e-6);
});

onEngines('all three agree with their definition, its threshold found by halving', () => {
  const score = fc.float({ noNaN: true, min: -6, max: 6 });
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 7, maxLength: 7 }),
      fc.integer({ min: 1, max: 127 }),
      (scores, bits) => {
        const visible = scores.map((_, n) => (bits >> n) & 1);
        for (const [name, normalise, reference] of families) {
          const alpha = tf.tidy(() =>
            normalise(tf.tensor3d(scores, [1, 1, 7]), tf.tensor2d(visible, [1, 7])).dataSync(),
          );
          assertClose(alpha, reference(scores, visible), 1e-5, `${name} of ${scores}, visible ${visible}`);
          for (let n = 0; n < 7; n++) if (visible[n] === 0) assert.equal(alpha[n], 0);
        }
      },
    ),
    { numRuns: 150, seed: 2 },
  );
});

onEngines('long rows, tiny and huge scores: rows still sum to 1', () => {
  for (const [name, normalise, reference] of families) {
    for (const scale of [1e-4, 1, 1e6]) {
      const scores = Array.from({ length: 700 }, (_, n) => Math.fround(scale * Math.sin(12.9 * n)));
      const alpha = normalise(tf.tensor3d(scores, [1, 1, 700]), null).dataSync();
      assert.ok(Math.abs(sum(Array.from(alpha)) - 1) < 2e-5, `${name} at ${scale}`);
      assertClose(alpha, reference(scores, new Array(700).fill(1)), 1e-5, `${name} at ${scale}`);
    }
  }
});

onEngines('gradients agree with central differences, off the kinks and with a mask for each output', () => {
  const probe = wave(0.7, 2, 2, 5);
  const mask = tf.tensor3d([1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1], [2, 2, 5]);
  for (const scale of [0.4, 2]) {
    // With this offset every score is further than 0.04 from the threshold of its row.
    const scores = tf.mul(wave(5.7, 2, 2, 5), scale);
    for (const [, normalise] of families) {
      const f = (x: tf.Tensor) =>
        normalise(x as tf.Tensor3D, mask)
          .mul(probe)
          .sum() as tf.Scalar;
      assertGradients([scores], f);
      // None into padding, and a shift of all scores changes nothing.
      const gradient = tf.grad(f)(scores);
      assert.ok(gradient.mul(tf.sub(1, mask)).abs().max().dataSync()[0] === 0);
      assertClose(gradient.sum(2), [0, 0, 0, 0], 1e-5);
    }
  }
});

onEngines("sparsemax's gradient is exact: the mean over the support is taken off", () => {
  // Support 0, 1, 3: the errors 3, 6 and 0 less their mean.
  const scores = tf.tensor3d([[[0.3, 0.1, -2, 0]]]);
  const errors = tf.tensor3d([[[3, 6, 100, 0]]]);
  const gradient = tf.grad((x) =>
    maskedSparsemax(x as tf.Tensor3D, null)
      .mul(errors)
      .sum(),
  )(scores);
  assertClose(gradient, [0, 3, 0, -3], 1e-6);
});

onEngines('the higher the order, the fewer positions have a weight', () => {
  const scores = wave<tf.Rank.R3>(1, 1, 1, 20).mul(2) as tf.Tensor3D;
  const [soft, half, sparse] = families.map(
    ([, normalise]) =>
      normalise(scores, null)
        .dataSync()
        .filter((weight) => weight > 0).length,
  ) as [number, number, number];
  assert.equal(soft, 20);
  assert.ok(half < soft && sparse < half && sparse >= 1, `${soft}, ${half}, ${sparse}`);
});

onEngines('nothing is left behind', () => {
  const scores = wave<tf.Rank.R3>(1, 2, 3, 5);
  const mask = tf.ones([2, 5]) as tf.Tensor2D;
  const before = tf.memory().numTensors;
  for (const [, normalise] of families) {
    normalise(scores, mask).dispose();
    tf.grad((x) =>
      normalise(x as tf.Tensor3D, mask)
        .square()
        .sum(),
    )(scores).dispose();
  }
  assert.equal(tf.memory().numTensors, before);
});
