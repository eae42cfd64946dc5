import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bucketByLength, createRandom, paddedShare } from 'heed';

/** Pairs of skewed lengths, the target about as long as the source. */
function pairsOf(count: number, seed: number) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, id) => {
    const source = Math.max(1, Math.round(random.normal(12, 4)));
    const target = Math.max(1, source + random.integer(5) - 2);
    return { id, source: Array(source).fill(7), target: Array(target).fill(7) };
  });
}

test('every item stands in exactly one batch, whatever the sizes; equal seeds give equal batches', () => {
  fc.assert(
    fc.property(
      fc.nat(120),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 5 }),
      (count, batch, window) => {
        const pairs = pairsOf(count, 1);
        const made = bucketByLength(pairs, { batch, window, random: createRandom(2) });
        assert.deepEqual(
          made
            .flat()
            .map(({ id }) => id)
            .sort((a, b) => a - b),
          pairs.map(({ id }) => id),
        );
        assert.ok(made.every(({ length }) => length >= 1 && length <= batch));
        assert.equal(
          made.length,
          Array.from({ length: Math.ceil(count / (batch * window)) }, (_, n) =>
            Math.ceil(Math.min(batch * window, count - n * batch * window) / batch),
          ).reduce((sum, each) => sum + each, 0),
        );
        assert.deepEqual(bucketByLength(pairs, { batch, window, random: createRandom(2) }), made);
      },
    ),
  );
});

test('little of a batch is padding, much without buckets (3,200 pairs, 5 seeds)', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const pairs = pairsOf(3200, seed);
    const buckets = bucketByLength(pairs, { batch: 64, random: createRandom(seed) });
    const mixed = bucketByLength(pairs, { batch: 64, window: 1, random: createRandom(seed) });
    assert.ok(paddedShare(buckets, ({ target }) => target.length) < 0.04);
    assert.ok(paddedShare(buckets, ({ source }) => source.length) < 0.12);
    assert.ok(paddedShare(mixed, ({ target }) => target.length) > 0.3);
  }
});

test('batches come in no order of length, and differ from epoch to epoch', () => {
  const pairs = pairsOf(1280, 3);
  const epoch = (n: number) =>
    bucketByLength(pairs, { batch: 16, random: createRandom(1).child(n) }).map(
      ([first]) => first!.target.length,
    );
  const lengths = epoch(0);
  const rises = lengths.filter((length, at) => at > 0 && length > lengths[at - 1]!).length;
  assert.ok(rises > 20 && rises < 60, `${rises} of 79 steps rise`);
  assert.notDeepEqual(epoch(1), lengths);
});

test('padding by hand, own lengths, and what cannot be', () => {
  assert.equal(
    paddedShare([['aa', 'a'], ['abc']], (text) => text.length),
    1 - 6 / 7,
  );
  const texts = ['bbb', 'a', 'cc', 'd'];
  const lengths = (text: string) => [text.length];
  const made = bucketByLength(texts, { batch: 2, random: createRandom(1), lengths });
  assert.deepEqual(made.map((batch) => batch.map(({ length }) => length)).sort(), [
    [1, 1],
    [2, 3],
  ]);
  assert.throws(
    () => bucketByLength(texts as never[], { batch: 2, random: createRandom(1) }),
    /no source and target/,
  );
  assert.throws(() => bucketByLength(texts, { batch: 0, random: createRandom(1), lengths }), /batch 0/);
  assert.throws(
    () => bucketByLength(texts, { batch: 1, window: 0.5, random: createRandom(1), lengths }),
    /window 0\.5/,
  );
  assert.throws(() => paddedShare([], () => 1), /no batch/);
});
