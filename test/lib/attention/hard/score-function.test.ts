import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  choiceOutcomes,
  chooseSampled,
  createRandom,
  disposeParams,
  expectedLoss,
  initLearnedBaseline,
  learnedBaseline,
  lessonCase,
  scoreFunctionLoss,
  startBaseline,
  tableRow,
  train,
} from 'heed';
import { assertClose, onEngines } from '../../support/engines.js';

/* Three inputs that cost differently: a baseline that sees the input can tell them apart. The scores stay, only the baseline learns. */
onEngines('the learned baseline comes to predict the expected loss of each input', async () => {
  const rows = lessonCase();
  const expected = rows.map((row) => expectedLoss(choiceOutcomes(row)));
  const baseline = initLearnedBaseline(createRandom(1), { input: 3, units: 6 });
  const copies = 40;
  const inputs = tf.tile(tf.eye(3), [copies, 1]) as tf.Tensor2D;
  const scores = tf.tile(tf.tensor2d(rows.map((row) => [...row.scores])), [copies, 1]) as tf.Tensor2D;
  const values = tf.tensor2d(rows.map((row) => choiceOutcomes(row).map(({ loss }) => loss)));
  const losses = tf.tile(values, [copies, 1]).expandDims(1);
  let state = startBaseline;
  await train({
    params: baseline,
    steps: 400,
    learningRate: (step) => 0.02 * (1 - step / 400) + 1e-4,
    random: createRandom(3),
    batches: () => null,
    loss: (_, { random }) => {
      const choice = chooseSampled(scores, { random: random!, samples: 4 });
      const estimate = scoreFunctionLoss({
        losses: tf.sum(tf.mul(choice.weights, losses), 2) as tf.Tensor2D,
        logProb: choice.logProb,
        baseline: 'learned',
        state,
        predicted: learnedBaseline(baseline, inputs),
      });
      state = estimate.state;
      return estimate.loss;
    },
  });
  const left = state.mean / (1 - 0.9 ** state.count);
  const predicted = tf.tidy(() => [...learnedBaseline(baseline, tf.eye(3)).dataSync()].map((v) => v + left));
  predicted.forEach((value, b) => {
    // The loss of one draw has a deviation of 0.6 to 0.9; 160 draws a step and a falling rate leave a few hundredths.
    assert.ok(Math.abs(value - expected[b]!) < 0.08, `row ${b}: ${value}, expected ${expected[b]}`);
  });
  disposeParams(baseline);
}, ['wasm']);

onEngines('several looks in sequence: their ln p add up', () => {
  const first = tableRow({ scores: [0.3, -0.2], losses: [0, 0] });
  const cost = [
    [1, 4],
    [2, 0.5],
  ];
  // The second look's scores depend on where the first one fell.
  const second = [
    [0.1, 0.5],
    [-0.4, 0.2],
  ];
  const [alpha] = [choiceOutcomes(first)];
  const outcomes = alpha!.flatMap((a) =>
    choiceOutcomes(tableRow({ scores: second[a.positions[0]!]!, losses: cost[a.positions[0]!]! })).map(
      (b) => ({
        p: a.probability * b.probability,
        loss: b.loss,
        direction: a.direction,
      }),
    ),
  );
  const exact = [0, 1].map((j) => outcomes.reduce((sum, o) => sum + o.p * o.loss * o.direction[j]!, 0));
  const [examples, samples] = [2000, 4];
  const random = createRandom(5);
  const gradient = tf.grad((e) => {
    const rows = examples * samples;
    const one = chooseSampled(tf.broadcastTo(e, [rows, 2]) as tf.Tensor2D, { random });
    const at = one.weights.squeeze([1]) as tf.Tensor2D; // [rows, 2]
    const two = chooseSampled(tf.matMul(at, tf.tensor2d(second)), { random });
    const costs = tf.sum(tf.mul(tf.matMul(at, tf.tensor2d(cost)), two.weights.squeeze([1])), 1);
    return scoreFunctionLoss({
      losses: costs.reshape([examples, samples]),
      logProb: tf.add(one.logProb, two.logProb).reshape([examples, samples]),
    }).loss;
  })(tf.tensor2d([first.scores.slice()]));
  const error = 2 / Math.sqrt(examples * samples); // the deviation of one estimate is below 2
  assertClose(gradient, exact, 4 * error, 'gradient of the first look');
});
