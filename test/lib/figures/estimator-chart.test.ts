import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimatorChart } from '../../../lib/src/figures/estimator-chart.js';
import { drawn } from './drawn.js';

const estimators = [
  { name: 'none', bias: 0, variance: 0.1 },
  { name: 'best', bias: 0, variance: 0.01 },
  { name: 'second best', bias: 0, variance: 0.0101 },
  { name: 'straight', bias: 0.06, variance: 0.02 },
];
const paths = [
  {
    name: 'gumbel',
    points: [
      { temperature: 2, bias: 0.1, variance: 0.001 },
      { temperature: 0.5, bias: 0.02, variance: 0.2 },
    ],
  },
];

test('unbiased estimators stand at 0, those with a temperature are a line, and all are in the table', () => {
  const figure = estimatorChart({ estimators, paths });
  const { data, layout } = drawn(figure);
  assert.deepEqual(data[0].x, [0, 0, 0]);
  assert.deepEqual(data[1].x, [0.06]);
  assert.deepEqual(data[2].x, [0.1, 0.02]);
  assert.deepEqual(data[2].text, ['τ 2', 'τ 0.5']);
  assert.equal(layout.yaxis.type, 'log');
  assert.ok(layout.xaxis.range[0] < 0 && layout.xaxis.tickvals[0] === 0);
  assert.equal(figure.table.rows.length, 6);
  assert.deepEqual(figure.table.rows[4], ['gumbel, temperature 2', 0.1, 0.001]);
});

test('the caption names the quietest unbiased and the least biased one', () => {
  assert.equal(
    estimatorChart({ estimators, paths }).caption,
    'Of the unbiased ones best varies least (0.01); of the biased ones gumbel, temperature 0.5 is off least, by 0.02, with variance 0.2.',
  );
  assert.match(estimatorChart({ estimators: estimators.slice(3) }).caption, /^Of the biased ones straight/);
});

test('names at nearly one place are moved apart', () => {
  const { layout } = drawn(estimatorChart({ estimators }));
  const height = (name: string) => {
    const { y, ay } = layout.annotations.find((a: { text: string }) => a.text === name);
    const [low, high] = layout.yaxis.range;
    return ((high - y) / (high - low)) * 404 + ay;
  };
  assert.ok(height('best') - height('second best') >= 16.9);
});

test('what cannot be drawn is an error', () => {
  assert.throws(() => estimatorChart({ estimators: [] }), /at least one estimator/);
  const of = (bias: number, variance: number) =>
    estimatorChart({ estimators: [{ name: 'x', bias, variance }] });
  assert.throws(() => of(-1, 1), /"x".*got -1 and 1/);
  assert.throws(() => of(0, 0), RangeError);
  assert.throws(() => of(Number.NaN, 1), RangeError);
});
