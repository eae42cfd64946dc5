import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataFrame, Series } from 'danfojs-node';
import { toBundle } from '../../../kernel/src/display/bundle.js';

const show = async (value: unknown) => {
  const { data } = await toBundle(value);
  return { text: String(data['text/plain']), html: String(data['text/html']) };
};

const languages = () =>
  new DataFrame(
    { language: ['Deutsch', 'a<b', '日本語'], exact: [0.995, 1, Number.NaN], days: [1000, 20, 3] },
    {
      index: ['r1', 'r2', 'r3'],
    },
  );

test('a frame is a text table with its index, numbers to the right', async () => {
  const { text } = await show(languages());
  assert.deepEqual(text.split('\n'), [
    '    language  exact  days',
    'r1  Deutsch   0.995  1000',
    'r2  a<b       1.000    20',
    'r3  日本語      NaN     3',
  ]);
});

test('and an HTML table: headings marked, numbers to the right, text escaped', async () => {
  const { html } = await show(languages());
  assert.match(html, /<th scope="row">r2<\/th><td style="text-align:left">a&lt;b<\/td>/);
  assert.match(html, /<td style="text-align:right">1000<\/td>/);
  assert.match(html, /<th scope="col" style="text-align:right">exact<\/th>/);
});

test('at most twenty rows are shown and the others are counted', async () => {
  const rows = Array.from({ length: 25 }, (_, at) => [at, at / 7]);
  const { text, html } = await show(new DataFrame(rows, { columns: ['i', 'x'] }));
  assert.equal(html.match(/<tr>/g)?.length, 21);
  assert.match(html, /… 5 more rows, 25 rows x 2 columns/);
  assert.match(text, /\n19 {2}19 {2}2\.7143\n… 5 more rows/);
});

test('a wide frame is cut too', async () => {
  const { html } = await show(new DataFrame([Array.from({ length: 40 }, (_, at) => at)]));
  assert.equal(html.match(/scope="col"/g)?.length, 30);
  assert.match(html, /… 10 more columns/);
});

test('a series says that it is one; a column keeps its name', async () => {
  assert.match(
    (await show(new Series([1, 2, 3]))).text,
    /^ {3}0\n0 {2}1\n1 {2}2\n2 {2}3\nSeries of 3, int32$/,
  );
  assert.match((await show(languages().column('exact'))).text, /^ {4}exact\nr1 {2}0\.995\n/);
});

test('an empty frame', async () => {
  assert.equal((await show(new DataFrame())).text, '0 rows x 0 columns');
});

test('a column may be called shape, which then hides the shape of the frame', async () => {
  const { text } = await show(new DataFrame([[1, 2]], { columns: ['name', 'shape'] }));
  assert.equal(text, '   name  shape\n0     1      2');
});
