import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { largestPlaces, rationaleScore } from 'heed';

test('two texts counted by hand', () => {
  const texts = [
    { alpha: [0.1, 0.6, 0.3], deciding: [1] }, // right
    { alpha: [0.5, 0.2, 0.2, 0.1], deciding: [1, 2] }, // wrong, 0.4 on the deciding words
    { alpha: [1], deciding: [] }, // none to be found
  ];
  const one = rationaleScore(texts);
  assert.deepEqual([one.precision, one.recall, one.texts], [1 / 2, 1 / 3, 2]);
  assert.ok(Math.abs(one.f1 - 0.4) < 1e-12);
  assert.ok(Math.abs(one.mass - (0.6 + 0.4) / 2) < 1e-12);
  // The two largest: [1, 2] and [0, 1]; of equal weights the earlier word.
  const two = rationaleScore(texts.slice(0, 2), { words: 2 });
  assert.deepEqual([two.precision, two.recall], [2 / 4, 2 / 3]);
});

test('nothing found is 0, not NaN', () => {
  const score = rationaleScore([{ alpha: [0, 1], deciding: [0] }]);
  assert.deepEqual([score.precision, score.recall, score.f1, score.mass], [0, 0, 0, 0]);
});

test('all words as the rationale: recall 1, precision the share of deciding words', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 }),
      fc.nat(),
      (alpha, at) => {
        const deciding = [at % alpha.length];
        const all = rationaleScore([{ alpha, deciding }], { words: alpha.length });
        assert.equal(all.recall, 1);
        assert.equal(all.precision, 1 / alpha.length);
        // A larger rationale never has a smaller recall.
        let recall = 0;
        for (let words = 1; words <= alpha.length; words++) {
          const now = rationaleScore([{ alpha, deciding }], { words }).recall;
          assert.ok(now >= recall);
          recall = now;
        }
      },
    ),
  );
});

test('the largest places by brute force', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 8 }), fc.nat(), (weights, seed) => {
      const count = 1 + (seed % weights.length);
      const places = largestPlaces(weights, count);
      assert.equal(new Set(places).size, count);
      const rest = [...weights.keys()].filter((at) => !places.includes(at));
      for (const at of rest) {
        const last = places.at(-1)!;
        assert.ok(weights[at]! < weights[last]! || (weights[at] === weights[last] && at > last));
      }
    }),
  );
});

test('what cannot be counted is refused', () => {
  assert.throws(() => rationaleScore([{ alpha: [1], deciding: [] }]), /No text has a word that decides/);
  assert.throws(
    () => rationaleScore([{ alpha: [1], deciding: [1] }]),
    /deciding word 1 is outside of its 1 words/,
  );
  assert.throws(
    () => rationaleScore([{ alpha: [0.5, 0.5], deciding: [0] }], { words: 3 }),
    /3 largest of 2 weights/,
  );
  assert.throws(() => rationaleScore([{ alpha: [Number.NaN, 1], deciding: [0] }]), /NaN/);
  assert.throws(
    () => rationaleScore([{ alpha: [Number.NaN, 1], deciding: [0] }], { words: 2 }),
    /the weight of word 0 is NaN/,
  );
  assert.throws(() => rationaleScore([{ alpha: [-1, 1], deciding: [0] }]), /weight of word 0 is -1/);
  assert.throws(() => largestPlaces([Number.NaN, 1], 2), /Weight 0 of 2 is NaN/);
});
