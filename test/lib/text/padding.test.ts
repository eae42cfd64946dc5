import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf, padSequences } from '../../../lib/src/text/padding.js';

test('sequences become one rectangle with mask and lengths', () => {
  const batch = padSequences([[5, 6, 7], [8]]);
  assert.deepEqual(batch.shape, [2, 3]);
  assert.deepEqual([...batch.ids], [5, 6, 7, 8, 0, 0]);
  assert.deepEqual([...batch.mask], [1, 1, 1, 1, 0, 0]);
  assert.deepEqual([...batch.lengths], [3, 1]);
  assert.deepEqual(padSequences([Int32Array.of(5)], { length: 2 }).shape, [1, 2]);
});

test('what cannot be padded is refused with the row', () => {
  assert.throws(() => padSequences([]), /got none/);
  assert.throws(() => padSequences([[5], []]), /Sequence 1 is empty/);
  assert.throws(() => padSequences([[5, 6]], { length: 1 }), /Sequence 0 has 2 ids, more than the 1/);
  for (const id of [0, -1, 1.5, Number.NaN])
    assert.throws(() => padSequences([[4, id]]), /at 1: expected whole numbers/);
});

test('batches keep the order and hold every item once', () => {
  assert.deepEqual([...batchesOf([1, 2, 3, 4, 5], 2)], [[1, 2], [3, 4], [5]]);
  assert.deepEqual([...batchesOf([], 2)], []);
  for (const size of [0, -1, 1.5, Number.NaN]) assert.throws(() => [...batchesOf([1], size)], /Batch size/);
});
