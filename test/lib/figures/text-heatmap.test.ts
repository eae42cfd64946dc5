import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textHeatmap } from '../../../lib/src/figures/text-heatmap.js';
import { drawn } from './drawn.js';

const given = {
  words: ['the', 'course', '<of>', 'study'],
  panels: [{ name: 'even', weights: [0, 0.5, 0.25, 0.25] }],
  valueTitle: 'alpha',
  title: 'T',
  caption: 'C.',
};

test('a word a box: white where the weight is 0, the full colour where it is largest', () => {
  const figure = textHeatmap(given);
  const { data, layout } = drawn(figure);
  assert.deepEqual(data[0].text, ['the', 'course', '&lt;of&gt;', 'study']);
  assert.equal(layout.shapes.length, 4);
  assert.equal(layout.shapes[0].fillcolor, 'rgb(255,255,255)');
  assert.equal(layout.shapes[1].fillcolor, 'rgb(0,114,178)');
  // Half way: 255 + (0 - 255) / 2 and so on.
  assert.equal(layout.shapes[2].fillcolor, 'rgb(128,185,217)');
  assert.deepEqual(figure.table.rows[1], [1, 'course', 0.5]);
});

test('words stand in reading order without touching, on as many lines as they need', () => {
  const words = Array.from({ length: 60 }, (_, n) => `word${n}`);
  const { layout } = drawn(
    textHeatmap({ ...given, words, panels: [{ name: 'p', weights: words.map(() => 1) }] }),
  );
  let before = layout.shapes[0];
  let lines = 1;
  for (const box of layout.shapes.slice(1)) {
    if (box.y0 > before.y0) lines++;
    else assert.ok(box.x0 >= before.x1, 'boxes of a line do not overlap');
    assert.ok(box.y0 >= before.y0 && box.x1 <= 680);
    before = box;
  }
  assert.ok(lines > 3);
});

test('panels have one scale, and frames stand on each', () => {
  const panels = [...given.panels, { name: 'sharp', weights: [0, 1, 0, 0] }];
  const { layout } = drawn(textHeatmap({ ...given, panels, framed: [1] }));
  assert.equal(layout.shapes[1].fillcolor, 'rgb(128,185,217)');
  assert.equal(layout.shapes[5].fillcolor, 'rgb(0,114,178)');
  assert.deepEqual(
    layout.shapes.map(({ line }: { line: { width: number } }) => line.width),
    [0, 2, 0, 0, 0, 2, 0, 0],
  );
  assert.equal(layout.annotations.at(-1).text, 'alpha: white is 0, full colour 1; framed: where to look');
  assert.deepEqual(
    layout.annotations.slice(0, -1).map(({ text }: { text: string }) => text),
    ['<b>even</b>', '<b>sharp</b>'],
  );
});

test('weights that do not fit, are negative or no numbers, or all 0, are refused', () => {
  const panel = (weights: number[]) => () => textHeatmap({ ...given, panels: [{ name: 'p', weights }] });
  assert.throws(panel([1, 2]), /panel "p": expected 4 weights of 0 or more, got 2/);
  assert.throws(panel([1, -1, 0, 0]), /negative or no number/);
  assert.throws(panel([1, Number.NaN, 0, 0]), /negative or no number/);
  assert.throws(panel([0, 0, 0, 0]), /largest weight above 0, got 0/);
  assert.throws(() => textHeatmap({ ...given, words: [], panels: [] }), /at least one word/);
});
