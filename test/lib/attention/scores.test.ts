import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  attend,
  concatScore,
  cosineScore,
  generalScore,
  locationScore,
  locationSensitiveScores,
  type Score,
} from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';
import { dot, mix, softmax, times, type Vector } from './by-hand.js';

const query = () => wave<tf.Rank.R3>(1, 2, 2, 3);
const keys = () => wave<tf.Rank.R3>(2, 2, 4, 5);
const values = () => wave<tf.Rank.R3>(3, 2, 4, 2);
const mask = () => tf.tensor2d([1, 1, 0, 1, 0, 1, 0, 0], [2, 4]);

const general = () => ({ kernel: wave<tf.Rank.R2>(4, 3, 5) });
const location = () => ({ kernel: wave<tf.Rank.R2>(5, 3, 6) });
const concat = () => ({
  queryKernel: wave<tf.Rank.R2>(6, 3, 4),
  keyKernel: wave<tf.Rank.R2>(7, 5, 4),
  vector: wave<tf.Rank.R1>(8, 4),
});
const cosine = () => ({
  queryKernel: wave<tf.Rank.R2>(9, 3, 5),
  strengthKernel: wave<tf.Rank.R2>(10, 3, 1),
  strengthBias: wave<tf.Rank.R1>(11, 1),
});

/** Each score of query and key number j by its equation. */
const cases = (): [Score, (q: Vector, k: Vector, j: number) => number][] => {
  const W = general().kernel.arraySync();
  const L = location().kernel.arraySync();
  const c = concat();
  // W [query; key] with one matrix, as the paper has it.
  const stacked = tf.concat([c.queryKernel, c.keyKernel], 0).arraySync() as number[][];
  const v = c.vector.arraySync();
  const n = cosine();
  const [Q, w, [b]] = [n.queryKernel.arraySync(), n.strengthKernel.arraySync(), n.strengthBias.arraySync()];
  return [
    [generalScore(general()), (q, k) => dot(times(q, W), k)],
    [locationScore(location()), (q, _, j) => times(q, L)[j]!],
    [concatScore(c), (q, k) => dot(v, times([...q, ...k], stacked).map(Math.tanh))],
    [
      cosineScore(n),
      (q, k) => {
        const asked = times(q, Q);
        const strength = Math.log1p(Math.exp(times(q, w)[0]! + b!));
        return (strength * dot(asked, k)) / Math.sqrt(dot(asked, asked) * dot(k, k));
      },
    ],
  ];
};

onEngines('general, location, concat and cosine agree with loops over numbers', () => {
  const [q, k, v, m] = [query().arraySync(), keys().arraySync(), values().arraySync(), mask().arraySync()];
  for (const [score, reference] of cases()) {
    const alphas = q.map((rows, b) =>
      rows.map((row) =>
        softmax(
          k[b]!.map((key, j) => reference(row, key, j)),
          m[b]!,
        ),
      ),
    );
    const { alpha, context } = attend({
      score,
      query: query(),
      keys: keys(),
      values: values(),
      mask: mask(),
    });
    assertClose(alpha, alphas.flat(2), 1e-5, `${score.name} alpha`);
    const contexts = alphas.map((rows, b) => rows.map((row) => mix(row, v[b]!)));
    assertClose(context, contexts.flat(2), 1e-5, `${score.name} context`);
  }
});

onEngines('alpha follows the keys when they change places, but for the score that does not see them', () => {
  const order = tf.tensor1d([2, 0, 3, 1], 'int32');
  for (const [score] of cases()) {
    const run = (k: tf.Tensor3D) => attend({ score, query: query(), keys: k, values: k }).alpha;
    const before = run(keys());
    const after = run(tf.gather(keys(), order, 1));
    const expected = score.name === 'location' ? before : tf.gather(before, order, 2);
    assertClose(after, expected.dataSync(), 1e-6, score.name);
  }
});

onEngines('closed forms: what the equation gives in the head', () => {
  // W = identity: general is the dot product, so keys 0 and ln 3 along the query give 1/4 and 3/4.
  const eye = tf.eye(2);
  const line = tf.tensor3d([0, 0, Math.log(3), 0], [1, 2, 2]);
  const one = tf.tensor2d([[1, 0]]);
  const score = generalScore({ kernel: eye });
  assertClose(attend({ score, query: one, keys: line, values: line }).alpha, [0.25, 0.75], 1e-6);
  // Vectors of any length along the query, across it and against it: cosines 1, 0, -1.
  const star = tf.tensor3d([5, 0, 0, 0.1, -3, 0], [1, 3, 2]);
  const plain = cosineScore({
    queryKernel: eye,
    strengthKernel: tf.zeros([2, 1]),
    strengthBias: tf.tensor1d([Math.log(Math.expm1(2))]),
  });
  const scores = plain.scores(tf.tensor3d([[[0.01, 0]]]), plain.projectKeys(star));
  assertClose(scores, [2, 0, -2], 1e-5);
  // A vector without direction is like nothing, and that is a number.
  assertClose(plain.scores(tf.zeros([1, 1, 2]), plain.projectKeys(star)), [0, 0, 0], 1e-6);
});

onEngines('gradients of the scores agree with central differences', () => {
  const probe = wave(0.5, 2, 2, 2);
  const build: [() => tf.Tensor[], (weights: tf.Tensor[]) => Score][] = [
    [() => [general().kernel], ([kernel]) => generalScore({ kernel: kernel as tf.Tensor2D })],
    [() => [location().kernel], ([kernel]) => locationScore({ kernel: kernel as tf.Tensor2D })],
    [
      () => Object.values(concat()),
      ([queryKernel, keyKernel, vector]) =>
        concatScore({ queryKernel, keyKernel, vector } as ReturnType<typeof concat>),
    ],
    [
      () => Object.values(cosine()),
      ([queryKernel, strengthKernel, strengthBias]) =>
        cosineScore({ queryKernel, strengthKernel, strengthBias } as ReturnType<typeof cosine>),
    ],
  ];
  for (const [weights, score] of build) {
    const context = (q: tf.Tensor, k: tf.Tensor, rest: tf.Tensor[]) =>
      attend({
        score: score(rest),
        query: q as tf.Tensor3D,
        keys: k as tf.Tensor3D,
        values: values(),
        mask: mask(),
      })
        .context.mul(probe)
        .sum() as tf.Scalar;
    if (score(weights()).name === 'location') {
      assertGradients([query(), ...weights()], (q, ...rest) => context(q!, keys(), rest));
    } else {
      assertGradients([query(), keys(), ...weights()], (q, k, ...rest) => context(q!, k!, rest));
    }
  }
});

const sensitive = () => ({
  queryKernel: wave<tf.Rank.R2>(1, 3, 4),
  keyKernel: wave<tf.Rank.R2>(2, 5, 4),
  filterKernel: wave<tf.Rank.R2>(3, 3, 2),
  locationKernel: wave<tf.Rank.R2>(4, 2, 4),
  bias: wave<tf.Rank.R1>(5, 4),
  vector: wave<tf.Rank.R1>(6, 4),
});

onEngines('location-sensitive scores agree with loops over numbers', () => {
  const weights = sensitive();
  const [W, V, F, U, b, w] = Object.values(weights).map((x) => x.arraySync()) as [
    number[][],
    number[][],
    number[][],
    number[][],
    number[],
    number[],
  ];
  const previous = tf.tensor2d([0.1, 0.2, 0.7, 0, 0.4, 0.1, 0.2, 0.3], [2, 4]);
  const [q, k, p] = [
    tf.unstack(query(), 1)[0]!.arraySync() as number[][],
    keys().arraySync(),
    previous.arraySync(),
  ];
  const expected = q.map((row, n) =>
    k[n]!.map((key, j) => {
      // The filter's middle lies on position j; beyond the ends the alpha is 0.
      const f = times(
        [-1, 0, 1].map((offset) => p[n]![j + offset] ?? 0),
        F,
      );
      const sums = times(row, W).map((x, u) => x + times(key, V)[u]! + times(f, U)[u]! + b[u]!);
      return dot(w, sums.map(Math.tanh));
    }),
  );
  const first = tf.unstack(query(), 1)[0] as tf.Tensor2D;
  const projected = tf.matMul(keys().reshape([8, 5]), weights.keyKernel).reshape([2, 4, 4]) as tf.Tensor3D;
  assertClose(locationSensitiveScores(weights, first, projected, previous), expected.flat(), 1e-5);
  // Through the previous alpha too: an error in one output reaches what the output before it paid.
  const probe = wave(0.3, 2, 4);
  assertGradients(
    [first, projected, previous, weights.filterKernel, weights.locationKernel, weights.bias],
    (a, c, d, filterKernel, locationKernel, bias) =>
      locationSensitiveScores(
        { ...weights, filterKernel, locationKernel, bias } as typeof weights,
        a as tf.Tensor2D,
        c as tf.Tensor3D,
        d as tf.Tensor2D,
      )
        .mul(probe)
        .sum(),
  );
});

onEngines('sizes that do not fit are errors that name them', () => {
  const run = (score: Score, k = keys(), q = query()) => attend({ score, query: q, keys: k, values: k });
  assert.throws(
    () => run(generalScore(general()), wave(1, 2, 4, 4)),
    /general keys: expected .*units 5\], got \[2, 4, 4\]/,
  );
  assert.throws(() => run(generalScore(general()), keys(), wave(1, 2, 2, 4)), /general query: .*units 3/);
  assert.throws(
    () => run(locationScore(location()), wave(1, 2, 7, 5)),
    /the source has 7 positions, the score was made for at most 6; cut the source/,
  );
  assert.throws(() => run(cosineScore(cosine()), wave(1, 2, 4, 4)), /cosine keys: .*units 5/);
  const even = { ...sensitive(), filterKernel: wave<tf.Rank.R2>(1, 4, 2) };
  assert.throws(
    () => locationSensitiveScores(even, tf.zeros([2, 3]), tf.zeros([2, 4, 4]), tf.zeros([2, 4])),
    /width must be odd, so that they have a middle, got 4/,
  );
});
