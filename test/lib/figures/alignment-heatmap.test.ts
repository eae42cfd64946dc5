import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignmentHeatmap } from '../../../lib/src/figures/alignment-heatmap.js';
import { drawn } from './drawn.js';

const alpha = [
  [0, 0.25, 0.75],
  [0.5, Math.fround(0.1), 0.4],
];
const options = { source: ['a', ' ', 'a'], target: ['<', 'a'], alpha };

test('repeated characters keep their own columns; zero stays zero; the scale is 0 to 1', () => {
  const { data, layout } = drawn(alignmentHeatmap(options));
  assert.deepEqual(data.length, 1);
  assert.deepEqual(data[0].x, [0, 1, 2]);
  assert.deepEqual(data[0].z, [
    [0, 0.25, 0.75],
    [0.5, Math.fround(0.1), 0.4],
  ]);
  assert.deepEqual(
    [data[0].zmin, data[0].zmax, data[0].zsmooth, data[0].colorscale],
    [0, 1, false, 'Cividis'],
  );
  assert.deepEqual(
    [layout.xaxis.tickvals, layout.xaxis.ticktext],
    [
      [0, 1, 2],
      ['a', '␣', 'a'],
    ],
  );
  assert.deepEqual(
    [layout.yaxis.tickvals, layout.yaxis.ticktext],
    [
      [0, 1],
      ['&lt;', 'a'],
    ],
  );
  assert.deepEqual(layout.yaxis.range, [1.5, -0.5]); // first output on top
});

test('the pointer sees both tokens and the value', () => {
  const [trace] = drawn(alignmentHeatmap(options)).data;
  assert.deepEqual(trace.customdata[0], [
    ['&lt;', 'a'],
    ['&lt;', '␣'],
    ['&lt;', 'a'],
  ]);
  assert.match(trace.hovertemplate, /%\{customdata\[0\]\}.*%\{customdata\[1\]\}.*%\{z:\.3f\}/);
});

test('true spans are framed, counted in the caption and told in the table', () => {
  const figure = alignmentHeatmap({ ...options, spans: [[1, 3], null] });
  const { shapes } = drawn(figure).layout;
  assert.equal(shapes.length, 1);
  assert.deepEqual(
    [shapes[0].x0, shapes[0].x1, shapes[0].y0, shapes[0].y1].map((n) => n.toFixed(2)),
    ['0.56', '2.44', '-0.44', '0.44'],
  );
  assert.match(figure.caption, /^1 of 1 outputs with a source .* 0\.63 on average\.$/);
  assert.deepEqual(figure.table.columns, ['output', 'looks most at', 'position', 'alpha', 'true source']);
  assert.deepEqual(figure.table.rows, [
    ['<', 'a', 2, 0.75, '␣a'],
    ['a', 'a', 0, 0.5, 'none'],
  ]);
  assert.match(
    alignmentHeatmap({
      ...options,
      spans: [
        [0, 1],
        [0, 1],
      ],
    }).caption,
    /^1 of 2 /,
  );
});

test('without spans there are no frames, and a caption of one’s own is taken', () => {
  const figure = alignmentHeatmap({ ...options, caption: 'It looks back.', title: 'T' });
  assert.deepEqual(drawn(figure).layout.shapes, []);
  assert.equal(figure.caption, 'It looks back.');
  assert.equal(figure.table.columns.length, 4);
});

test('both axes say what stands on them', () => {
  const titles = (more: object) => {
    const { xaxis, yaxis } = drawn(alignmentHeatmap({ ...options, ...more })).layout;
    return [xaxis.title.text, yaxis.title.text];
  };
  assert.deepEqual(titles({}), ['read', 'written']);
  assert.deepEqual(titles({ sourceTitle: 'key', targetTitle: 'query' }), ['key', 'query']);
});

test('nothing in the options is changed or shared', () => {
  const figure = alignmentHeatmap({ source: ['a'], target: ['b'], alpha: [Float32Array.of(1.0000001)] });
  assert.deepEqual(drawn(figure).data[0].z, [[1]]);
});

test('a wrong alpha is refused with what was expected', () => {
  const draw = (change: object) => () => alignmentHeatmap({ ...options, ...change });
  assert.throws(draw({ alpha: [[1, 0, 0]] }), /\[2, 3\]; got 1 rows/);
  assert.throws(
    draw({
      alpha: [
        [1, 0, 0],
        [1, 0],
      ],
    }),
    /row 1 with 2 values/,
  );
  assert.throws(
    draw({
      alpha: [
        [1, 0, 0],
        [1, 0, Number.NaN],
      ],
    }),
    /alpha\[1\]\[2\] is NaN/,
  );
  assert.throws(
    draw({
      alpha: [
        [1.1, 0, 0],
        [1, 0, 0],
      ],
    }),
    /alpha\[0\]\[0\] is 1.1/,
  );
  assert.throws(draw({ source: [] }), /at least one/);
});
