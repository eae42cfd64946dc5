import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type Baseline, type BaselineState, createRandom, type HardAttention, hardAttention } from 'heed';
import { onEngines } from '../../support/engines.js';
import { softmax, sum } from '../by-hand.js';

const scores = [
  [0.2, -0.4, 1.1, 0],
  [0.5, 0.1, -0.3, 9],
  [-1, 0.7, 0.3, 0.2],
];
const real = [
  [1, 1, 1, 1],
  [1, 1, 1, 0],
  [1, 1, 1, 1],
];
const losses = [
  [1, 2, -0.5, 0.3],
  [0.4, 3, 1, 77],
  [0.1, 0.2, 0.9, -1],
];
const alpha = scores.map((row, b) => softmax(row, real[b]!));

/** One call, its gradient to the scores as numbers, and what it drew. */
function estimate(
  config: Parameters<typeof hardAttention>[0]['config'],
  more: { state?: BaselineState } = {},
) {
  let drawn: { losses: number[][]; weights: number[][][]; state: BaselineState } | undefined;
  const gradient = tf.tidy(() => {
    const table = tf.tensor2d(losses).expandDims(2) as tf.Tensor3D;
    const loss = (e: tf.Tensor) => {
      const hard: HardAttention = hardAttention({
        scores: e as tf.Tensor2D,
        mask: tf.tensor2d(real),
        random: createRandom(3),
        lossOf: (weights) => tf.matMul(weights, table).squeeze([2]) as tf.Tensor2D,
        config,
        ...more,
      });
      drawn = {
        losses: hard.losses.arraySync(),
        weights: hard.weights.arraySync(),
        state: hard.state,
      };
      return hard.loss;
    };
    return (tf.grad(loss)(tf.tensor2d(scores)) as tf.Tensor2D).arraySync();
  });
  return { gradient, ...drawn! };
}

/** sum_s (loss - b) (onehot - alpha) / (batch samples) */
function byHand(
  drawn: { losses: number[][]; weights: number[][][] },
  baseline: (row: number, sample: number) => number,
): number[][] {
  return drawn.weights.map((rows, b) =>
    alpha[b]!.map((weight, j) =>
      sum(
        rows.map(
          (row, s) =>
            ((drawn.losses[b]![s]! - baseline(b, s)) * (row[j]! - weight)) / (rows.length * scores.length),
        ),
      ),
    ),
  );
}

function close(found: number[][], expected: number[][], label: string) {
  found.forEach((row, b) => {
    row.forEach((value, j) => {
      assert.ok(
        Math.abs(value - expected[b]![j]!) < 2e-6,
        `${label}: [${b}, ${j}] ${value}, not ${expected[b]![j]}`,
      );
    });
  });
}

const mean = (values: readonly number[]) => sum(values) / values.length;
const best = alpha.map((row, b) => {
  const lengths = row.map((own, j) => sum(row.map((weight, i) => ((i === j ? 1 : 0) - weight) ** 2)) * own);
  return sum(lengths.map((length, j) => length * losses[b]![j]!)) / sum(lengths);
});
const greedy = [2, 0, 1].map((at, b) => losses[b]![at]!);

const subtracted: Partial<
  Record<Baseline, (drawn: { losses: number[][] }) => (row: number, sample: number) => number>
> = {
  none: () => () => 0,
  mean: (drawn) => (b) => mean(drawn.losses.filter((_, row) => row !== b).flat()),
  'sample mean': (drawn) => (b) => mean(drawn.losses[b]!),
  'leave-one-out': (drawn) => (b, s) => mean(drawn.losses[b]!.filter((_, other) => other !== s)),
  'self-critical': () => (b) => greedy[b]!,
  optimal: () => (b) => best[b]!,
};

onEngines('REINFORCE with each baseline is the formula, for what was drawn', () => {
  for (const [baseline, of] of Object.entries(subtracted)) {
    const drawn = estimate({ baseline: baseline as Baseline, samples: 3 });
    close(drawn.gradient, byHand(drawn, of(drawn)), baseline);
  }
});

onEngines('the moving average is that of former steps, and comes out with this one', () => {
  const config = { baseline: 'moving average', samples: 3, decay: 0.9 } as const;
  const first = estimate(config);
  close(
    first.gradient,
    byHand(first, () => 0),
    'first step',
  );
  const second = estimate(config, { state: first.state });
  close(
    second.gradient,
    byHand(second, () => mean(first.losses.flat())),
    'second step',
  );
  // Both steps drew the same, so the average stays.
  const third = estimate(config, { state: second.state });
  close(
    third.gradient,
    byHand(third, () => mean(first.losses.flat())),
    'third step',
  );
  assert.equal(third.state.count, 3);
});

onEngines('exact: alpha_j (loss_j - E[loss]) / batch', () => {
  const { gradient } = estimate({ estimator: 'exact' });
  const expected = alpha.map((row, b) => {
    const level = sum(row.map((weight, j) => weight * losses[b]![j]!));
    return row.map((weight, j) => (weight * (losses[b]![j]! - level)) / 3);
  });
  close(gradient, expected, 'exact');
});
