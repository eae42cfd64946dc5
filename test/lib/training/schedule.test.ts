import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inverseSigmoid } from 'heed';

test('inverse sigmoid decay: k / (k + 1) at the start, half at k ln k, 0 at last', () => {
  const chance = inverseSigmoid(20);
  assert.equal(chance(0), 20 / 21);
  assert.ok(Math.abs(chance(20 * Math.log(20)) - 0.5) < 1e-12);
  assert.ok(chance(20_000) < 1e-12 && chance(20_000) >= 0);
  for (let step = 0; step < 200; step++) assert.ok(chance(step) > chance(step + 1));
  for (const k of [0.5, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => inverseSigmoid(k), /k must be at least 1, got/);
});
