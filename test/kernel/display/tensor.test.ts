import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { toBundle } from '../../../kernel/src/display/bundle.js';
import { formatBytes } from '../../../kernel/src/display/tensor.js';

before(async () => {
  await tf.setBackend('cpu');
});

const textOf = async (value: unknown) => String((await toBundle(value)).data['text/plain']);

test('a matrix is written with its columns below each other, its type, shape and size', async () => {
  const text = await textOf(
    tf.tensor2d([
      [1, 2.5],
      [3.125, -4],
    ]),
  );
  assert.equal(text, '[[ 1.000,  2.500],\n [ 3.125, -4.000]]\nTensor float32 [2, 2], 16 B');
});

test('single precision does not show in the digits', async () => {
  assert.equal(await textOf(tf.scalar(0.1)), '0.1\nTensor float32 [], 4 B');
});

test('ranks 1 and 2 have a table with every value, higher ranks none', async () => {
  const html = String(
    (
      await toBundle(
        tf.tensor2d(
          [
            [7, 8],
            [9, 10],
          ],
          [2, 2],
          'int32',
        ),
      )
    ).data['text/html'],
  );
  for (const value of [7, 8, 9, 10]) assert.match(html, new RegExp(`<td[^>]*>${value}</td>`));
  assert.ok('text/html' in (await toBundle(tf.tensor1d([1]))).data);
  assert.ok(!('text/html' in (await toBundle(tf.zeros([2, 2, 2]))).data));
});

test('a large tensor is cut in the middle and shows its true corners', async () => {
  const text = await textOf(tf.range(0, 10_000, 1, 'int32').reshape([100, 100]));
  assert.match(text, /^\[\[ {3}0, {4}1, {4}2, \.\.\.,/);
  assert.match(text, /9997, 9998, 9999\]\]\nTensor int32 \[100, 100\], 40 kB$/);
  assert.ok(text.length < 500, `${text.length} characters`);
});

test('no rank makes a text that nobody reads', async () => {
  assert.ok((await textOf(tf.zeros([9, 9, 9, 9, 9]))).length < 30_000);
});

test('types other than numbers: bool, string, complex', async () => {
  assert.match(await textOf(tf.tensor([true, false])), /^\[true, false\]\nTensor bool \[2\], 2 B$/);
  assert.match(await textOf(tf.tensor1d(['a', 'b"c'])), /^\["a", "b\\"c"\]\n/);
  assert.match(await textOf(tf.complex([1, 2], [3, -4])), /^\[1\+3i, 2-4i\]\nTensor complex64 \[2\], 16 B$/);
});

test('a variable says its name and whether it is trained', async () => {
  assert.match(await textOf(tf.variable(tf.zeros([2]), true, 'kernel')), /Variable 'kernel' float32 \[2\]/);
  assert.match(await textOf(tf.variable(tf.zeros([2]), false, 'mean')), /Variable 'mean' \(not trainable\)/);
});

test('a disposed tensor says so and does not throw', async () => {
  const tensor = tf.zeros([2, 3]);
  tensor.dispose();
  assert.equal(await textOf(tensor), 'Tensor float32 [2, 3], 24 B, disposed: its values are gone');
});

test('an empty tensor, and values that are no numbers', async () => {
  assert.equal(await textOf(tf.zeros([0, 3])), '[]\nTensor float32 [0, 3], 0 B');
  assert.match(
    await textOf(tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, 1])),
    /^\[ *NaN, Infinity, *1\]/,
  );
});

test('showing a tensor leaves none behind', async () => {
  const tensor = tf.randomNormal([20, 20]);
  const before = tf.memory().numTensors;
  await toBundle(tensor);
  assert.equal(tf.memory().numTensors, before);
});

test('parameters inside a plain tree are one line each', async () => {
  const tree = { encoder: { kernel: tf.variable(tf.zeros([4, 8]), true, 'k1') }, steps: 3 };
  const text = await textOf(tree);
  assert.match(text, /kernel: \[Variable 'k1' float32 \[4, 8\], 128 B\]/);
  assert.match(text, /steps: 3/);
  assert.doesNotMatch(text, /dataId/);
});

test('sizes have three digits', () => {
  assert.deepEqual([0, 999, 1000, 123_456, 2.5e9].map(formatBytes), [
    '0 B',
    '999 B',
    '1 kB',
    '123 kB',
    '2.5 GB',
  ]);
});
