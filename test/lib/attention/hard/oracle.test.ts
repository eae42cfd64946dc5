import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Baseline,
  bestBaseline,
  type ChoiceRow,
  choiceOutcomes,
  createRandom,
  exactGradient,
  exactGradients,
  expectedLoss,
  gumbelMoments,
  lessonCase,
  logisticRow,
  rowAlpha,
  scoreFunctionMoments,
  straightThroughMoments,
  tableRow,
  variationalBound,
} from 'heed';
import { mean, type Outcome } from '../../../../lib/src/attention/hard/oracle/outcomes.js';

const near = (got: number, expected: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(got - expected) <= tolerance, `${what}: ${got}, expected ${expected}`);

test('the exact gradient is the central difference of the expected loss, for one, two and three positions', () => {
  const mask = [1, 1, 0, 1, 1];
  const row = { scores: [0.3, -1, 2, 0.8, 0.1], mask, values: [1, -2, 9, 0.4, 0.7], yes: true };
  for (const count of [1, 2, 3]) {
    const gradient = exactGradient(choiceOutcomes(logisticRow(row), count));
    for (const j of row.scores.keys()) {
      const at = (shift: number) => {
        const scores = row.scores.map((score, i) => score + (i === j ? shift : 0));
        return expectedLoss(choiceOutcomes(logisticRow({ ...row, scores }), count));
      };
      near(gradient[j]!, (at(1e-5) - at(-1e-5)) / 2e-5, 1e-9, `count ${count}, component ${j}`);
    }
  }
});

test('for one position the gradient is alpha_j (loss_j - E[loss])', () => {
  const row = tableRow({ scores: [0.2, 1, -1], losses: [3, 0.5, 1] });
  const alpha = rowAlpha(row.scores, undefined);
  const level = alpha[0]! * 3 + alpha[1]! * 0.5 + alpha[2]!;
  exactGradient(choiceOutcomes(row)).forEach((value, j) => {
    near(value, alpha[j]! * ([3, 0.5, 1][j]! - level), 1e-14, `component ${j}`);
  });
});

/** Every possible batch of draws: for each row `samples` outcomes, with the product of the probabilities. */
function* batches(rows: readonly Outcome[][], samples: number): Generator<{ p: number; drawn: Outcome[][] }> {
  const slots = rows.flatMap((row) => Array.from({ length: samples }, () => row));
  const walk = function* (
    at: number,
    p: number,
    chosen: Outcome[],
  ): Generator<{ p: number; drawn: Outcome[][] }> {
    if (at === slots.length) {
      yield { p, drawn: rows.map((_, b) => chosen.slice(b * samples, (b + 1) * samples)) };
      return;
    }
    for (const outcome of slots[at]!) yield* walk(at + 1, p * outcome.probability, [...chosen, outcome]);
  };
  yield* walk(0, 1, []);
}

const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test('closed sums of every baseline are those over every possible batch of draws', () => {
  const rows: ChoiceRow[] = [
    tableRow({ scores: [0.5, -0.2, 0.1], losses: [2, 0.3, 1] }),
    tableRow({ scores: [-0.4, 0.9, 0], losses: [0.1, 0.6, -1] }),
  ];
  const baselines: Record<string, (drawn: Outcome[][], row: Outcome[], b: number, s: number) => number> = {
    none: () => 0,
    mean: (drawn, _, b) => average(drawn[1 - b]!.map(({ loss }) => loss)),
    'sample mean': (drawn, _, b) => average(drawn[b]!.map(({ loss }) => loss)),
    'leave-one-out': (drawn, _, b, s) => average(drawn[b]!.filter((_, t) => t !== s).map(({ loss }) => loss)),
    'self-critical': (_, row, b) => {
      const order = [0, 1, 2].sort((i, j) => rows[b]!.scores[j]! - rows[b]!.scores[i]!);
      return row.find(({ positions }) => positions.every((at, n) => at === order[n]))!.loss;
    },
    optimal: (_, row) => bestBaseline(row),
    learned: (_, row) => expectedLoss(row),
  };
  for (const count of [1, 2]) {
    const outcomes = rows.map((row) => choiceOutcomes(row, count));
    for (const samples of [1, 2]) {
      for (const [baseline, of] of Object.entries(baselines)) {
        if (samples < 2 && (baseline === 'sample mean' || baseline === 'leave-one-out')) continue;
        const first = new Float64Array(6);
        let second = 0;
        for (const { p, drawn } of batches(outcomes, samples)) {
          const estimate = drawn.flatMap((row, b) =>
            [0, 1, 2].map((j) =>
              average(
                row.map(
                  ({ loss, direction }, s) => ((loss - of(drawn, outcomes[b]!, b, s)) * direction[j]!) / 2,
                ),
              ),
            ),
          );
          estimate.forEach((value, j) => {
            first[j]! += p * value;
            second += p * value * value;
          });
        }
        const closed = scoreFunctionMoments(rows, { baseline: baseline as Baseline, samples, count });
        const label = `${baseline}, ${samples} samples of ${count}`;
        for (const [j, value] of closed.mean.flat().entries())
          near(value, first[j]!, 1e-12, `${label}: mean`);
        near(closed.variance, second - first.reduce((sum, v) => sum + v * v, 0), 1e-12, `${label}: variance`);
        const exact = exactGradients(rows, count).flat();
        near(closed.bias, Math.hypot(...exact.map((v, j) => v - first[j]!)), 1e-12, `${label}: bias`);
      }
    }
  }
});

test('a moving average: the variance of a mean with weights 0.1, 0.09, 0.081 ... of former batches', () => {
  const rows = [tableRow({ scores: [0.5, -0.2, 0.1], losses: [2, 0.3, 1] })];
  const [row] = rows.map((r) => choiceOutcomes(r));
  const level = expectedLoss(row!);
  const spread = mean(row!, ({ loss }) => (loss - level) ** 2);
  let variance = 0;
  for (let back = 0; back < 400; back++) variance += (0.1 * 0.9 ** back) ** 2 * (spread / 3);
  const ideal = scoreFunctionMoments(rows, { baseline: 'learned', samples: 3 }).variance;
  const lengths = mean(row!, ({ direction }) => direction.reduce((sum, v) => sum + v * v, 0));
  const { variance: found } = scoreFunctionMoments(rows, { baseline: 'moving average', samples: 3 });
  near(found, ideal + (variance * lengths) / 3, 1e-12, 'variance');
});

test('the optimal baseline is the bottom of the parabola', () => {
  for (const row of lessonCase()) {
    const outcomes = choiceOutcomes(row);
    const best = bestBaseline(outcomes);
    const of = (b: number) =>
      mean(outcomes, ({ loss, direction }) => (loss - b) ** 2 * direction.reduce((s, v) => s + v * v, 0));
    assert.ok(of(best) < of(best + 1e-3) && of(best) < of(best - 1e-3));
  }
});

test('straight-through has no bias where the loss is linear in the weights, ReinMax none where it is quadratic', () => {
  const scores = [0.4, -0.3, 1.2];
  const linear = [tableRow({ scores, losses: [1, -2, 0.5] })];
  assert.ok(straightThroughMoments(linear, { estimator: 'straight-through' }).bias < 1e-12);
  const values = [1, -2, 0.5];
  const said = (w: readonly number[]) => w.reduce((sum, weight, j) => sum + weight * values[j]!, 0);
  const quadratic: ChoiceRow[] = [
    {
      ...linear[0]!,
      loss: (w) => (said(w) - 1) ** 2,
      slope: (w) => values.map((v) => 2 * (said(w) - 1) * v),
    },
  ];
  assert.ok(straightThroughMoments(quadratic, { estimator: 'straight-through' }).bias > 0.01);
  assert.ok(straightThroughMoments(quadratic, { estimator: 'reinmax' }).bias < 1e-12);
});

/*
 * With two positions the difference of two Gumbel numbers is logistic, D = ln(u / (1 - u)): the expectations over L numbers
 * become integrals over u in (0, 1), here by the midpoint rule.
 */
test('the Gumbel family with two positions is an integral over one number', () => {
  const row = logisticRow({ scores: [0.7, 0], values: [2, -1], yes: false });
  const exact = exactGradients([row])[0]!;
  for (const estimator of ['gumbel-softmax', 'straight-through gumbel'] as const) {
    for (const temperature of [1.5, 0.5]) {
      const nodes = 200_000;
      let first = 0;
      let second = 0;
      for (let n = 0; n < nodes; n++) {
        const u = (n + 0.5) / nodes;
        const gap = 0.7 + Math.log(u / (1 - u));
        const weight = 1 / (1 + Math.exp(-gap / temperature));
        const seen = estimator === 'gumbel-softmax' ? weight : Number(gap > 0);
        const slope = row.slope([seen, 1 - seen]);
        const estimate = (weight * (1 - weight) * (slope[0]! - slope[1]!)) / temperature;
        first += estimate / nodes;
        second += estimate ** 2 / nodes;
      }
      const found = gumbelMoments([row], { estimator, temperature, random: createRandom(1), draws: 100_000 });
      const label = `${estimator}, temperature ${temperature}`;
      const error = Math.sqrt((second - first ** 2) / 100_000);
      near(found.mean[0]![0]!, first, 4 * error, `${label}: mean`);
      near(found.mean[0]![1]!, -first, 4 * error, `${label}: mean of the other`);
      // The other component is the negative of the first.
      near(found.variance, 2 * (second - first ** 2), 4 * found.varianceError, `${label}: variance`);
      near(found.bias, Math.SQRT2 * Math.abs(first - exact[0]!), 4 * found.biasError, `${label}: bias`);
    }
  }
});

test("Xu et al.'s bound lies below what it bounds, and touches it where all choices cost the same", () => {
  for (const row of lessonCase()) {
    const { bound, logLikelihood } = variationalBound(choiceOutcomes(row));
    assert.ok(bound < logLikelihood && logLikelihood < 0);
  }
  const equal = variationalBound(choiceOutcomes(tableRow({ scores: [1, 2], losses: [0.7, 0.7] })));
  near(equal.bound, -0.7, 1e-14, 'bound');
  near(equal.logLikelihood, -0.7, 1e-14, 'log likelihood');
});

test('cases that make no sense are errors', () => {
  const row = tableRow({ scores: [1, 2, 3], losses: [1, 2, 3] });
  assert.throws(() => choiceOutcomes(row, 4), /1 \.\.\. 3, the real ones; got 4/);
  assert.throws(() => tableRow({ scores: [1, 2], losses: [1] }), /as many losses as scores.*got 1 and 2/);
  assert.throws(
    () => logisticRow({ scores: [1], mask: [1, 1], values: [1], yes: true }),
    /as many mask as scores/,
  );
  assert.throws(() => choiceOutcomes(tableRow({ scores: [1], mask: [0], losses: [1] })), /1 \.\.\. 0/);
  assert.throws(() => rowAlpha([Number.NaN], undefined), /finite scores/);
  const wide = tableRow({ scores: Array(12).fill(0), losses: Array(12).fill(0) });
  assert.throws(() => choiceOutcomes(wide, 6), /665280 ordered choices are too many/);
  assert.throws(() => scoreFunctionMoments([], { baseline: 'none', samples: 1 }), /no row/);
  assert.throws(() => scoreFunctionMoments([row], { baseline: 'mean', samples: 1 }), /only one/);
  assert.throws(() => scoreFunctionMoments([row], { baseline: 'leave-one-out', samples: 1 }), /at least 2/);
  const settings = { estimator: 'gumbel-softmax', random: createRandom(1) } as const;
  assert.throws(() => gumbelMoments([row], { ...settings, temperature: 0, draws: 9 }), /temperature.*got 0/);
  assert.throws(() => gumbelMoments([row], { ...settings, temperature: 1, draws: 1 }), /at least 2 draws/);
});
