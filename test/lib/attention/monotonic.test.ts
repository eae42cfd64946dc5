import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { monotonic, monotonicAlpha } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';
import { monotonicPaths, sigmoid, sum } from './by-hand.js';

const expected = (total: 'one' | 'paper') => monotonic({ form: 'expected', total });
const hard = (total: 'one' | 'paper') => monotonic({ form: 'hard', total });

/** The chances to stop, from scores and mask; with the total of one the last real position always stops. */
const stops = (scores: readonly (readonly number[])[], real: readonly number[], total: 'one' | 'paper') =>
  scores.map((row) =>
    row.map((e, j) => {
      if (real[j] === 0) return 0;
      return total === 'one' && j === real.lastIndexOf(1) ? 1 : sigmoid(e);
    }),
  );

onEngines('expected alpha is the sum over all ways to go through the source', () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true, min: -20, max: 20 }), { minLength: 15, maxLength: 15 }),
      fc.integer({ min: 1, max: 31 }),
      (flat, bits) => {
        const scores = [flat.slice(0, 5), flat.slice(5, 10), flat.slice(10)];
        const real = Array.from({ length: 5 }, (_, n) => (bits >> n) & 1);
        for (const total of ['one', 'paper'] as const) {
          const alpha = tf.tidy(() =>
            expected(total)(tf.tensor3d([scores]), tf.tensor2d([real]), undefined).dataSync(),
          );
          assertClose(alpha, monotonicPaths(stops(scores, real, total)).flat(), 1e-5, `${total} ${real}`);
          for (const [n, weight] of alpha.entries()) if (real[n % 5] === 0) assert.equal(weight, 0);
        }
      },
    ),
    { numRuns: 100, seed: 4 },
  );
});

onEngines('closed form: an even chance to stop halves what goes on', () => {
  const alpha = expected('paper')(tf.zeros([1, 2, 4]), null);
  // First output 1/2, 1/4, 1/8, 1/16; second (n + 1) / 2^(n + 2): ways to split n steps between both.
  assert.deepEqual(Array.from(alpha.dataSync()), [
    ...[1 / 2, 1 / 4, 1 / 8, 1 / 16],
    ...[1 / 4, 2 / 8, 3 / 16, 4 / 32],
  ]);
});

onEngines('long sources, certain and impossible stops: alpha stays exact, gradients stay numbers', () => {
  // Where a running product of 1 - p is divided by, all of this is 0 / 0.
  const source = 300;
  const scores = Array.from({ length: source }, (_, j) => (j % 50 === 49 ? 40 : -40));
  const given = tf.tensor3d([[scores, scores, scores.map(() => 90)]]);
  const alpha = expected('one')(given, null);
  const rows = alpha.arraySync()[0]!;
  for (const row of rows) assert.ok(Math.abs(sum(row) - 1) < 1e-5);
  assert.ok(Math.abs(rows[0]![49]! - 1) < 1e-6 && Math.abs(rows[2]![49]! - 1) < 1e-6);
  const gradient = tf.grad((x) =>
    expected('one')(x as tf.Tensor3D, null)
      .square()
      .sum(),
  )(given);
  assert.ok(gradient.dataSync().every(Number.isFinite));
});

onEngines('with tens of thousands of doubtful stops the recurrence still sums to 1', () => {
  const stop = tf.fill([1, 1, 20000], 0.001) as tf.Tensor3D;
  const start = tf.oneHot(tf.tensor1d([0], 'int32'), 20000).cast('float32') as tf.Tensor2D;
  const alpha = monotonicAlpha(stop, tf.sub(1, stop), start).dataSync();
  assertClose([alpha[0]!, alpha[5000]!], [0.001, 0.001 * 0.999 ** 5000], 1e-7);
  assert.ok(Math.abs(sum(Array.from(alpha)) - 1) < 1e-4);
});

onEngines('gradients agree with central differences, those of the alpha before included', () => {
  const scores = wave(1, 2, 3, 4).mul(2);
  const previous = tf.tensor2d([0.5, 0.3, 0.2, 0, 0, 0.9, 0.1, 0], [2, 4]);
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 0], [2, 4]);
  const probe = wave(2, 2, 3, 4);
  for (const total of ['one', 'paper'] as const) {
    assertGradients([scores, previous], (e, before) =>
      expected(total)(e as tf.Tensor3D, mask, before as tf.Tensor2D)
        .mul(probe)
        .sum(),
    );
  }
});

onEngines('the hard reader stops at the first position that it likes, and never goes back', () => {
  const scores = tf.tensor3d([
    [
      [-1, 2, -1, 3, -9],
      [5, -1, 4, 1, -9],
      [-1, -1, -1, -1, -9],
      [9, 9, 9, 9, -9],
    ],
  ]);
  const mask = tf.tensor2d([[1, 1, 1, 1, 0]]);
  assert.deepEqual(hard('paper')(scores, mask).arraySync()[0], [
    [0, 1, 0, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 0, 0, 0, 0], // ran off the end: looks at nothing from here on
    [0, 0, 0, 0, 0],
  ]);
  assert.deepEqual(hard('one')(scores, mask).arraySync()[0]!.slice(2), [
    [0, 0, 0, 1, 0],
    [0, 0, 0, 1, 0],
  ]);
});

onEngines('where all scores are large, expected and hard alpha are the same', () => {
  const scores = tf.mul(tf.sign(wave(3, 2, 4, 6)), 50) as tf.Tensor3D;
  assertClose(expected('one')(scores, null), hard('one')(scores, null).dataSync(), 1e-6);
});

onEngines('expected alpha is the mean of hard readers that throw dice', () => {
  // 20 000 readers, seeded; the standard error is below 0.0036, the tolerance more than four of them.
  const stop = [
    [0.2, 0.5, 0.3, 1],
    [0.6, 0.1, 0.4, 1],
  ];
  let seed = 7;
  const dice = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const counts = stop.map((row) => row.map(() => 0));
  for (let reader = 0; reader < 20000; reader++) {
    let at = 0;
    for (const [i, row] of stop.entries()) {
      while (dice() >= row[at]!) at++;
      counts[i]![at]! += 1 / 20000;
    }
  }
  const scores = tf.tensor3d([stop.map((row) => row.map((p) => (p === 1 ? 60 : Math.log(p / (1 - p)))))]);
  assertClose(expected('paper')(scores, null), counts.flat(), 0.016);
});

onEngines('a mask for each output is refused', () => {
  assert.throws(
    () => expected('one')(tf.zeros([1, 2, 3]), tf.ones<tf.Rank.R3>([1, 2, 3])),
    /one mask for all outputs/,
  );
});
