import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseStart } from 'heed';

function choose(scores: number[], enough: number) {
  const discarded: number[] = [];
  const chosen = chooseStart({
    starts: scores.map((_, i) => i),
    begin: (start) => start,
    score: (candidate) => scores[candidate],
    enough,
    discard: (candidate) => discarded.push(candidate),
  });
  return chosen.then((choice) => ({ ...choice, discarded }));
}

test('the first start that is good enough is kept, and no other is begun', async () => {
  const { start, tried, discarded } = await choose([0.5, 0.98, 0.99], 0.97);
  assert.equal(start, 1);
  assert.deepEqual(tried, [
    { start: 0, score: 0.5 },
    { start: 1, score: 0.98 },
  ]);
  assert.deepEqual(discarded, [0]);
});

test('where none is good enough the best is kept and all others freed', async () => {
  const { start, score, discarded } = await choose([0.5, 0.9, 0.7], 0.97);
  assert.deepEqual([start, score], [1, 0.9]);
  assert.deepEqual(discarded.sort(), [0, 2]);
});

test('no start, and a score that is no number, are refused', async () => {
  await assert.rejects(choose([], 1), /at least one start/);
  await assert.rejects(choose([Number.NaN], 1), /start 0 is not a number/);
});
