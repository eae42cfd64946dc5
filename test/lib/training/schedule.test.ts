import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inverseSigmoid, noam } from 'heed';

test('inverse sigmoid decay: k / (k + 1) at the start, half at k ln k, 0 at last', () => {
  const chance = inverseSigmoid(20);
  assert.equal(chance(0), 20 / 21);
  assert.ok(Math.abs(chance(20 * Math.log(20)) - 0.5) < 1e-12);
  assert.ok(chance(20_000) < 1e-12 && chance(20_000) >= 0);
  for (let step = 0; step < 200; step++) assert.ok(chance(step) > chance(step + 1));
  for (const k of [0.5, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => inverseSigmoid(k), /k must be at least 1, got/);
});

test('the warm-up of the Transformer: a straight rise to (d w)^-0.5, then a fall with the root of the step', () => {
  const rate = noam({ units: 64, warmup: 100 });
  const near = (got: number, expected: number) =>
    assert.ok(Math.abs(got - expected) < 1e-12, `${got}, ${expected}`);
  near(rate(99), (64 * 100) ** -0.5);
  near(rate(49), rate(99) / 2);
  near(rate(399), rate(99) / 2);
  for (let step = 1; step < 300; step++) assert.equal(rate(step) > rate(step - 1), step < 100);
  near(noam({ units: 64, warmup: 100, factor: 3 })(7), 3 * rate(7));
  for (const wrong of [
    { units: 0, warmup: 9 },
    { units: 8, warmup: 0 },
    { units: 8, warmup: 9, factor: -1 },
  ])
    assert.throws(() => noam(wrong), /noam: expected units > 0, warmup >= 1 and factor > 0, got/);
});
