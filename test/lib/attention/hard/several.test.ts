import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  choiceOutcomes,
  createRandom,
  gumbelMoments,
  gumbelNoise,
  hardAttention,
  lessonCase,
  measureEstimator,
  type Random,
  relaxedWeights,
  tableRow,
} from 'heed';
import { softLargest } from '../../../../lib/src/attention/hard/oracle/soft-largest.js';
import { assertClose, onEngines } from '../../support/engines.js';

const scores = [0.9, -0.3, 1.4, 0.2, -1.1];
const values = [1, -0.5, 0.25, 2, 0.7];
/** Gumbel noise of 0 everywhere. */
const noiseless = { uniform: () => Math.exp(-1) } as unknown as Random;

type Family = 'gumbel-softmax' | 'straight-through gumbel';

/** Weights, and the gradient of (what was read)^2 to the scores. */
function run(
  estimator: Family,
  count: number,
  temperature: number,
  { random = noiseless, row = scores, mask }: { random?: Random; row?: number[]; mask?: number[] } = {},
) {
  let weights: number[] = [];
  const gradient = tf.tidy(() =>
    tf
      .grad((e) => {
        const options = { estimator, samples: 1, temperature, count, random };
        const seen = relaxedWeights(e as tf.Tensor2D, mask ? tf.tensor2d([mask]) : null, options);
        weights = [...seen.dataSync()];
        return tf.square(tf.sum(tf.mul(seen, tf.tensor1d(values)))) as tf.Scalar;
      })(tf.tensor2d([row]))
      .dataSync()
      .slice(),
  );
  return { weights, gradient };
}

/*
 * The sampler of Xie and Ermon 2019 by the autograd of PyTorch 1.13, in doubles, without noise: for (count, temperature)
 *   a = keys; khot = onehot = 0
 *   for i in range(count): a = a + log(clamp(1 - onehot, min=1e-30)); onehot = softmax(a / t); khot += onehot
 *   ((khot * v).sum() ** 2).backward()
 */
const golden: readonly [count: number, temperature: number, weights: number[], gradient: number[]][] = [
  [
    2,
    1,
    [0.57406343, 0.19694352, 0.82431379, 0.31362316, 0.0910561],
    [0.33596443, -0.62975874, -0.69411033, 0.99491864, -0.00701401],
  ],
  [
    2,
    0.4,
    [0.8343301, 0.06527325, 0.87598986, 0.21540118, 0.00900561],
    [-0.24448001, -0.70730486, -0.43806378, 1.41075873, -0.02091008],
  ],
  [
    3,
    1,
    [0.85720484, 0.33327945, 1.13956942, 0.51021113, 0.15973516],
    [0.57131429, -1.55191756, -1.17509011, 2.18622534, -0.03053196],
  ],
  [
    3,
    0.4,
    [1.00829385, 0.21701566, 1.1779968, 0.56395655, 0.03273715],
    [-1.66183703, -3.15067657, 0.65003768, 4.24063059, -0.07815468],
  ],
];

onEngines('two and three positions at once: weights and gradient are those of the paper in PyTorch', () => {
  for (const [count, temperature, weights, gradient] of golden) {
    const got = run('gumbel-softmax', count, temperature);
    assertClose(got.weights, weights, 2e-6, `weights of ${count} at ${temperature}`);
    assertClose(got.gradient, gradient, 3e-5, `gradient of ${count} at ${temperature}`);
    const doubles = softLargest(scores, undefined, { count, temperature });
    const said = doubles.weights.reduce((sum, weight, j) => sum + weight * values[j]!, 0);
    assertClose(doubles.weights, weights, 2e-8, 'weights in doubles');
    assertClose(doubles.pullBack(values.map((value) => 2 * said * value)), gradient, 2e-8, 'in doubles');
  }
});

onEngines('straight-through: forwards the largest, backwards the derivative of the soft ones', () => {
  const mask = [1, 1, 0, 1, 1];
  for (const seed of [1, 2, 3, 4]) {
    const noise = gumbelNoise(createRandom(seed), [1, 1, 5]).dataSync();
    const keys = scores.map((score, j) => score + noise[j]!);
    const order = [0, 1, 3, 4].sort((a, b) => keys[b]! - keys[a]!);
    const { weights, gradient } = run('straight-through gumbel', 2, 0.7, {
      random: createRandom(seed),
      mask,
    });
    assert.deepEqual(
      weights,
      scores.map((_, j) => (order.slice(0, 2).includes(j) ? 1 : 0)),
    );
    const said = weights.reduce((sum: number, weight, j) => sum + weight * values[j]!, 0);
    const { pullBack } = softLargest(keys, mask, { count: 2, temperature: 0.7 });
    assertClose(gradient, pullBack(values.map((value) => 2 * said * value)), 2e-5, `seed ${seed}`);
    assert.equal(gradient[2], 0, 'padding');
  }
});

onEngines('no position is taken twice, however far one score is above the others', () => {
  for (const gap of [5, 20, 40]) {
    const row = [gap, 0.5, -0.2, 0, -1];
    for (const temperature of [0.1, 0.5]) {
      const { weights, gradient } = run('gumbel-softmax', 2, temperature, { row });
      assert.ok(Math.abs(weights[0]! - 1) < 1e-5, `gap ${gap}: ${weights}`);
      assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 2) < 1e-5, `gap ${gap}: they sum to 2`);
      assert.ok(gradient.every(Number.isFinite), `gap ${gap}, temperature ${temperature}: ${gradient}`);
    }
  }
});

onEngines('sets of two are drawn as often as the sum over their orders says', () => {
  const samples = 20_000;
  const options = { estimator: 'straight-through gumbel', samples, temperature: 1, count: 2 } as const;
  const drawn = relaxedWeights(tf.tensor2d([scores]), null, { ...options, random: createRandom(3) });
  const sets = new Map<string, number>();
  for (const { positions, probability } of choiceOutcomes(tableRow({ scores, losses: scores }), 2)) {
    const name = [...positions].sort().join();
    sets.set(name, (sets.get(name) ?? 0) + probability);
  }
  const counts = new Map<string, number>();
  for (const row of (drawn.arraySync() as number[][][])[0]!) {
    const name = row.flatMap((weight, j) => (weight === 1 ? [j] : [])).join();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assert.equal(sets.size, 10);
  const square = [...sets].reduce((sum, [name, probability]) => {
    const expected = probability * samples;
    return sum + ((counts.get(name) ?? 0) - expected) ** 2 / expected;
  }, 0);
  // 9 degrees of freedom: 27.9 once in a thousand.
  assert.ok(square < 27.9, `chi square ${square}`);
});

test('against the exact gradient, a sum over all pairs: bias falls and variance rises as it gets colder', () => {
  const rows = lessonCase();
  const moments = [4, 1, 0.25].map((temperature) =>
    gumbelMoments(rows, {
      estimator: 'gumbel-softmax',
      temperature,
      count: 2,
      random: createRandom(5),
      draws: 20_000,
    }),
  );
  for (const [n, colder] of moments.slice(1).entries()) {
    assert.ok(colder.bias < moments[n]!.bias - 3 * moments[n]!.biasError, `bias ${n}`);
    assert.ok(colder.variance > moments[n]!.variance, `variance ${n}`);
  }
  assert.ok(moments[2]!.bias < moments[0]!.bias / 5, `${moments[2]!.bias} of ${moments[0]!.bias}`);
});

onEngines('hardAttention has the moments that are computed for it', () => {
  const rows = lessonCase();
  for (const estimator of ['gumbel-softmax', 'straight-through gumbel'] as const) {
    const settings = { temperature: 0.8, count: 2 };
    const random = createRandom(9);
    const computed = gumbelMoments(rows, { ...settings, estimator, random, draws: 20_000 });
    const config = { ...settings, estimator, samples: 1 };
    const measured = measureEstimator(rows, { config, random: createRandom(8), draws: 8000 });
    for (const name of ['bias', 'variance'] as const) {
      const slack = 4 * Math.hypot(computed[`${name}Error`], measured[`${name}Error`]);
      const apart = Math.abs(computed[name] - measured[name]);
      assert.ok(apart < slack, `${estimator}: ${name} ${measured[name]}, computed ${computed[name]}`);
    }
  }
}, ['wasm']);

onEngines(
  'weights sum to the count for every estimator that chooses several, and nothing stays behind',
  () => {
    const e = tf.tensor2d([scores, scores]);
    const before = tf.memory().numTensors;
    for (const estimator of ['soft', 'reinforce', 'gumbel-softmax', 'straight-through gumbel'] as const) {
      const { weights, ...rest } = hardAttention({
        scores: e,
        random: createRandom(1),
        config: { estimator, count: 3 },
        lossOf: (w) => tf.sum(tf.mul(w, tf.tensor1d(values)), 2) as tf.Tensor2D,
      });
      tf.tidy(() =>
        assertClose(tf.sum(weights, 2), new Array(weights.shape[0] * weights.shape[1]).fill(3), 1e-5),
      );
      tf.dispose([weights, rest.loss, rest.losses, rest.alpha, rest.entropy]);
    }
    relaxedWeights(e, null, {
      estimator: 'gumbel-softmax',
      samples: 2,
      temperature: 1,
      count: 2,
      random: createRandom(1),
    }).dispose();
    assert.equal(tf.memory().numTensors, before);
  },
);
