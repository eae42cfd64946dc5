import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { copyLoss, copyScores, coverageLoss, replaceUnknown } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

/** Vocabulary of 4; symbols 4 and 5 stand in the sources alone. */
const size = 6;
const sourceIds = [
  [1, 4, 1],
  [5, 2, 0],
];
const steps = () => ({
  logits: wave<tf.Rank.R3>(1, 2, 2, 4),
  alphas: tf.tensor3d([0.2, 0.3, 0.5, 0.6, 0.4, 0, 0.9, 0.1, 0, 0.3, 0.7, 0], [2, 2, 3]),
  making: tf.tensor2d([0.6, 0.1, 0.5, 0.8], [2, 2]),
});

/** Equation 9 of See et al. (2017), symbol by symbol. */
function chances(): number[][][] {
  const { logits, alphas, making } = steps();
  const made = tf.softmax(logits).arraySync();
  const paid = alphas.arraySync();
  return making.arraySync().map((row, b) =>
    row.map((p, t) =>
      Array.from({ length: size }, (_, id) => {
        const copied = sourceIds[b]!.reduce((sum, at, i) => sum + (at === id ? paid[b]![t]![i]! : 0), 0);
        return p * (made[b]![t]![id] ?? 0) + (1 - p) * copied;
      }),
    ),
  );
}

onEngines('making and copying mix to one distribution over vocabulary and source', () => {
  const expected = chances();
  for (const row of expected.flat()) assertClose([row.reduce((sum, p) => sum + p, 0)], [1], 1e-6);
  const { logits, alphas, making } = steps();
  for (let t = 0; t < 2; t++) {
    const scores = copyScores(
      {
        logits: logits.slice([0, t, 0], [2, 1, 4]).squeeze([1]),
        alpha: alphas.slice([0, t, 0], [2, 1, 3]).squeeze([1]),
        making: making.slice([0, t], [2, 1]).squeeze([1]),
      },
      { ids: sourceIds.map((ids) => ids.filter((id) => id > 0)), size },
    );
    assertClose(
      tf.exp(scores),
      expected.flatMap((row) => row[t]!),
      1e-6,
    );
  }
});

onEngines('the loss of copying is -ln of that, its gradient that of central differences', () => {
  const labels = tf.tensor2d([1, 4, 3, 5], [2, 2], 'int32');
  const mask = tf.tensor2d([1, 1, 1, 0], [2, 2]);
  const ids = tf.tensor2d(sourceIds, [2, 3], 'int32');
  const { logits, alphas, making } = steps();
  const p = chances();
  const expected = -(Math.log(p[0]![0]![1]!) + Math.log(p[0]![1]![4]!) + Math.log(p[1]![0]![3]!)) / 3;
  const before = tf.memory().numTensors;
  const loss = copyLoss({ logits, alphas, making }, ids, labels, mask);
  assert.equal(tf.memory().numTensors, before + 1);
  assertClose(loss, [expected], 1e-5);
  assertGradients([logits, alphas, making], (l, a, m) =>
    copyLoss(
      { logits: l as tf.Tensor3D, alphas: a as tf.Tensor3D, making: m as tf.Tensor2D },
      ids,
      labels,
      mask,
    ),
  );
  assert.throws(
    () => copyLoss({ logits, alphas, making }, ids, labels, tf.zerosLike(mask)),
    /no real position/,
  );
  // A symbol that can be neither made nor copied costs much, and is no infinity.
  assert.ok(copyLoss({ logits, alphas, making }, ids, tf.fill([2, 2], 9, 'int32'), mask).dataSync()[0]! > 20);
});

onEngines('coverage: 0 for new places, 1 for the same again; brute force; gradient', () => {
  const eye = tf.eye(3).expandDims(0) as tf.Tensor3D;
  const all = tf.ones<tf.Rank.R2>([1, 3]);
  assertClose(coverageLoss(eye, all), [0], 1e-7);
  const still = tf.tile(tf.tensor3d([0, 1, 0], [1, 1, 3]), [1, 3, 1]);
  assertClose(coverageLoss(still, all), [2 / 3], 1e-6);
  const alphas = tf.softmax(wave<tf.Rank.R3>(2, 2, 3, 4));
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 0], [2, 3]);
  const rows = alphas.arraySync();
  let expected = 0;
  for (const [b, t] of [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
    [1, 1],
  ] as const)
    for (let i = 0; i < 4; i++) {
      const seen = rows[b]!.slice(0, t).reduce((sum, row) => sum + row[i]!, 0);
      expected += Math.min(rows[b]![t]![i]!, seen) / 5;
    }
  assertClose(coverageLoss(alphas, mask), [expected], 1e-6);
  assertGradients([alphas], (a) => coverageLoss(a as tf.Tensor3D, mask));
  assert.throws(() => coverageLoss(alphas, tf.zerosLike(mask)), /no real output/);
});

test('unknown words: the dictionary, else the source word itself, by the largest alpha', () => {
  const source = ['Herr', 'Kowalski', 'wohnt', 'in', 'Nienburg'];
  const tokens = ['<unknown>', '<unknown>', 'lives', 'in', '<unknown>'];
  const alpha = [0, 1, 2, 3, 4].map((at) => source.map((_, i) => (i === at ? 0.6 : 0.1)));
  const dictionary = new Map([['Herr', 'Mr']]);
  assert.deepEqual(replaceUnknown(tokens, alpha, source, { dictionary }), [
    'Mr',
    'Kowalski',
    'lives',
    'in',
    'Nienburg',
  ]);
  assert.deepEqual(replaceUnknown(['?'], [[0.5, 0.5]], ['a', 'b'], { unknown: '?' }), ['a']);
  assert.throws(() => replaceUnknown(tokens, alpha.slice(1), source), /expected 5 rows of alpha, .* got 4/);
  assert.throws(() => replaceUnknown(['<unknown>'], [[0, 1]], ['a']), /position 1, the source has 1 tokens/);
});
