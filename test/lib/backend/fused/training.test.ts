import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  defaultAdam,
  embeddingGradient,
  fusedAdam,
  fusedCrossEntropy,
  fusedEmbedding,
} from '../../../../lib/src/backend/fused/index.js';
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

it('cross-entropy is -log softmax at the label', () => {
  for (const [rows, classes] of [
    [1, 2],
    [3, 7],
    [7, 33],
    [4, 1000],
  ] as const) {
    const logits = numbers(2)([rows, classes], 5);
    const ids = Int32Array.from({ length: rows }, (_, i) => (i * 17) % classes);
    const labels = tf.tensor1d(ids, 'int32');
    const plain = (x: tf.Tensor) => [tf.logSoftmax(x).mul(tf.oneHot(labels, classes)).sum(1).neg()];
    compareGradients(plain, (x) => [fusedCrossEntropy(x as tf.Tensor2D, labels)], [logits], ['logits']);
  }
});

it('cross-entropy holds for logits far apart', () => {
  const logits = tf.tensor2d([
    [1000, 0, -1000],
    [-1e30, 0, 0],
  ]);
  const losses = fusedCrossEntropy(logits, tf.tensor1d([1, 1], 'int32')).dataSync();
  assert.equal(losses[0], 1000);
  assert.ok(Math.abs(losses[1]! - Math.LN2) < 1e-6);
});

it('cross-entropy refuses a label that is no class', () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const labels = tf.tensor1d([0, 3], 'int32');
    assert.throws(() => fusedCrossEntropy(tf.zeros([2, 3]), labels), /label 3 of row 1 is not from 0 to 2/);
    assert.throws(() => fusedCrossEntropy(tf.zeros([2, 3]), tf.zeros([2])), /labels must be int32/);
  });
  assert.equal(tf.memory().numTensors, before);
});

it('an embedding looks rows up and adds their gradients', () => {
  const table = numbers(3)([9, 5]);
  const ids = tf.tensor2d(
    [
      [1, 3, 3],
      [8, 0, 1],
    ],
    [2, 3],
    'int32',
  );
  const plain = (t: tf.Tensor) => [
    tf
      .oneHot(ids.flatten(), 9)
      .cast('float32')
      .matMul(t as tf.Tensor2D)
      .reshape([2, 3, 5]),
  ];
  compareGradients(plain, (t) => [fusedEmbedding(t as tf.Tensor2D, ids)], [table], ['table']);
});

it('an embedding gradient refuses ids outside the table', () => {
  assert.throws(
    () => embeddingGradient(tf.tensor1d([2, 9], 'int32'), tf.ones([2, 3]), 9),
    /id 9 is not from 0 to 8/,
  );
  assert.throws(
    () => embeddingGradient(tf.tensor1d([2], 'int32'), tf.ones([2, 3]), 9),
    /must be float32 \[1,width\], got/,
  );
});
