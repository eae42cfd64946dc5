import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {
  additiveScore,
  attend,
  createRandom,
  dotScore,
  initAdditive,
  maskedSoftmax,
  type Score,
  scaledDotScore,
} from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

const query = () => wave<tf.Rank.R3>(1, 2, 2, 3);
const keys = () => wave<tf.Rank.R3>(2, 2, 4, 3);
const values = () => wave<tf.Rank.R3>(3, 2, 4, 5);
const mask = () => tf.tensor2d([1, 1, 0, 1, 0, 1, 0, 0], [2, 4]);
const additiveWeights = () => ({
  queryKernel: wave<tf.Rank.R2>(4, 3, 6),
  keyKernel: wave<tf.Rank.R2>(5, 3, 6),
  vector: wave<tf.Rank.R1>(6, 6),
});

/** alpha and context by loops over numbers. */
function byHand(score: (query: number[], key: number[]) => number) {
  const [q, k, v, m] = [query().arraySync(), keys().arraySync(), values().arraySync(), mask().arraySync()];
  return q.map((rows, b) =>
    rows.map((row) => {
      const weights = k[b]!.map((key, j) => (m[b]![j] === 1 ? Math.exp(score(row, key)) : 0));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const alpha = weights.map((weight) => weight / total);
      const context = v[b]![0]!.map((_, u) =>
        alpha.reduce((sum, weight, j) => sum + weight * v[b]![j]![u]!, 0),
      );
      return { alpha, context };
    }),
  );
}

const dot = (a: number[], b: number[]) => a.reduce((sum, value, n) => sum + value * b[n]!, 0);
const times = (row: number[], matrix: number[][]) =>
  matrix[0]!.map((_, c) =>
    dot(
      row,
      matrix.map((line) => line[c]!),
    ),
  );

onEngines('every score agrees with loops over numbers', () => {
  const weights = additiveWeights();
  const [W, U, v] = [
    weights.queryKernel.arraySync(),
    weights.keyKernel.arraySync(),
    weights.vector.arraySync(),
  ];
  const cases: [Score, (q: number[], k: number[]) => number][] = [
    [dotScore, dot],
    [scaledDotScore, (q, k) => dot(q, k) / Math.sqrt(3)],
    [
      additiveScore(weights),
      (q, k) =>
        dot(
          v,
          times(q, W).map((x, n) => Math.tanh(x + times(k, U)[n]!)),
        ),
    ],
  ];
  for (const [score, reference] of cases) {
    const expected = byHand(reference);
    const { context, alpha } = attend({
      score,
      query: query(),
      keys: keys(),
      values: values(),
      mask: mask(),
    });
    assertClose(
      alpha,
      expected.flat().flatMap((row) => row.alpha),
      1e-5,
      `${score.name} alpha`,
    );
    assertClose(
      context,
      expected.flat().flatMap((row) => row.context),
      1e-5,
      `${score.name} context`,
    );
    // One output at a time, with the keys projected once.
    const projectedKeys = score.projectKeys(keys());
    const single = query().slice([0, 1, 0], [2, 1, 3]).squeeze([1]) as tf.Tensor2D;
    const one = attend({ score, query: single, projectedKeys, values: values(), mask: mask() });
    assertClose(
      one.alpha,
      expected.flatMap((rows) => rows[1]!.alpha),
      1e-5,
    );
    assert.deepEqual(one.context.shape, [2, 5]);
  }
});

onEngines('padding gets exactly 0 and rows sum to 1, whatever the scores', () => {
  const score = fc.float({ noNaN: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 6, maxLength: 6 }),
      fc.integer({ min: 1, max: 63 }),
      (scores, bits) => {
        const real = scores.map((_, n) => (bits >> n) & 1);
        const alpha = tf.tidy(() =>
          maskedSoftmax(tf.tensor3d(scores, [1, 1, 6]), tf.tensor2d(real, [1, 6])).dataSync(),
        );
        let sum = 0;
        for (let n = 0; n < 6; n++) {
          if (real[n] === 0) assert.equal(alpha[n], 0);
          assert.ok(alpha[n]! >= 0);
          sum += alpha[n]!;
        }
        assert.ok(Math.abs(sum - 1) < 1e-5, `sum ${sum}`);
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});

onEngines('padding has no say: its keys and values may hold anything', () => {
  const score = additiveScore(additiveWeights());
  const hole = mask().reshape([2, 4, 1]);
  const junk = (x: tf.Tensor3D) => tf.add(tf.mul(x, hole), tf.mul(tf.sub(1, hole), 1e4)) as tf.Tensor3D;
  const clean = attend({ score, query: query(), keys: keys(), values: values(), mask: mask() });
  const dirty = attend({ score, query: query(), keys: junk(keys()), values: junk(values()), mask: mask() });
  assertClose(dirty.context, clean.context.dataSync(), 1e-5);
});

onEngines('alpha follows the keys when they change places', () => {
  const order = [2, 0, 3, 1];
  const score = additiveScore(additiveWeights());
  const run = (k: tf.Tensor3D, v: tf.Tensor3D) => attend({ score, query: query(), keys: k, values: v });
  const before = run(keys(), values());
  const turn = (x: tf.Tensor3D) => tf.gather(x, tf.tensor1d(order, 'int32'), 1);
  const after = run(turn(keys()), turn(values()));
  assertClose(after.alpha, tf.gather(before.alpha, tf.tensor1d(order, 'int32'), 2).dataSync(), 1e-5);
  assertClose(after.context, before.context.dataSync(), 1e-5);
});

onEngines('gradients agree with central differences, and none goes into padding', () => {
  const weights = additiveWeights();
  const probe = wave(0.5, 2, 2, 5);
  const f = (
    q: tf.Tensor,
    k: tf.Tensor,
    v: tf.Tensor,
    queryKernel: tf.Tensor,
    keyKernel: tf.Tensor,
    vector: tf.Tensor,
  ) =>
    attend({
      score: additiveScore({ queryKernel, keyKernel, vector } as typeof weights),
      query: q as tf.Tensor3D,
      keys: k as tf.Tensor3D,
      values: v as tf.Tensor3D,
      mask: mask(),
    })
      .context.mul(probe)
      .sum() as tf.Scalar;
  assertGradients([query(), keys(), values(), ...Object.values(weights)], f as never);
  const toKeys = tf.grad((k) =>
    f(query(), k, values(), weights.queryKernel, weights.keyKernel, weights.vector),
  )(keys());
  assert.ok(
    toKeys
      .slice([0, 2, 0], [1, 1, 3])
      .dataSync()
      .every((value) => value === 0),
  );
});

onEngines('a row of padding, another number in the mask, wrong shapes: errors, never NaN', () => {
  const options = { score: dotScore, query: query(), keys: keys(), values: values() };
  assert.throws(() => attend({ ...options, mask: tf.zeros([2, 4]) }), /attend mask: row 0 is all padding/);
  assert.throws(() => attend({ ...options, mask: tf.fill([2, 4], 2) }), /got 2 at row 0/);
  assert.throws(
    () => attend({ ...options, mask: tf.ones([2, 3]) }),
    /attend mask: expected shape \[batch 2, source 4\]/,
  );
  assert.throws(
    () => attend({ ...options, keys: wave(1, 2, 3, 3) }),
    /attend keys: expected shape .*source 4.* got \[2, 3, 3\]/,
  );
  assert.throws(
    () => attend({ ...options, query: wave<tf.Rank.R3>(1, 2, 2, 4) }),
    /dot query: expected shape .*units 3/,
  );
  const broken = wave<tf.Rank.R3>(1, 2, 2, 3).div([1, 1, 0]) as tf.Tensor3D; // infinite in the last unit
  assert.throws(
    () => attend({ ...options, query: broken }),
    /attend: the score of row 0, output 0, position 0 is -?Infinity, not a finite number/,
  );
  // Only what can be seen is looked at: padding may hold anything.
  const hidden = keys().div(mask().expandDims(2)) as tf.Tensor3D;
  const seen = attend({ ...options, keys: hidden, mask: mask() });
  assertClose(seen.alpha, attend({ ...options, mask: mask() }).alpha.dataSync(), 1e-6);
  assert.ok(
    attend({ ...options, query: broken, check: false })
      .alpha.dataSync()
      .some(Number.isNaN),
  );
  assert.throws(
    () => attend({ score: dotScore, query: query(), values: values() }),
    /give keys, or projectedKeys/,
  );
  assert.equal(3, initAdditive(createRandom(0), { query: 3, key: 2, units: 6 }).queryKernel.shape[0]);
});
