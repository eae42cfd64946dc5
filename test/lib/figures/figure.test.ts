import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFigure, DISPLAY, formatNumber } from '../../../lib/src/figures/figure.js';
import { drawn } from './drawn.js';

const parts = {
  title: 'A < B',
  caption: 'B & C are larger.',
  table: { columns: ['name'], rows: [['B']] },
  data: [{ type: 'bar', y: [1] }],
  layout: { width: 400, height: 200, margin: { t: 5 }, xaxis: { title: { text: 'x' } } },
};

test('a figure shows itself as an object for plotly and a sentence', () => {
  const figure = createFigure(parts);
  assert.equal(DISPLAY, Symbol.for('Jupyter.display'));
  assert.deepEqual(figure[DISPLAY](), {
    'application/vnd.plotly.v1+json': { data: figure.spec.data, layout: figure.spec.layout },
    'text/plain': 'A < B. B & C are larger.',
  });
  assert.deepEqual(JSON.parse(JSON.stringify(figure.spec)), figure.spec);
});

test('title and caption stand in the picture, escaped; room is made for the lines of the caption', () => {
  const layout = drawn(createFigure(parts)).layout;
  assert.equal(layout.title.text, 'A &lt; B');
  assert.equal(layout.title.subtitle.text, 'B &amp; C are larger.');
  assert.deepEqual([layout.width, layout.height, layout.margin.t], [400, 275, 80]);
  assert.deepEqual([layout.xaxis.title.text, layout.xaxis.automargin], ['x', true]);
  const words = 'word '.repeat(30).trim();
  const long = drawn(createFigure({ ...parts, caption: words })).layout;
  const lines = long.title.subtitle.text.split('<br>');
  assert.equal(lines.join(' '), words);
  assert.equal(long.height, 200 + 58 + 17 * lines.length);
  assert.ok(lines.every((line: string) => line.length <= 56));
});

test('a figure without caption, or with a ragged table, is refused', () => {
  assert.throws(() => createFigure({ ...parts, caption: ' ' }), /no caption/);
  assert.throws(() => createFigure({ ...parts, table: { columns: ['a'], rows: [[1, 2]] } }), /needs 1 cells/);
});

test('numbers are written as people read them', () => {
  const written = [0, 0.99712, 350, 1e-7, -0.00012, 123456, 2.5e7, Number.NaN].map(formatNumber);
  assert.deepEqual(written, ['0', '0.9971', '350', '1.0e-7', '-1.2e-4', '123500', '2.5e+7', 'NaN']);
});
