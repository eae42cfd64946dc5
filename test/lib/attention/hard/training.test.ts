import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  annealed,
  chooseGreedy,
  createRandom,
  defaultHardConfig,
  disposeParams,
  type HardConfig,
  hardAttention,
  initLearnedBaseline,
  learnedBaseline,
  type Random,
  startBaseline,
  train,
  xuConfig,
} from 'heed';
import { assertClose, onEngines } from '../../support/engines.js';

const [batch, length, kinds] = [16, 6, 4];

/** Words 0 ... 3 are the answer, words 4 ... 9 say nothing; one of each sentence's words is an answer. */
function sentences(random: Random) {
  const answers = Array.from({ length: batch }, () => random.integer(kinds));
  const places = answers.map(() => random.integer(length));
  const words = answers.map((answer, b) =>
    Array.from({ length }, (_, t) => (t === places[b] ? answer : kinds + random.integer(6))),
  );
  return { answers, places, words };
}

/** Trains scores and answers from one-hot words, and returns how often the greedy choice is the right place. */
async function learns(config: Partial<HardConfig>, steps = 150) {
  const random = createRandom(1);
  const params = {
    score: tf.variable(tf.tensor2d(random.normals(10, 0, 0.1), [10, 1])),
    answer: tf.variable(tf.tensor2d(random.normals(40, 0, 0.1), [10, kinds])),
    baseline: initLearnedBaseline(random.child('baseline'), { input: 10, units: 4 }),
  };
  const data = createRandom(2);
  let state = startBaseline;
  const tensors: number[] = [];
  const scoresOf = (words: tf.Tensor3D) =>
    tf.matMul(words.reshape([-1, 10]), params.score).reshape([-1, length]) as tf.Tensor2D;
  const entropy = annealed({ from: 0.3, to: 0, steps });
  const result = await train({
    params,
    steps,
    learningRate: 0.05,
    random: random.child('train'),
    batches: () => sentences(data),
    loss: ({ words, answers }, context) => {
      const hot = tf.oneHot(tf.tensor2d(words, [batch, length], 'int32'), 10).cast('float32') as tf.Tensor3D;
      const right = tf.oneHot(tf.tensor1d(answers, 'int32'), kinds).cast('float32').expandDims(1);
      const hard = hardAttention({
        scores: scoresOf(hot),
        random: context.random!,
        state,
        predicted: learnedBaseline(params.baseline, tf.mean(hot, 1) as tf.Tensor2D),
        config: { entropy: entropy(context.step), ...config },
        lossOf: (weights) => {
          const samples = weights.shape[1];
          const read = tf.matMul(weights, hot).reshape([-1, 10]) as tf.Tensor2D;
          const logits = tf.matMul(read, params.answer).reshape([batch, samples, kinds]);
          return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), right), 2)) as tf.Tensor2D;
        },
      });
      state = hard.state;
      return hard.loss;
    },
    onStep: () => {
      tensors.push(tf.memory().numTensors);
    },
  });
  const { words, places } = sentences(createRandom(3));
  const found = tf.tidy(() =>
    chooseGreedy(
      scoresOf(tf.oneHot(tf.tensor2d(words, [batch, length], 'int32'), 10).cast('float32') as tf.Tensor3D),
    ).positions.dataSync(),
  );
  disposeParams(params);
  return {
    share: places.filter((place, b) => place === found[b]).length / batch,
    grown: tensors.at(-1)! - tensors[10]!,
    state,
    history: result.history,
  };
}

const ways: readonly Partial<HardConfig>[] = [
  { estimator: 'soft' },
  { estimator: 'exact' },
  { baseline: 'leave-one-out' },
  { baseline: 'moving average' },
  { baseline: 'self-critical' },
  { baseline: 'learned' },
  { baseline: 'learned', normaliseVariance: true },
  { baseline: 'leave-one-out', count: 2 },
  { ...xuConfig, samples: 4, entropy: 0.1 },
  { estimator: 'reinmax' },
  { estimator: 'gumbel-softmax', temperature: 0.7 },
  { estimator: 'straight-through gumbel', temperature: 0.7 },
];

for (const config of ways) {
  onEngines(`a reader learns where to look, and no tensor stays: ${JSON.stringify(config)}`, async () => {
    const { share, grown, history } = await learns(config);
    assert.equal(grown, 0);
    assert.ok(history.every(({ loss }) => Number.isFinite(loss)));
    assert.ok(share >= 15 / 16, `${share} of the places found`);
  }, ['wasm']);
}

onEngines('the value is the mean loss less the bonus, though the gradient is more', () => {
  const scores = tf.tensor2d([[0.1, 0.4, -1]]);
  const losses = tf.tensor1d([1, 2, 3]);
  const hard = hardAttention({
    scores,
    random: createRandom(1),
    config: { entropy: 0.5 },
    lossOf: (w) => tf.sum(tf.mul(w, losses), 2) as tf.Tensor2D,
  });
  const mean = hard.losses.mean().dataSync()[0]!;
  assertClose(hard.loss.flatten(), [mean - 0.5 * hard.entropy.dataSync()[0]!], 1e-6);
});

onEngines("half of the examples see alpha, and their scores get the entropy's gradient alone", () => {
  const losses = tf.tensor1d([1, 2, 3]);
  const rows = 400;
  let sampled: boolean[] = [];
  const gradient = tf.grad((e) => {
    const hard = hardAttention({
      scores: e as tf.Tensor2D,
      random: createRandom(2),
      config: { ...xuConfig, entropy: 0 },
      lossOf: (w) => tf.sum(tf.mul(w, losses), 2) as tf.Tensor2D,
    });
    sampled = (hard.weights.arraySync() as number[][][]).map(([row]) => Math.max(...row!) === 1);
    return hard.loss;
  })(tf.tile(tf.tensor2d([[0.1, 0.4, -1]]), [rows, 1]));
  const share = sampled.filter(Boolean).length / rows;
  assert.ok(Math.abs(share - 0.5) < 4 * Math.sqrt(0.25 / rows), `${share} sampled`);
  const lengths = (tf.norm(gradient, 2, 1) as tf.Tensor1D).dataSync();
  sampled.forEach((was, b) => {
    assert.equal(lengths[b]! > 0, was);
  });
});

test('annealed goes from one value to the other, straight or by equal ratios, and stays', () => {
  const straight = annealed({ from: 1, to: 0, steps: 5 });
  assert.deepEqual([0, 1, 2, 3, 4, 9].map(straight), [1, 0.75, 0.5, 0.25, 0, 0]);
  const ratios = annealed({ from: 4, to: 0.25, steps: 5, shape: 'exponential' });
  [4, 2, 1, 0.5, 0.25, 0.25].forEach((value, step) => {
    assert.ok(Math.abs(ratios(step) - value) < 1e-12);
  });
  assert.equal(annealed({ from: 1, to: 3, steps: 1 })(0), 3);
  assert.throws(() => annealed({ from: 1, to: 0, steps: 5, shape: 'exponential' }), /above 0/);
  assert.throws(() => annealed({ from: Number.NaN, to: 0, steps: 5 }), /finite/);
  assert.throws(() => annealed({ from: 1, to: 0, steps: 0 }), /at least 1/);
  assert.equal(defaultHardConfig.entropy, 0);
});
