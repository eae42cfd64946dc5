import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barChart, lineChart, trainingCurve } from '../../../lib/src/figures/charts.js';
import { PALETTE } from '../../../lib/src/figures/figure.js';
import { drawn } from './drawn.js';

const line = {
  title: 'T',
  caption: 'C.',
  xTitle: 'gap',
  yTitle: 'accuracy',
  series: [
    { name: 'with', x: [1, 2], y: [1, 0.9] },
    { name: 'without', x: [1], y: [0.5] },
  ],
};

test('lines: a trace a series, told apart by colour, and a table of all points', () => {
  const figure = lineChart(line);
  const { data, layout } = drawn(figure);
  assert.deepEqual(
    data.map((trace) => [trace.name, trace.mode, trace.line.color]),
    [
      ['with', 'lines', PALETTE[0]],
      ['without', 'markers', PALETTE[1]],
    ],
  );
  assert.equal(layout.showlegend, true);
  assert.equal(layout.yaxis.type, undefined);
  assert.deepEqual(figure.table, {
    columns: ['series', 'gap', 'accuracy'],
    rows: [
      ['with', 1, 1],
      ['with', 2, 0.9],
      ['without', 1, 0.5],
    ],
  });
});

test('more series than colours differ in their dash', () => {
  const series = Array.from({ length: 9 }, (_, index) => ({ name: String(index), x: [0, 1], y: [0, 1] }));
  const data = drawn(lineChart({ ...line, series })).data;
  const looks = data.map((trace) => trace.line.color + trace.line.dash);
  assert.equal(new Set(looks).size, 9);
});

test('a training curve tells the first loss, the predicted one and the last', () => {
  const figure = trainingCurve({ steps: [1, 350], losses: [2.7, 0.00341], predictedFirstLoss: Math.log(15) });
  assert.equal(
    figure.caption,
    'The loss goes from 2.7 (predicted before training: 2.708) at step 1 to 0.00341 at step 350.',
  );
  const { layout, data } = drawn(figure);
  assert.equal(layout.yaxis.type, 'log');
  assert.equal(data.length, 1);
  assert.deepEqual([layout.shapes[0].y0, layout.shapes[0].y1], [Math.log(15), Math.log(15)]);
  assert.equal(layout.annotations[0].y, Math.log10(Math.log(15)));
  assert.deepEqual(figure.table.rows.at(-1), ['predicted first loss, 2.708', 'all', Math.log(15)]);
});

test('a logarithmic axis has labels: powers of ten where two lie in what is drawn, else those between them', () => {
  const ticks = (losses: number[]) =>
    drawn(trainingCurve({ steps: losses.map((_, n) => n), losses })).layout.yaxis.tickvals;
  assert.deepEqual(ticks([3, 1.5, 0.05]), [0.01, 0.1, 1, 10]);
  assert.equal(ticks([2.46, 1.95, 1.58]), undefined); // plotly's own
  assert.equal(ticks([4, 0.5]), undefined);
});

test('a training curve may be linear and have validation', () => {
  const validation = { steps: [2], losses: [0.5] };
  const { data, layout } = drawn(trainingCurve({ steps: [1, 2], losses: [1, 0.1], validation, log: false }));
  assert.deepEqual(
    data.map((trace) => trace.name),
    ['training', 'validation'],
  );
  assert.deepEqual([layout.yaxis.type, layout.shapes.length], [undefined, 0]);
});

test('bars: from the top down, each with its value, from 0', () => {
  const figure = barChart({
    title: 'T',
    caption: 'C.',
    labels: ['a', 'a'],
    values: [0.5, 2],
    valueTitle: 'v',
    labelTitle: 'l',
  });
  const { data, layout } = drawn(figure);
  assert.deepEqual(
    [data[0].x, data[0].y, data[0].text],
    [
      [0.5, 2],
      [0, 1],
      ['0.5', '2'],
    ],
  );
  assert.deepEqual(
    [layout.xaxis.range, layout.yaxis.range],
    [
      [0, 2],
      [1.5, -0.5],
    ],
  );
  assert.deepEqual(figure.table, {
    columns: ['l', 'v'],
    rows: [
      ['a', 0.5],
      ['a', 2],
    ],
  });
});

test('unequal or missing data are refused', () => {
  assert.throws(() => lineChart({ ...line, series: [] }), /at least one series/);
  assert.throws(() => lineChart({ ...line, series: [{ name: 's', x: [1, 2], y: [1] }] }), /"s".* 2 and 1/);
  assert.throws(() => trainingCurve({ steps: [], losses: [] }), /at least one/);
  const bar = { title: 'T', caption: 'C.', valueTitle: 'v', labelTitle: 'l' };
  assert.throws(() => barChart({ ...bar, labels: ['a'], values: [] }), /1 labels for 0 values/);
});
