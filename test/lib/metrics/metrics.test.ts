import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { argmax, entropy, paddingMass, pointingAccuracy } from '../../../lib/src/metrics/alignment.js';
import { editDistance, exactMatch, tokenAccuracy } from '../../../lib/src/metrics/sequence.js';

test('exact match counts whole texts', () => {
  assert.equal(exactMatch(['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'x']), 0.75);
  assert.throws(() => exactMatch(['a'], []), /1 predictions with 0 expected/);
  assert.throws(() => exactMatch([], []), /at least one/);
});

test('token accuracy: places of the expected; a missing end is missed, a longer one not counted', () => {
  assert.equal(
    tokenAccuracy(
      [[1, 2, 9], [4]],
      [
        [1, 2, 3],
        [4, 5],
      ],
    ),
    3 / 5,
  );
  assert.equal(tokenAccuracy([[1, 2, 3]], [[1]]), 1);
  assert.equal(tokenAccuracy([Int32Array.of(7)], [Int32Array.of(7)]), 1);
  assert.throws(() => tokenAccuracy([[1]], []), /1 predictions for 0/);
  assert.throws(() => tokenAccuracy([[1]], [[]]), /no tokens/);
});

test('edit distance: textbook cases, code points, lists', () => {
  assert.equal(editDistance('kitten', 'sitting'), 3);
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('😀', 'a'), 1);
  assert.equal(editDistance(['the', 'cat'], ['the', 'dog']), 1);
});

test('edit distance equals the plain recursion and is a metric', () => {
  const recursive = (a: string, b: string): number => {
    if (a === '' || b === '') return a.length + b.length;
    const change = recursive(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1);
    return Math.min(change, recursive(a.slice(1), b) + 1, recursive(a, b.slice(1)) + 1);
  };
  const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
  fc.assert(
    fc.property(short, short, short, (a, b, c) => {
      assert.equal(editDistance(a, b), recursive(a, b));
      assert.equal(editDistance(a, b), editDistance(b, a));
      assert.ok(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c));
    }),
    { numRuns: 60 },
  );
});

test('argmax: first of equals, NaN refused', () => {
  assert.equal(argmax([1, 3, 3]), 1);
  assert.equal(argmax(Float32Array.of(-2, -1)), 1);
  assert.throws(() => argmax([1, Number.NaN]), /Value 1 of 2 is NaN/);
  assert.throws(() => argmax([]), /at least one/);
});

const example = {
  //      hit: 0 in [0,1)  beside: 2, not [0,2)  no source      missing row
  alpha: [
    [0.8, 0.1, 0.1],
    [0.1, 0.2, 0.7],
    [0, 1, 0],
  ],
  spans: [[0, 1], [0, 2], null, [1, 2]] as const,
};

test('pointing accuracy leaves out what has no source and counts a missing row as a miss', () => {
  assert.equal(pointingAccuracy([example]), 1 / 3);
  assert.equal(pointingAccuracy([example], { within: 1 }), 2 / 3);
  const right = { alpha: [[0, 1]], spans: [[1, 2]] as const };
  assert.equal(pointingAccuracy([example, right]), 2 / 4);
  assert.throws(() => pointingAccuracy([{ alpha: [[1]], spans: [null] }]), /not defined/);
  assert.throws(() => pointingAccuracy([{ alpha: [[Number.NaN]], spans: [[0, 1]] }]), /NaN/);
});

test('padding mass: mean and largest over rows; NaN is not hidden', () => {
  const half = {
    alpha: [
      [0.5, 0.25, 0.25],
      [1, 0, 0],
    ],
    length: 1,
  };
  assert.deepEqual(paddingMass([half]), { mean: 0.25, maximum: 0.5 });
  assert.deepEqual(paddingMass([half, { alpha: [[1]], length: 1 }]), { mean: 0.5 / 3, maximum: 0.5 });
  assert.ok(Number.isNaN(paddingMass([{ alpha: [[0, Number.NaN]], length: 1 }]).maximum));
  assert.throws(() => paddingMass([]), /at least one row/);
});

test('entropy: 0 on one place, ln n when even, and between', () => {
  assert.equal(entropy([0, 1, 0]), 0);
  assert.ok(Math.abs(entropy([0.25, 0.25, 0.25, 0.25]) - Math.log(4)) < 1e-15);
  assert.ok(Math.abs(entropy([0.5, 0.25, 0.25]) - 1.5 * Math.log(2)) < 1e-15);
  assert.throws(() => entropy([0.5, -0.1]), /Probability 1 is -0.1/);
  assert.throws(() => entropy([Number.NaN]), /NaN/);
});
