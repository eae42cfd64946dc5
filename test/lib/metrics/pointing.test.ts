import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointingMass, pointingShare } from 'heed';

// Centres at 4, 12, 20 in both directions.
const grid = { side: 3, stride: 8, first: 4 };
const middle = { top: 8, left: 8, bottom: 16, right: 16 };
const upper = { top: 0, left: 0, bottom: 12, right: 24 };

test('the largest alpha’s centre in the box or not, the mean of the weights whose centre is', () => {
  const peak = [0.1, 0.1, 0, 0, 0.6, 0.1, 0.1, 0, 0];
  assert.equal(pointingShare([{ alpha: peak, box: middle }], grid), 1);
  assert.equal(pointingMass([{ alpha: peak, box: middle }], grid), 0.6);
  // The end is not in it: a centre at 12 is not in a box that ends at 12.
  assert.equal(pointingShare([{ alpha: peak, box: upper }], grid), 0);
  assert.ok(Math.abs(pointingMass([{ alpha: peak, box: upper }], grid) - 0.2) < 1e-12);
  const both = [
    { alpha: peak, box: middle },
    { alpha: peak, box: upper },
  ];
  assert.equal(pointingShare(both, grid), 0.5);
  assert.ok(Math.abs(pointingMass(both, grid) - 0.4) < 1e-12);
});

test('of equal weights the first counts', () => {
  const even = new Array(9).fill(1 / 9);
  assert.equal(pointingShare([{ alpha: even, box: { ...middle, top: 0, left: 0 } }], grid), 1);
  assert.equal(pointingShare([{ alpha: even, box: middle }], grid), 0);
});

test('no pictures and another grid are refused', () => {
  assert.throws(() => pointingShare([], grid), /Pointing of no pictures/);
  assert.throws(
    () => pointingMass([{ alpha: [1], box: middle }], grid),
    /3 x 3 = 9 regions, got 1 in picture 0/,
  );
});
