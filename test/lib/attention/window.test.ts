import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { attend, dotScore, localMonotonic, localPredictive, maskedEntmax15, maskedSoftmax } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';
import { dot, entmax, sigmoid, softmax, sum, times, type Vector } from './by-hand.js';

const query = () => wave<tf.Rank.R3>(1, 2, 4, 3);
const keys = () => wave<tf.Rank.R3>(2, 2, 6, 3);
const mask = () => tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0], [2, 6]);
const position = () => ({
  positionKernel: wave<tf.Rank.R2>(3, 3, 5),
  positionVector: wave<tf.Rank.R1>(4, 5).mul(2) as tf.Tensor1D,
});
const options = () => ({ score: dotScore, query: query(), keys: keys(), values: keys(), mask: mask() });
const numbers = () => [query().arraySync(), keys().arraySync(), mask().arraySync()] as const;

onEngines('local-m sees the positions around its own, and the end of the source once it is beyond it', () => {
  const [q, k, m] = numbers();
  for (const radius of [0, 1, 2]) {
    const { alpha } = attend({ ...options(), window: localMonotonic({ radius }) });
    const expected = q.map((rows, b) =>
      rows.map((row, t) => {
        const centre = Math.min(t, sum(m[b]!) - 1);
        const visible = m[b]!.map((real, j) => (real === 1 && Math.abs(j - centre) <= radius ? 1 : 0));
        return softmax(
          k[b]!.map((key) => dot(row, key)),
          visible,
        );
      }),
    );
    assertClose(alpha, expected.flat(2), 1e-5, `radius ${radius}`);
  }
});

/** local-p by its equations; positions count from 0. */
function predicted(radius: number, total: 'one' | 'paper', normalise: typeof softmax) {
  const [q, k, m] = numbers();
  const [W, v] = [position().positionKernel.arraySync(), position().positionVector.arraySync()];
  return q.map((rows, b) =>
    rows.map((row) => {
      const p = sum(m[b]!) * sigmoid(dot(v, times(row, W).map(Math.tanh)));
      const visible = m[b]!.map((real, j) => (real === 1 && Math.abs(j - p) <= radius ? 1 : 0));
      const scores = k[b]!.map((key) => dot(row, key));
      const sigma = radius / 2;
      const weights = normalise(scores, visible).map(
        (weight, j) => weight * Math.exp(-((j - p) ** 2) / (2 * sigma ** 2)),
      );
      return total === 'paper' ? weights : weights.map((weight) => weight / sum(weights));
    }),
  );
}

onEngines('local-p agrees with its equations, as published and with rows that sum to 1', () => {
  const order15 = (scores: Vector, visible: Vector) => entmax(scores, visible, 1.5);
  for (const radius of [1, 2, 10]) {
    for (const total of ['one', 'paper'] as const) {
      const window = localPredictive(position(), { radius, total });
      const soft = attend({ ...options(), window, normalise: maskedSoftmax });
      assertClose(soft.alpha, predicted(radius, total, softmax).flat(2), 1e-5, `${radius} ${total}`);
      const sparse = attend({ ...options(), window, normalise: maskedEntmax15 });
      assertClose(sparse.alpha, predicted(radius, total, order15).flat(2), 1e-5, `sparse ${radius} ${total}`);
    }
  }
});

onEngines('local-p: gradients agree with central differences, those of the place included', () => {
  const probe = wave(0.3, 2, 4, 3);
  for (const total of ['one', 'paper'] as const) {
    const { positionKernel, positionVector } = position();
    // So wide that no position crosses the window's end while the place moves.
    assertGradients([query(), positionKernel, positionVector], (q, kernel, vector) =>
      attend({
        ...options(),
        query: q as tf.Tensor3D,
        window: localPredictive(
          { positionKernel: kernel as tf.Tensor2D, positionVector: vector as tf.Tensor1D },
          { radius: 20, total },
        ),
      })
        .context.mul(probe)
        .sum(),
    );
  }
});

onEngines('whatever the mask and the output, something lies in the window and padding gets exactly 0', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 255 }),
      fc.integer({ min: 0, max: 3 }),
      fc.double({ min: -30, max: 30, noNaN: true }),
      (bits, radius, place) => {
        const real = Array.from({ length: 8 }, (_, n) => (bits >> n) & 1);
        // The place is anywhere from the first position to beyond the last.
        const somewhere = {
          positionKernel: tf.tensor2d([[20]]),
          positionVector: tf.tensor1d([place]),
        };
        for (const window of [
          localMonotonic({ radius }),
          localPredictive(somewhere, { radius: Math.max(1, radius), total: 'one' }),
        ]) {
          const alpha = tf.tidy(() =>
            attend({
              score: dotScore,
              query: tf.ones<tf.Rank.R3>([1, 10, 1]),
              keys: tf.ones([1, 8, 1]),
              values: tf.ones([1, 8, 1]),
              mask: tf.tensor2d(real, [1, 8]),
              window,
            }).alpha.arraySync(),
          );
          for (const row of alpha[0]!) {
            assert.ok(Math.abs(sum(row) - 1) < 1e-5, `${window.name}: ${row}`);
            for (const [j, weight] of row.entries()) if (real[j] === 0) assert.equal(weight, 0);
          }
        }
        tf.dispose(somewhere);
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

onEngines('a window without size is an error', () => {
  assert.throws(() => localMonotonic({ radius: -1 }), /radius must be an integer >= 0, got -1/);
  assert.throws(
    () => localPredictive(position(), { radius: 0, total: 'one' }),
    /radius must be an integer >= 1, got 0/,
  );
  assert.throws(() => localMonotonic({ radius: Number.NaN }), /got NaN/);
});
