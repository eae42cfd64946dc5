import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordHeatmap } from '../../../lib/src/figures/word-heatmap.js';
import { drawn } from './drawn.js';

const given = {
  words: ['in', 'france', 'in'],
  rows: ['forget', 'input'],
  values: [
    [0.9, 0.8, 1],
    [0.1, 0.95, 0],
  ],
  valueTitle: 'gate',
  title: 'T',
  caption: 'C.',
};

test('a column a word, also one that comes twice; the table has a row a word', () => {
  const figure = wordHeatmap(given);
  const { data, layout } = drawn(figure);
  assert.deepEqual(data[0].z, given.values);
  assert.deepEqual([data[0].zmin, data[0].zmax], [0, 1]);
  assert.deepEqual(layout.xaxis.ticktext, given.words);
  assert.equal(new Set(layout.xaxis.tickvals).size, 3);
  assert.deepEqual(figure.table, {
    columns: ['word', 'forget', 'input'],
    rows: [
      ['in', 0.9, 0.1],
      ['france', 0.8, 0.95],
      ['in', 1, 0],
    ],
  });
});

test('the first row stands on top, and a range of its own is the scale', () => {
  const { data, layout } = drawn(wordHeatmap({ ...given, range: [-1, 1] }));
  assert.deepEqual(layout.yaxis.range, [1.5, -0.5]);
  assert.deepEqual([data[0].zmin, data[0].zmax], [-1, 1]);
});

test('values that do not fit the words, or are no numbers, are refused', () => {
  assert.throws(() => wordHeatmap({ ...given, values: [[1, 2, 3]] }), /2 rows of 3 words.*got 1 rows/);
  assert.throws(
    () =>
      wordHeatmap({
        ...given,
        values: [
          [1, 2],
          [1, 2, 3],
        ],
      }),
    /row "forget": expected 3/,
  );
  assert.throws(
    () =>
      wordHeatmap({
        ...given,
        values: [
          [1, 2, 3],
          [1, 2, Number.NaN],
        ],
      }),
    /row "input"/,
  );
  assert.throws(() => wordHeatmap({ ...given, words: [], values: [[], []] }), /at least one/);
});
