import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { maskedCrossEntropy } from 'heed';
import { defaultAdam, fusedAdam } from '../../../../lib/src/backend/fused/index.js';
import { assertClose, compareGradients, numbers, useFused } from './plain.js';

before(useFused);

it('Adam walks like the stock optimizer', () => {
  const draw = numbers(1);
  const start = draw([5, 7]);
  const stock = tf.variable(start);
  const ours = tf.variable(start);
  const optimizer = tf.train.adam(0.01);
  let [firstMoment, secondMoment] = [tf.zeros([5, 7]), tf.zeros([5, 7])];
  const loss = (x: tf.Tensor) => x.sub(0.3).square().mul(x.abs().add(0.1)).sum() as tf.Scalar;
  for (let step = 1; step <= 20; step++) {
    optimizer.minimize(() => loss(stock), false, [stock]);
    const gradient = tf.grad(loss)(ours);
    const next = fusedAdam({ parameter: ours, firstMoment, secondMoment }, gradient, step, {
      ...defaultAdam,
      learningRate: 0.01,
    });
    ours.assign(next.parameter);
    [firstMoment, secondMoment] = [next.firstMoment, next.secondMoment];
  }
  assertClose(ours, stock, 1e-5, 'after twenty steps');
  assert.ok(loss(ours).dataSync()[0]! < loss(start).dataSync()[0]!);
});

it('a stock product sees the weights that Adam made', () => {
  const variable = tf.variable(tf.ones([4, 3]));
  const x = tf.ones([2, 4]) as tf.Tensor2D;
  x.matMul(variable as tf.Tensor2D).dataSync();
  const zeros = tf.zeros([4, 3]);
  const state = { parameter: variable, firstMoment: zeros, secondMoment: zeros };
  // The first step of Adam is the learning rate against the gradient's sign.
  variable.assign(fusedAdam(state, tf.ones([4, 3]), 1, { ...defaultAdam, learningRate: 0.5 }).parameter);
  assertClose(x.matMul(variable as tf.Tensor2D), tf.fill([2, 3], 2), 1e-6, 'product');
});

it('Adam refuses other shapes and step 0', () => {
  const [p, z] = [tf.ones([3]), tf.zeros([3])];
  const state = { parameter: p, firstMoment: z, secondMoment: z };
  assert.throws(
    () => fusedAdam(state, tf.ones([4]), 1),
    /gradient must be float32 \[3\] like the parameter, got float32 \[4\]/,
  );
  assert.throws(() => fusedAdam(state, tf.ones([3]), 0), /step must be an integer from 1, got 0/);
});

/** The loss that the library trains with; from 512 classes on it is the fused one. */
const loss = (labels: tf.Tensor1D, mask: number[] | null) => (logits: tf.Tensor) => {
  const [rows, classes] = logits.shape as [number, number];
  const real = mask === null ? null : tf.tensor2d(mask, [1, rows]);
  return maskedCrossEntropy(logits.reshape([1, rows, classes]), labels.reshape([1, rows]), real);
};

it('cross-entropy is -log softmax at the label, padding left out', () => {
  for (const [rows, classes] of [
    [1, 512],
    [7, 517],
    [4, 1000],
  ] as const) {
    const logits = numbers(2)([rows, classes], 5);
    const ids = Int32Array.from({ length: rows }, (_, i) => (i * 17) % classes);
    const labels = tf.tensor1d(ids, 'int32');
    for (const mask of [null, Array.from(ids, (_, i) => Number(i !== 2))]) {
      const weights = tf.tensor1d(mask ?? new Array(rows).fill(1));
      const plain = (x: tf.Tensor) => [
        tf.logSoftmax(x).mul(tf.oneHot(labels, classes)).sum(1).neg().mul(weights).sum().div(weights.sum()),
      ];
      compareGradients(plain, (x) => [loss(labels, mask)(x)], [logits], ['logits']);
    }
  }
});

it('cross-entropy holds for logits far apart', () => {
  const row = (first: number, rest: number) => [first, ...new Array(599).fill(rest)];
  const logits = tf.tensor2d([row(1000, -1000)]);
  assert.equal(loss(tf.tensor1d([0], 'int32'), null)(logits).dataSync()[0], 0);
  assert.equal(loss(tf.tensor1d([1], 'int32'), null)(logits).dataSync()[0], 2000);
  const even = loss(tf.tensor1d([1], 'int32'), null)(tf.tensor2d([row(-1e30, 0)])).dataSync()[0]!;
  assert.ok(Math.abs(even - Math.log(599)) < 1e-5);
});

it('cross-entropy refuses a label that is no class', () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const labels = tf.tensor1d([0, 600], 'int32');
    const logits = tf.zeros([2, 600]);
    assert.throws(
      () => loss(labels, null)(logits),
      /expected whole numbers from 0 to 599, got 600 at place 1/,
    );
    // The kernel does not rely on its caller: it would read beyond its memory.
    assert.throws(
      () => tf.engine().runKernel('HeedCrossEntropy', { logits, labels }, {}),
      /label 600 of row 1 is not from 0 to 599/,
    );
  });
  assert.equal(tf.memory().numTensors, before);
});
