import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entropy, pointingMass, pointingShare, rationaleScore } from 'heed';

const grid = { side: 2, stride: 10, first: 5 };
const box = { top: 0, left: 0, bottom: 10, right: 10 };

test('pointing: weights that are none, and a box that is turned around', () => {
  for (const metric of [pointingShare, pointingMass]) {
    assert.equal(metric([{ alpha: [1, 0, 0, 0], box }], grid), 1);
    assert.throws(
      () => metric([{ alpha: [Number.NaN, 0, 0, 1], box }], grid),
      /weights of 0 or more, got NaN at region 0 of picture 0/,
    );
    assert.throws(() => metric([{ alpha: [0, -1, 0, 2], box }], grid), /got -1 at region 1/);
    assert.throws(
      () => metric([{ alpha: [1, 0, 0, 0], box: { ...box, top: 10, bottom: 0 } }], grid),
      /expected a box with top < bottom and left < right/,
    );
  }
});

test('rationales: a weight below 0 anywhere; entropy: numbers from 0 to 1', () => {
  assert.throws(
    () => rationaleScore([{ alpha: [-1, 1], deciding: [1] }]),
    /Text 0: the weight of word 0 is -1: expected a number of 0 or more/,
  );
  assert.throws(() => entropy([3, 4]), /Probability 0 is 3: expected a number from 0 to 1/);
  assert.equal(entropy([1.000001, 0]) < 0, true, 'what rounding adds passes');
});
