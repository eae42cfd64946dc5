import assert from 'node:assert/strict';
import {
  type Baseline,
  choiceOutcomes,
  createRandom,
  exactGradients,
  expectedLoss,
  gumbelMoments,
  LESSON_COPIES,
  lessonCase,
  measureEstimator,
  scoreFunctionMoments,
  startBaseline,
  straightThroughMoments,
} from 'heed';
import { onEngines } from '../../support/engines.js';

/* What lesson 10 says of its case, three sentences of eight words; the estimators are run as they are in training. */

const rows = lessonCase();
const exact = exactGradients(rows).flat();
const samples = 4;
const copies = 2500;
const draws = 25_000; // of 4 samples each: 100,000 samples of each sentence
const unbiased: readonly Baseline[] = [
  'none',
  'mean',
  'moving average',
  'self-critical',
  'leave-one-out',
  'optimal',
];
const moments = (baseline: Baseline) => scoreFunctionMoments(rows, { baseline, samples, copies });
/** What the moving average is after many steps: the mean loss. Its first step would have none. */
const level = rows.reduce((sum, row) => sum + expectedLoss(choiceOutcomes(row)), 0) / rows.length;
const settled = { ...startBaseline, count: 1000, mean: level };

for (const baseline of unbiased) {
  onEngines(`REINFORCE, baseline ${baseline}: 100,000 samples within 4 standard errors of the exact gradient, variance as computed`, () => {
    for (const seed of [1, 2]) {
      const found = measureEstimator(rows, {
        config: { baseline, samples },
        random: createRandom(seed),
        draws,
        copies,
        state: settled,
      });
      const { variance } = moments(baseline);
      // The standard error of the whole vector's length, and that of a component, from the variances that were computed.
      const distance = Math.hypot(...found.mean.flat().map((value, j) => value - exact[j]!));
      assert.ok(distance < 4 * Math.sqrt(variance / draws), `seed ${seed}: off by ${distance}`);
      assert.ok(
        Math.abs(found.variance - variance) < 4 * found.varianceError,
        `seed ${seed}: variance ${found.variance} (standard error ${found.varianceError}), computed ${variance}`,
      );
      assert.ok(Math.abs(found.variance / variance - 1) < 0.02, `seed ${seed}: variance within 2 %`);
    }
  }, ['wasm']);
}

onEngines('the mean of the own samples is biased by 1 / samples of the gradient, as computed', () => {
  const config = { baseline: 'sample mean', samples } as const;
  const found = measureEstimator(rows, { config, random: createRandom(1), draws, copies });
  const { bias, variance } = moments('sample mean');
  assert.ok(Math.abs(bias - Math.hypot(...exact) / samples) < 1e-12);
  assert.ok(Math.abs(found.bias - bias) < 4 * found.biasError, `${found.bias}, computed ${bias}`);
  assert.ok(found.bias > 20 * found.biasError, 'and far from 0');
  assert.ok(Math.abs(found.variance - variance) < 4 * found.varianceError);
}, ['wasm']);

onEngines('variance on the lesson case: optimal <= leave-one-out <= mean <= none', () => {
  const of = (baseline: Baseline) =>
    scoreFunctionMoments(rows, { baseline, samples, copies: LESSON_COPIES }).variance;
  const order = (['optimal', 'leave-one-out', 'mean', 'none'] as const).map(of);
  for (let n = 1; n < order.length; n++) assert.ok(order[n - 1]! < order[n]!, order.join(' '));
}, ['cpu']);

onEngines('straight-through is biased as computed, ReinMax less, and both as they are run', () => {
  const found = (['straight-through', 'reinmax'] as const).map((estimator) => {
    const computed = straightThroughMoments(rows, { estimator });
    const measured = measureEstimator(rows, {
      config: { estimator, samples: 1 },
      random: createRandom(1),
      draws: 50_000,
      copies: 10_000,
    });
    assert.ok(Math.abs(measured.bias - computed.bias) < 4 * measured.biasError, `${estimator}: bias`);
    assert.ok(
      Math.abs(measured.variance - computed.variance) < 4 * measured.varianceError,
      `${estimator}: variance`,
    );
    return computed.bias;
  });
  assert.ok(found[1]! > 0 && found[0]! > 2 * found[1]!, found.join(' '));
}, ['wasm']);

onEngines('Gumbel-softmax: bias falls and variance rises with each of five temperatures; straight-through Gumbel keeps a bias', () => {
  const at = (estimator: 'gumbel-softmax' | 'straight-through gumbel', temperature: number, draws: number) =>
    gumbelMoments(rows, { estimator, temperature, random: createRandom(1), draws });
  const found = [4, 2, 1, 0.5, 0.25].map((temperature) => at('gumbel-softmax', temperature, 40_000));
  for (let n = 1; n < found.length; n++) {
    const [warm, cold] = [found[n - 1]!, found[n]!];
    assert.ok(warm.bias - cold.bias > 4 * Math.hypot(warm.biasError, cold.biasError), `bias ${n}`);
    assert.ok(cold.variance - warm.variance > 4 * Math.hypot(warm.varianceError, cold.varianceError));
  }
  // Colder still: the one's bias goes on falling, the other's stays.
  const [goes, stays] = (['gumbel-softmax', 'straight-through gumbel'] as const).map((estimator) =>
    at(estimator, 0.125, 100_000),
  );
  assert.ok(stays!.bias - goes!.bias > 4 * Math.hypot(stays!.biasError, goes!.biasError));

  // The Gumbel family as it is run is the one that the doubles sample.
  for (const estimator of ['gumbel-softmax', 'straight-through gumbel'] as const) {
    const doubles = at(estimator, 0.5, 40_000);
    const run = measureEstimator(rows, {
      config: { estimator, temperature: 0.5, samples: 1 },
      random: createRandom(2),
      draws: 50_000,
      copies: 10_000,
    });
    assert.ok(Math.abs(run.bias - doubles.bias) < 4 * Math.hypot(run.biasError, doubles.biasError));
    assert.ok(
      Math.abs(run.variance - doubles.variance) < 4 * Math.hypot(run.varianceError, doubles.varianceError),
    );
  }
}, ['wasm']);
