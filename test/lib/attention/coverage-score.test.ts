import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { coverageScores, createAlignment, createRandom, initAlignment } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

const weights = () => ({
  queryKernel: wave<tf.Rank.R2>(1, 3, 4),
  keyKernel: wave<tf.Rank.R2>(2, 5, 4),
  coverageVector: wave<tf.Rank.R1>(3, 4),
  bias: wave<tf.Rank.R1>(4, 4),
  vector: wave<tf.Rank.R1>(5, 4),
});
const query = () => wave<tf.Rank.R2>(6, 2, 3);
const keys = () => wave<tf.Rank.R3>(7, 2, 6, 4);
const covered = () => tf.abs(wave<tf.Rank.R2>(8, 2, 6)) as tf.Tensor2D;

onEngines('coverage scores agree with loops over numbers, values and gradients', () => {
  const given = weights();
  const [W, u, b, w] = [
    given.queryKernel.arraySync(),
    given.coverageVector.arraySync(),
    given.bias.arraySync(),
    given.vector.arraySync(),
  ];
  const [q, k, c] = [query().arraySync(), keys().arraySync(), covered().arraySync()];
  const expected = k.map((rows, row) =>
    rows.map((key, j) =>
      w.reduce((sum, weight, a) => {
        const asked = q[row]!.reduce((total, value, n) => total + value * W[n]![a]!, b[a]!);
        return sum + weight * Math.tanh(asked + key[a]! + u[a]! * c[row]![j]!);
      }, 0),
    ),
  );
  assertClose(coverageScores(given, query(), keys(), covered()), expected.flat(), 1e-5);
  assertGradients(
    [query(), keys(), covered(), given.coverageVector, given.bias, given.vector],
    (q, k, c, coverageVector, bias, vector) =>
      coverageScores(
        { ...given, coverageVector, bias, vector } as ReturnType<typeof weights>,
        q as tf.Tensor2D,
        k as tf.Tensor3D,
        c as tf.Tensor2D,
      )
        .mul(wave(0.5, 2, 6))
        .sum() as tf.Scalar,
  );
});

onEngines('the state carries the sum of all alphas, from zeros', () => {
  const config = { score: 'coverage' } as const;
  const params = initAlignment(createRandom(3), config, { query: 4, key: 4, units: 5 });
  const alignment = createAlignment(config, params);
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0], [2, 6]);
  const memory = alignment.remember({ values: wave<tf.Rank.R3>(2, 2, 6, 4), mask });
  let state = alignment.start(memory);
  assert.equal(Math.max(...state.alpha.dataSync()), 0);
  const paid: tf.Tensor2D[] = [];
  for (const each of tf.unstack(wave<tf.Rank.R3>(1, 3, 2, 4)) as tf.Tensor2D[]) {
    const looked = alignment.look(each, memory, state);
    paid.push(looked.alpha);
    state = looked.state;
    assertClose(state.alpha, tf.addN(paid).dataSync(), 1e-6);
  }
});

/*
 * A reader without place or content to go by (equal queries, a key per position) can only visit every position once if it
 * knows where it has been. A position that was paid for pushes the score down: u < 0 along w.
 */
onEngines('closed form: a strong negative coverage weight visits every position once', () => {
  const units = 1;
  const params = {
    queryKernel: tf.variable(tf.zeros([1, units])),
    keyKernel: tf.variable(tf.ones([1, units])),
    coverageVector: tf.variable(tf.tensor1d([-3])),
    bias: tf.variable(tf.zeros([units])),
    vector: tf.variable(tf.tensor1d([200])),
  };
  const alignment = createAlignment({ score: 'coverage' }, params);
  const keys = tf.tensor3d([0.5, 0.4, 0.3, 0.2], [1, 4, 1]);
  const { alpha } = alignment.lookAll(tf.zeros([1, 4, 1]), alignment.remember({ values: keys }));
  assertClose(alpha, tf.eye(4).dataSync(), 1e-3);
  tf.dispose(params);
});

onEngines('coverage and a monotonic reader exclude each other', () => {
  assert.throws(
    () =>
      initAlignment(
        createRandom(1),
        { score: 'coverage', normalise: 'monotonic' },
        { query: 2, key: 2, units: 2 },
      ),
    /"monotonic" goes on from the last alpha, and the score "coverage" from the sum of all/,
  );
});
