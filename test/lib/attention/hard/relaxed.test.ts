import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { createRandom, type Estimator, hardAttention, relaxedWeights } from 'heed';
import { assertClose, onEngines } from '../../support/engines.js';
import { softmax } from '../by-hand.js';

const scores = [0.2, -0.4, 1.1, 0];
const values = [1, -0.5, 0.25, 2];

/** Gradient of (what was read)^2 by one estimator, and the weights that the loss saw. */
function run(
  estimator: Estimator,
  temperature: number,
  seed: number,
  e: readonly number[] = scores,
  mask: tf.Tensor2D | null = null,
) {
  let weights: number[] = [];
  let value = 0;
  const gradient = tf.tidy(() =>
    tf
      .grad((row) => {
        const hard = hardAttention({
          scores: row as tf.Tensor2D,
          mask,
          random: createRandom(seed),
          config: { estimator, temperature, samples: 1 },
          lossOf: (w) => tf.square(tf.sum(tf.mul(w, tf.tensor1d(values)), 2)) as tf.Tensor2D,
        });
        weights = [...hard.weights.dataSync()];
        value = hard.loss.dataSync()[0]!;
        return hard.loss;
      })(tf.tensor2d([[...e]]))
      .dataSync()
      .slice(),
  );
  return { weights, value, gradient };
}

onEngines('straight-through: forwards exactly one-hot, backwards the softmax', () => {
  const alpha = softmax(scores, [1, 1, 1, 1]);
  const drawn = new Set<number>();
  for (let seed = 1; seed <= 12; seed++) {
    const { weights, gradient, value } = run('straight-through', 1, seed);
    const at = weights.indexOf(1);
    drawn.add(at);
    assert.deepEqual(
      weights.filter((w) => w !== 0),
      [1],
    );
    assert.ok(Math.abs(value - values[at]! ** 2) < 1e-6);
    const slope = values.map((v) => 2 * values[at]! * v);
    const level = slope.reduce((sum, s, j) => sum + s * alpha[j]!, 0);
    assertClose(
      gradient,
      alpha.map((weight, j) => weight * (slope[j]! - level)),
      2e-6,
    );
  }
  assert.ok(drawn.size >= 3, 'several positions were drawn');
});

/*
 * Algorithm 2 of Liu et al. 2023, by the autograd of PyTorch 1.13, for each drawn z and temperatures 1 and 1.5:
 *   pi0 = theta.softmax(0); D = one_hot(z, 4).float()
 *   pi1 = (D + (theta / tau).softmax(0)) / 2
 *   pi1 = ((pi1.log() - theta).detach() + theta).softmax(0)
 *   pi2 = 2 * pi1 - pi0 / 2
 *   w = pi2 - pi2.detach() + D;  ((w * v).sum() ** 2).backward()
 */
const reinmax = [
  [0.3830812, -0.1705392, -0.3821518, 0.1696097],
  [0.3418366, -0.28084, -0.2958434, 0.2348469],
  [-0.1553713, 0.5584594, -0.1910759, -0.2120121],
  [-0.1712736, 0.6039504, -0.1649699, -0.2677069],
  [0.0388428, -0.0213174, -0.0917297, 0.0742042],
  [0.0427072, -0.0414334, -0.0975564, 0.0962826],
  [-0.4143235, -0.5684638, -1.7833748, 2.7661629],
  [-0.4596958, -0.8686302, -1.4260644, 2.7543905],
];

onEngines('ReinMax is its algorithm in PyTorch', () => {
  const drawn = new Set<number>();
  for (let seed = 1; seed <= 24; seed++) {
    for (const [n, temperature] of [1, 1.5].entries()) {
      const { weights, gradient } = run('reinmax', temperature, seed);
      const at = weights.indexOf(1);
      drawn.add(at);
      assert.deepEqual(
        weights.filter((w) => w !== 0),
        [1],
      );
      assertClose(gradient, reinmax[2 * at + n]!, 3e-6, `position ${at}, temperature ${temperature}`);
    }
  }
  assert.equal(drawn.size, 4, 'every position was drawn');
});

onEngines('Gumbel-softmax: the gradient is that of central differences with the same noise', () => {
  for (const temperature of [2, 0.7]) {
    for (const seed of [1, 2, 3]) {
      const { gradient, weights } = run('gumbel-softmax', temperature, seed);
      assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-6);
      const h = 1e-2;
      const differences = scores.map((_, j) => {
        const at = (shift: number) =>
          run(
            'gumbel-softmax',
            temperature,
            seed,
            scores.map((score, i) => score + (i === j ? shift : 0)),
          ).value;
        return (at(h) - at(-h)) / (2 * h);
      });
      assertClose(gradient, differences, 2e-3, `temperature ${temperature}`);
    }
  }
});

onEngines('straight-through Gumbel: forwards the largest of Gumbel-softmax, backwards its derivative', () => {
  for (const seed of [1, 2, 3, 4]) {
    const soft = run('gumbel-softmax', 0.7, seed).weights;
    const { weights, gradient } = run('straight-through gumbel', 0.7, seed);
    const at = soft.indexOf(Math.max(...soft));
    assert.deepEqual(
      weights,
      soft.map((_, j) => (j === at ? 1 : 0)),
    );
    const slope = values.map((v) => 2 * values[at]! * v);
    const level = slope.reduce((sum, s, j) => sum + s * soft[j]!, 0);
    assertClose(
      gradient,
      soft.map((weight, j) => (weight * (slope[j]! - level)) / 0.7),
      5e-6,
    );
  }
});

onEngines('padding gets exactly 0 and no gradient, by every estimator', () => {
  const mask = tf.tensor2d([[1, 1, 0, 1]]);
  const estimators = [
    ...(['soft', 'reinforce', 'straight-through', 'reinmax'] as const),
    ...(['gumbel-softmax', 'straight-through gumbel'] as const),
  ];
  for (const estimator of estimators) {
    for (const seed of [1, 2, 3]) {
      const config = { estimator, samples: 5, temperature: 0.5 };
      const e = tf.tensor2d([[0.1, 0.2, 40, -0.3]]);
      let seen: number[] = [];
      const gradient = tf.grad((row) => {
        const hard = hardAttention({
          scores: row as tf.Tensor2D,
          mask,
          random: createRandom(seed),
          config,
          lossOf: (w) => tf.square(tf.sum(tf.mul(w, tf.tensor1d(values)), 2)) as tf.Tensor2D,
        });
        seen = [...hard.weights.sum([0, 1]).dataSync()];
        return hard.loss;
      })(e);
      assert.equal(seen[2], 0, estimator);
      assert.equal(gradient.dataSync()[2], 0, estimator);
      assert.ok(gradient.dataSync().every(Number.isFinite), estimator);
    }
  }
});

onEngines('a temperature that is none, several positions where one is meant: errors', () => {
  const e = tf.tensor2d([scores]);
  const call = (config: object) =>
    hardAttention({
      scores: e,
      random: createRandom(1),
      config,
      lossOf: (w) => tf.sum(w, 2) as tf.Tensor2D,
    });
  for (const temperature of [0, -1, Number.NaN, Infinity])
    assert.throws(() => call({ estimator: 'gumbel-softmax', temperature }), /temperature must be above 0/);
  assert.throws(() => call({ estimator: 'reinmax', count: 2 }), /count must be 1 with the estimator reinmax/);
  assert.throws(() => call({ samples: 0 }), /samples must be a positive integer, got 0/);
  assert.throws(() => call({ samples: 1 }), /at least 2 with the baseline leave-one-out/);
  assert.throws(() => call({ baseline: 'mean' }), /the batch has only one; take leave-one-out/);
  assert.throws(() => call({ baseline: 'optimal', count: 2 }), /baseline optimal/);
  assert.throws(() => call({ baseline: 'learned' }), /needs predicted, from learnedBaseline/);
  assert.throws(() => call({ expected: 2 }), /expected must be in \[0, 1\], got 2/);
  assert.throws(() => call({ decay: 1 }), /decay must be in \[0, 1\)/);
  const random = createRandom(1);
  assert.throws(
    () =>
      hardAttention({
        scores: e,
        random,
        config: { samples: 3 },
        lossOf: (w) => tf.sum(w, 1) as tf.Tensor2D,
      }),
    /what lossOf returns: expected shape \[batch 1, samples 3\], got \[1, 4\]/,
  );
  assert.throws(
    () =>
      relaxedWeights(e, null, {
        estimator: 'exact',
        samples: 1,
        temperature: 1,
        count: 1,
        random: createRandom(1),
      }),
    /exact has no relaxed weights/,
  );
});
