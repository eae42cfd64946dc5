import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom, type FrozenReversal, LONGEST_REVERSAL, loadReversal, SHORTEST_REVERSAL } from 'heed';

const file = new URL('../../../datasets/reversal/reversal.json', import.meta.url);
const task = loadReversal(JSON.parse(readFileSync(file, 'utf8')) as FrozenReversal);
const splits = ['train', 'validation', 'test'] as const;

test('by hand', () => {
  assert.deepEqual(task.pair(['h', 'e', 'd']), {
    source: ['h', 'e', 'd'],
    target: ['d', 'e', 'h'],
    alignment: [[2], [1], [0]],
  });
  assert.equal(task.vocabulary.size, 4 + 26);
  assert.equal(task.vocabulary.decode(task.vocabulary.encode('heed')), 'heed');
});

test('each target symbol is the source symbol that it is aligned with; lengths stay within what was asked', () => {
  for (const split of splits) {
    for (const { source, target, alignment } of task.sample(createRandom(1), 200, {
      split,
      lengths: [4, 9],
    })) {
      assert.ok(source.length >= 4 && source.length <= 9);
      assert.deepEqual(
        target,
        alignment.map(([at]) => source[at!]),
      );
      assert.deepEqual([...alignment.flat()].reverse(), [...source.keys()]);
    }
  }
});

test('no sequence is in two splits, of three symbols no more than of many', () => {
  const texts = (split: (typeof splits)[number], count: number) =>
    new Set(
      task.sample(createRandom(2), count, { split, lengths: [3, 4] }).map(({ source }) => source.join('')),
    );
  const trained = texts('train', 20_000);
  for (const split of ['validation', 'test'] as const)
    for (const text of texts(split, 3000)) assert.ok(!trained.has(text), text);
});

test('the same stream gives the same sequences; every length is reached', () => {
  const draw = (seed: number) => task.sample(createRandom(seed), 20);
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  for (const length of [SHORTEST_REVERSAL, 31, LONGEST_REVERSAL])
    assert.equal(task.sample(createRandom(0), 1, { lengths: [length, length] })[0]!.source.length, length);
});

test('what cannot be is refused, with what can be', () => {
  const random = createRandom(0);
  for (const lengths of [
    [2, 5],
    [3, 61],
    [9, 4],
    [3.5, 5],
  ] as const)
    assert.throws(() => task.sample(random, 1, { lengths }), /whole numbers from 3 to 60/);
  for (const count of [0, 1.5, Number.NaN])
    assert.throws(() => task.sample(random, count), /a whole number from 1/);
  assert.throws(
    () => task.sample(random, 1, { split: 'trial' as never }),
    /expected train, validation or test/,
  );
  assert.throws(() => task.pair([]), /one or more of abc/);
  assert.throws(() => task.pair(['a', '7']), /got "7"/);
  assert.throws(() => loadReversal({ name: 'dates' } as never), /Not the reversal task/);
});
