import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {
  attentionEntropy,
  choiceOutcomes,
  chooseGreedy,
  chooseSampled,
  createRandom,
  gumbel,
  tableRow,
} from 'heed';
import { assertClose, onEngines } from '../../support/engines.js';
import { softmax } from '../by-hand.js';

const scores = [0.4, -0.9, 1.2, 0.1, 5];
const mask = [1, 1, 1, 1, 0];

onEngines('one position is drawn as often as alpha says, padding never', () => {
  const samples = 20_000;
  const { weights, positions } = chooseSampled(tf.tensor2d([scores]), {
    mask: tf.tensor2d([mask]),
    random: createRandom(1),
    samples,
  });
  const counts = [...weights.sum([0, 1]).dataSync()];
  const expected = softmax(scores, mask).map((weight) => weight * samples);
  assert.equal(counts[4], 0);
  assert.equal(
    counts.reduce((a, b) => a + b),
    samples,
  );
  // Pearson's statistic with 3 degrees of freedom exceeds 16.3 once in a thousand.
  const square = counts.slice(0, 4).reduce((sum, n, j) => sum + (n - expected[j]!) ** 2 / expected[j]!, 0);
  assert.ok(square < 16.3, `chi square ${square}`);
  assert.deepEqual(positions.shape, [1, samples, 1]);
});

onEngines('two positions are drawn in order as often as Plackett-Luce says', () => {
  const samples = 20_000;
  const { positions } = chooseSampled(tf.tensor2d([scores]), {
    mask: tf.tensor2d([mask]),
    random: createRandom(2),
    samples,
    count: 2,
  });
  const outcomes = choiceOutcomes(tableRow({ scores, mask, losses: scores }), 2);
  assert.equal(outcomes.length, 12);
  const counts = new Map<string, number>();
  for (const pair of (positions.arraySync() as number[][][])[0]!)
    counts.set(pair.join(), (counts.get(pair.join()) ?? 0) + 1);
  const square = outcomes.reduce((sum, { positions: pair, probability }) => {
    const expected = probability * samples;
    return sum + ((counts.get(pair.join()) ?? 0) - expected) ** 2 / expected;
  }, 0);
  // 11 degrees of freedom: 31.3 once in a thousand.
  assert.ok(square < 31.3, `chi square ${square}`);
  assert.equal(counts.size, 12, 'no other pair, none with padding or twice the same');
});

onEngines('ln p and its gradient are those of the enumeration, for every ordered choice', () => {
  for (const count of [1, 2, 3, 4]) {
    const outcomes = new Map(
      choiceOutcomes(tableRow({ scores, mask, losses: scores }), count).map((o) => [o.positions.join(), o]),
    );
    for (let seed = 1; seed <= 6; seed++) {
      let drawn = '';
      let log = 0;
      const gradient = tf.grad((e) => {
        const random = createRandom(seed);
        const choice = chooseSampled(e as tf.Tensor2D, { mask: tf.tensor2d([mask]), random, count });
        drawn = [...choice.positions.dataSync()].join();
        log = choice.logProb.dataSync()[0]!;
        return choice.logProb.sum();
      })(tf.tensor2d([scores]));
      const expected = outcomes.get(drawn)!;
      assert.ok(Math.abs(log - Math.log(expected.probability)) < 2e-6, `${drawn}: ln p`);
      assertClose(gradient, expected.direction, 2e-6, `count ${count}: gradient of ln p(${drawn})`);
    }
  }
});

test('the probabilities of all choices sum to 1, their directions to 0', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 1, max: 3 }),
      (row, asked) => {
        const count = Math.min(asked, row.length);
        const outcomes = choiceOutcomes(tableRow({ scores: row, losses: row }), count);
        const total = outcomes.reduce((sum, { probability }) => sum + probability, 0);
        assert.ok(Math.abs(total - 1) < 1e-12);
        for (const j of row.keys()) {
          const drift = outcomes.reduce(
            (s, { probability, direction }) => s + probability * direction[j]!,
            0,
          );
          assert.ok(Math.abs(drift) < 1e-12);
        }
      },
    ),
    { seed: 1, numRuns: 60 },
  );
});

onEngines('greedy takes the largest real positions, in order; weights are constants', () => {
  const { weights, positions } = chooseGreedy(tf.tensor2d([scores, [3, 2, 1, 0, -1]]), {
    mask: tf.tensor2d([mask, [0, 1, 1, 1, 1]]),
    count: 2,
  });
  assert.deepEqual(positions.arraySync(), [[[2, 0]], [[1, 2]]]);
  assert.deepEqual(weights.arraySync(), [[[1, 0, 1, 0, 0]], [[0, 1, 1, 0, 0]]]);
});

onEngines(
  'entropy: ln n for equal scores, 0 for one position, and its gradient -alpha (ln alpha + H)',
  () => {
    const masks = tf.tensor2d([
      [1, 1, 1, 0],
      [0, 1, 0, 0],
    ]);
    const equal = tf.tensor2d([
      [2, 2, 2, 7],
      [1, 0, 3, 2],
    ]);
    assertClose(attentionEntropy(equal, masks), [Math.log(3), 0], 1e-6);
    const alpha = softmax(scores, mask);
    const logs = alpha.map((weight) => (weight === 0 ? 0 : Math.log(weight)));
    const entropy = -alpha.reduce((sum, weight, j) => sum + weight * logs[j]!, 0);
    const gradient = tf.grad((e) => attentionEntropy(e as tf.Tensor2D, tf.tensor2d([mask])).sum())(
      tf.tensor2d([scores]),
    );
    assertClose(
      gradient,
      alpha.map((weight, j) => -weight * (logs[j]! + entropy)),
      1e-6,
    );
  },
);

test('Gumbel noise has mean 0.5772 and variance pi^2 / 6, and is finite where u is 0', () => {
  const random = createRandom(4);
  const n = 100_000;
  const values = Array.from({ length: n }, () => gumbel(random));
  const mean = values.reduce((a, b) => a + b) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  assert.ok(Math.abs(mean - 0.577216) < 4 * Math.sqrt(1.645 / n), `mean ${mean}`);
  // The fourth central moment of the Gumbel distribution is 5.4 times the variance squared.
  assert.ok(Math.abs(variance - Math.PI ** 2 / 6) < 4 * 1.645 * Math.sqrt(4.4 / n), `variance ${variance}`);
  assert.ok(Number.isFinite(gumbel({ ...random, uniform: () => 0 })));
});

onEngines('what cannot be chosen is an error that says so, and leaks nothing', () => {
  const random = createRandom(1);
  const e = tf.tensor2d([scores]);
  const real = tf.tensor2d([mask]);
  const before = tf.memory().numTensors;
  const refused = (options: object, message: RegExp, given = e) =>
    assert.throws(() => chooseSampled(given, { random, ...options }), message);
  refused({ mask: real, count: 5 }, /5 positions to choose, but row 0 has only 4 real ones/);
  refused({ count: 0 }, /count.*positive integer, got 0/);
  refused({ samples: 1.5 }, /samples must be a positive integer, got 1.5/);
  tf.tidy(() => {
    refused({ mask: tf.zerosLike(real) }, /row 0 is all padding/);
    refused({ mask: tf.tensor2d([[1, 1, 1]]) }, /expected shape \[batch 1, length 5\], got \[1, 3\]/);
    refused({}, /score of row 0, output 0, position 1 is NaN/, tf.tensor2d([[0, Number.NaN, 0, 0, 0]]));
    refused({}, /expected shape \[batch, length\]/, tf.tensor1d(scores) as unknown as tf.Tensor2D);
  });
  assert.equal(tf.memory().numTensors, before);
});
