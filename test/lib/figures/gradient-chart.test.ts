import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradientChart } from '../../../lib/src/figures/gradient-chart.js';
import { drawn } from './drawn.js';

test('shares of the last gradient against the steps back', () => {
  const { data, layout } = drawn(gradientChart({ series: [{ name: 'rnn', norms: [0.5, 1, 2] }] }));
  assert.deepEqual(data[0].x, [0, 1, 2]);
  assert.deepEqual(data[0].y, [1, 0.5, 0.25]);
  assert.equal(layout.yaxis.type, 'log');
});

test('a line ends where it falls below the floor, and the caption says where', () => {
  const figure = gradientChart({
    series: [
      { name: 'rnn', norms: [0, 1e-9, 1e-3, 1] },
      { name: 'lstm', norms: [0.4, 0.6, 0.8, 1] },
    ],
  });
  const { data } = drawn(figure);
  assert.deepEqual(data[0].y, [1, 1e-3]);
  assert.equal(data[1].y.length, 4);
  assert.equal(figure.caption, 'rnn: below 1.0e-8 after 2 steps; lstm: 0.4 left after 3 steps.');
});

test('powers of ten are labelled as such, 1 among them', () => {
  const norms = Array.from({ length: 41 }, (_, t) => 10 ** (t - 40));
  const { tickvals, ticktext } = drawn(gradientChart({ series: [{ name: 'rnn', norms }], floor: 1e-30 }))
    .layout.yaxis;
  assert.ok(tickvals.length <= 10);
  assert.deepEqual(ticktext.slice(-3), ['10⁻⁸', '10⁻⁴', '1']);
  assert.ok(Math.abs(Math.log10(tickvals.at(-2)) + 4) < 1e-9);
});

test('without a gradient at the end there is nothing to hold the others against', () => {
  assert.throws(() => gradientChart({ series: [{ name: 'rnn', norms: [1, 0] }] }), /"rnn".*got 0/);
  assert.throws(() => gradientChart({ series: [{ name: 'rnn', norms: [] }] }), /of 0 steps/);
  assert.throws(() => gradientChart({ series: [] }), RangeError);
});
