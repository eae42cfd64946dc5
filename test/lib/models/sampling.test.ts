import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseToken, createRandom, samplingDistribution } from 'heed';

const close = (got: ArrayLike<number>, expected: readonly number[]) => {
  assert.equal(got.length, expected.length);
  for (const [n, value] of expected.entries()) {
    assert.ok(Math.abs(got[n]! - value) < 1e-12, `${n}: ${got[n]} for ${value}`);
  }
};
const logits = [0.5, 0.25, 0.125, 0.125].map(Math.log);

test('temperature, top k and nucleus by hand', () => {
  close(samplingDistribution(logits), [0.5, 0.25, 0.125, 0.125]);
  // Squares of the probabilities, made to sum to 1.
  close(samplingDistribution(logits, { temperature: 0.5 }), [16 / 22, 4 / 22, 1 / 22, 1 / 22]);
  close(samplingDistribution(logits, { temperature: 0 }), [1, 0, 0, 0]);
  close(samplingDistribution(logits, { topK: 2 }), [2 / 3, 1 / 3, 0, 0]);
  close(samplingDistribution(logits, { topP: 0.5 }), [1, 0, 0, 0]);
  close(samplingDistribution(logits, { topP: 0.6 }), [2 / 3, 1 / 3, 0, 0]);
  // Of equal ones the first.
  close(samplingDistribution(logits, { topK: 3 }), [4 / 7, 2 / 7, 1 / 7, 0]);
  // The nucleus is of what the k leave.
  close(samplingDistribution(logits, { topK: 2, topP: 0.66 }), [1, 0, 0, 0]);
  close(samplingDistribution(logits, { forbidden: [0] }), [0, 0.5, 0.25, 0.25]);
});

test('whatever the options: a distribution, whose likeliest stays the likeliest', () => {
  const scores = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      scores,
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.integer({ min: 1, max: 15 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, temperature, topK, topP) => {
        const shares = samplingDistribution(values, { temperature, topK, topP });
        const total = shares.reduce((sum, share) => sum + share, 0);
        assert.ok(Math.abs(total - 1) < 1e-9);
        assert.ok(shares.every((share) => share >= 0));
        assert.ok(shares.filter((share) => share > 0).length <= topK);
        assert.equal(shares[values.indexOf(Math.max(...values))], Math.max(...shares));
      },
    ),
  );
});

test('tokens come as often as their shares, and the logarithm is that of the model itself', () => {
  const random = createRandom(1);
  const counts = [0, 0, 0, 0];
  const n = 20_000;
  for (let i = 0; i < n; i++) {
    const { id, logProbability } = chooseToken(random, logits, { topK: 3 });
    counts[id]!++;
    assert.ok(Math.abs(logProbability - logits[id]!) < 1e-12);
  }
  // Five standard deviations of a share near one half: 5 * 0.5 / sqrt(20,000) = 0.018.
  for (const [id, share] of [4 / 7, 2 / 7, 1 / 7, 0].entries()) {
    assert.ok(Math.abs(counts[id]! / n - share) < 0.018);
  }
  assert.equal(counts[3], 0);
  // The very end of the unit interval still finds a token that can come.
  assert.equal(chooseToken({ uniform: () => 1 }, logits, { topK: 2 }).id, 1);
});

test('what cannot be is refused', () => {
  assert.throws(() => samplingDistribution(logits, { temperature: -1 }), /temperature must be .* got -1/);
  assert.throws(() => samplingDistribution(logits, { topK: 0 }), /topK must be at least 1, got 0/);
  assert.throws(() => samplingDistribution(logits, { topP: 0 }), /topP must be in \(0, 1\], got 0/);
  assert.throws(() => samplingDistribution(logits, { forbidden: [0, 1, 2, 3] }), /every id is forbidden/);
  assert.throws(() => samplingDistribution([1, Number.NaN]), /score of id 1 is NaN/);
});
