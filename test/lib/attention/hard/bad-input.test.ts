import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  annealed,
  attentionEntropy,
  chooseGreedy,
  chooseSampled,
  createRandom,
  exactGradient,
  expectedLoss,
  gumbelMoments,
  hardAttention,
  measureEstimator,
  optimalBaseline,
  relaxedWeights,
  scoreFunctionLoss,
  scoreFunctionMoments,
  straightThroughMoments,
  tableRow,
} from 'heed';
import { onEngines } from '../../support/engines.js';

const random = createRandom(1);
const relaxed = { estimator: 'gumbel-softmax', samples: 1, temperature: 1, count: 1, random } as const;

onEngines('bad inputs are errors that name them, and nothing stays behind', () => {
  const scores = tf.tensor2d([
    [1, 2, 3],
    [0, 1, 0],
  ]);
  const holed = tf.tensor2d([
    [1, Number.NaN, 3],
    [0, 1, 0],
  ]);
  const empty = tf.tensor2d([
    [1, 0, 1],
    [0, 0, 0],
  ]);
  const wide = tf.ones([2, 4]) as tf.Tensor2D;
  const none = tf.zeros([0, 3]) as tf.Tensor2D;
  const before = tf.memory().numTensors;
  const hard = (config: object) => () =>
    hardAttention({ scores, random, config, lossOf: (w) => tf.sum(w, 2) as tf.Tensor2D });
  const cases: readonly [() => unknown, RegExp][] = [
    [hard({ estimator: 'Reinforce' }), /estimator must be one of soft, reinforce, exact, .* got "Reinforce"/],
    [hard({ baseline: 'loo' }), /baseline must be one of none, mean, .* got "loo"/],
    [
      hard({ estimator: 'reinmax', count: 2 }),
      /count must be 1 with the estimator reinmax; several positions are chosen by soft, reinforce, gumbel-softmax, straight-through gumbel, got 2/,
    ],
    [
      hard({ estimator: 'gumbel-softmax', count: 4 }),
      /4 positions to choose, but row 0 has only 3 real ones/,
    ],
    [
      () => relaxedWeights(scores, null, { ...relaxed, temperature: 0 }),
      /temperature must be above 0.*got 0/,
    ],
    [
      () => relaxedWeights(scores, null, { ...relaxed, temperature: -1 }),
      /temperature must be above 0.*got -1/,
    ],
    [
      () => relaxedWeights(scores, null, { ...relaxed, samples: 0 }),
      /samples must be a positive integer, got 0/,
    ],
    [() => relaxedWeights(scores, empty, relaxed), /row 1 is all padding/],
    [() => relaxedWeights(holed, null, relaxed), /the score of row 0, output 0, position 1 is NaN/],
    [
      () => relaxedWeights(scores, null, { ...relaxed, estimator: 'exact' }),
      /exact has no relaxed weights; take hardAttention/,
    ],
    [() => chooseSampled(none, { random }), /the batch is empty/],
    [() => chooseGreedy(none), /the batch is empty/],
    [() => attentionEntropy(scores, empty), /attentionEntropy mask: row 1 is all padding/],
    [() => attentionEntropy(scores, wide), /expected shape \[batch 2, length 3\], got \[2, 4\]/],
    [() => optimalBaseline(scores, wide), /optimalBaseline losses: expected shape \[batch 2, length 3\]/],
    [
      () => scoreFunctionLoss({ losses: scores, logProb: scores, baseline: 'avg' as never }),
      /baseline must be one of none, .* got "avg"/,
    ],
    [
      () => scoreFunctionLoss({ losses: scores, logProb: scores, baseline: 'moving average', decay: 1 }),
      /decay must be in \[0, 1\), got 1/,
    ],
  ];
  for (const [call, message] of cases) assert.throws(call, message);
  assert.equal(tf.memory().numTensors, before);
});

test('the oracle says what it cannot compute', () => {
  const rows = [tableRow({ scores: [1, 2, 3], losses: [1, 0, 2] })];
  assert.throws(
    () => tableRow({ scores: [1, 0], losses: [1, Number.NaN] }),
    /losses\[1\] is NaN, not a finite/,
  );
  assert.throws(() => expectedLoss([]), /no outcome to take a mean of; choiceOutcomes lists those of a row/);
  assert.throws(() => exactGradient([]), /no outcome/);
  assert.throws(() => straightThroughMoments([], { estimator: 'reinmax' }), /the problem has no row/);
  assert.throws(
    () => straightThroughMoments(rows, { estimator: 'soft' as never }),
    /estimator must be one of straight-through, reinmax, got "soft"/,
  );
  assert.throws(
    () => scoreFunctionMoments(rows, { baseline: 'loo' as never, samples: 2 }),
    /baseline must be one of .* got "loo"/,
  );
  const gumbel = { estimator: 'gumbel-softmax', temperature: 1, random, draws: 10 } as const;
  assert.throws(() => gumbelMoments([], gumbel), /the problem has no row/);
  assert.throws(
    () => gumbelMoments(rows, { ...gumbel, estimator: 'gumbel' as never }),
    /estimator must be one of gumbel-softmax, straight-through gumbel/,
  );
  assert.throws(() => gumbelMoments(rows, { ...gumbel, count: 4 }), /a count of positions in 1 ... 3/);
  assert.throws(
    () => measureEstimator(rows, { config: {}, random, draws: 1 }),
    /draws must be an integer of at least 2, got 1/,
  );
  assert.throws(
    () => measureEstimator(rows, { config: {}, random, draws: 4, copies: 0 }),
    /copies must be a positive integer, got 0/,
  );
  assert.throws(
    () => annealed({ from: 1, to: 0.1, steps: 10, shape: 'cosine' as never }),
    /shape must be one of straight, exponential, got "cosine"/,
  );
});
