import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  batchStream,
  bucketByLength,
  bucketStream,
  createRandom,
  createVocabulary,
  encodePairs,
  repeatStream,
  shuffleStream,
  UNKNOWN,
} from 'heed';

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

test('a shuffle gives every item once, the same for the same seed; forward by less than its size', async () => {
  for (const [count, size] of [
    [0, 3],
    [2, 3],
    [3, 3],
    [500, 40],
    [50, 1],
  ] as const) {
    const shuffled = await all(shuffleStream(numbers(count), { size, random: createRandom(5) }));
    assert.deepEqual(
      shuffled.toSorted((a, b) => a - b),
      numbers(count),
    );
    for (const [at, item] of shuffled.entries()) assert.ok(item - at < size, `${item} at ${at}`);
    assert.deepEqual(await all(shuffleStream(numbers(count), { size, random: createRandom(5) })), shuffled);
  }
  assert.deepEqual(await all(shuffleStream(numbers(9), { size: 1, random: createRandom(5) })), numbers(9));
});

test('a buffer as large as the stream shuffles evenly (every place of 5, 4,000 shuffles, chi square)', async () => {
  const random = createRandom(11);
  const counts = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
  for (let n = 0; n < 4000; n++) {
    const shuffled = await all(shuffleStream(numbers(5), { size: 5, random }));
    for (const [at, item] of shuffled.entries()) counts[item]![at]!++;
  }
  const chiSquare = counts.flat().reduce((sum, count) => sum + (count - 800) ** 2 / 800, 0);
  // 16 degrees of freedom: above 39.3 once in a thousand.
  assert.ok(chiSquare < 39.3, `chi square ${chiSquare}`);
});

test('only the buffer is read ahead', async () => {
  let read = 0;
  function* counted() {
    for (const n of numbers(1000)) {
      read++;
      yield n;
    }
  }
  for await (const _ of shuffleStream(counted(), { size: 10, random: createRandom(1) })) break;
  assert.equal(read, 11);
});

test('batches keep the order; the last is smaller', async () => {
  assert.deepEqual(await all(batchStream(numbers(5), 2)), [[0, 1], [2, 3], [4]]);
  assert.deepEqual(await all(batchStream([], 2)), []);
});

test('buckets of a stream are as good as those of a list, window for window', async () => {
  const random = createRandom(3);
  const pairs = numbers(400).map((id) => ({
    id,
    source: [id],
    target: Array(1 + random.integer(30)).fill(7),
  }));
  const batches = await all(bucketStream(pairs, { batch: 8, window: 10, random: createRandom(1) }));
  assert.deepEqual(
    batches
      .flat()
      .map(({ id }) => id)
      .toSorted((a, b) => a - b),
    numbers(400),
  );
  const spread = (made: (typeof pairs)[]) =>
    made.reduce((sum, batch) => {
      const lengths = batch.map(({ target }) => target.length);
      return sum + Math.max(...lengths) - Math.min(...lengths);
    }, 0) / made.length;
  const listed = bucketByLength(pairs, { batch: 8, window: 10, random: createRandom(1) });
  assert.ok(Math.abs(spread(batches) - spread(listed)) < 1, `${spread(batches)} and ${spread(listed)}`);
  assert.ok(
    batches
      .slice(0, 10)
      .flat()
      .every(({ id }) => id < 80),
    'the first window holds the first items',
  );
});

test('passes go on without end, each opened anew; one that gives nothing is an error', async () => {
  const seen: number[] = [];
  for await (const item of repeatStream((pass) => [10 * pass, 10 * pass + 1])) {
    seen.push(item);
    if (seen.length === 5) break;
  }
  assert.deepEqual(seen, [0, 1, 10, 11, 20]);
  await assert.rejects(
    all(repeatStream((pass) => (pass === 0 ? [1] : []))),
    /Pass 1 over the corpus gave nothing/,
  );
});

test('pairs of text become ids, what is not known the unknown one', async () => {
  const source = createVocabulary(['a b'], { kind: 'word' });
  const target = createVocabulary(['c'], { kind: 'word' });
  const [pair] = await all(encodePairs([{ source: 'b x a', target: 'c y' }], { source, target }));
  assert.deepEqual(pair, { source: [5, UNKNOWN, 4], target: [4, UNKNOWN] });
});

test('sizes that cannot be are refused', async () => {
  const random = createRandom(1);
  await assert.rejects(all(shuffleStream([1], { size: 0, random })), /shuffleStream: size 0/);
  await assert.rejects(all(batchStream([1], 1.5)), /batchStream: batch 1\.5/);
  await assert.rejects(all(bucketStream([{ source: '', target: '' }], { batch: -1, random })), /batch -1/);
});
