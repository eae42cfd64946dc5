import * as tf from '@tensorflow/tfjs';
import { byName, type Entry, m } from './entry.js';

export const away = (x: tf.Tensor) => tf.add(tf.square(x), 1);
export const elementwise: Entry[] = [
  ...(
    [
      'tanh',
      'sigmoid',
      'relu',
      'relu6',
      'elu',
      'selu',
      'leakyRelu',
      'softplus',
      'logSigmoid',
      'erf',
      'exp',
      'expm1',
      'abs',
      'sin',
      'cos',
      'square',
      'neg',
      'sinh',
      'cosh',
      'atan',
      'asinh',
    ] as const
  ).map((name): Entry => [name, [m], (x) => byName(name)(x)]),
  ...(['log', 'log1p', 'sqrt', 'rsqrt', 'reciprocal'] as const).map(
    (name): Entry => [name, [m], (x) => byName(name)(away(x))],
  ),
  ['prelu', [m, [5]], (x, alpha) => tf.prelu(x, alpha)],
  ['swish', [m], (x) => tf.mul(x, tf.sigmoid(x))],
  ['gelu', [m], (x) => tf.mul(0.5, tf.mul(x, tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))))],
  ['pow', [m, m], (x, y) => tf.pow(away(x), y)],
  ['pow of a number', [m], (x) => tf.pow(x, 3)],
  ['atan2', [m, m], (x, y) => tf.atan2(x, y)],
  ['mod', [m], (x) => tf.mod(x, 2)],
  ['add, broadcast', [m, [5]], (x, y) => tf.add(x, y)],
  ['add, column', [m, [4, 1]], (x, y) => tf.add(x, y)],
  ['sub, broadcast', [[5], m], (x, y) => tf.sub(x, y)],
  [
    'mul, broadcast',
    [
      [2, 4, 5],
      [4, 1],
    ],
    (x, y) => tf.mul(x, y),
  ],
  ['div', [m, m], (x, y) => tf.div(x, away(y))],
  ['minimum and maximum', [m, m], (x, y) => tf.add(tf.minimum(x, y), tf.mul(tf.maximum(x, y), 2))],
  ['squaredDifference', [m, m], (x, y) => tf.squaredDifference(x, y)],
  ['addN', [m, m, m], (x, y, z) => tf.addN([x, y, z])],
  ['clipByValue', [m], (x) => tf.clipByValue(x, -0.5, 0.5)],
  [
    'where, mask from data',
    [m, m],
    (x, y) => tf.where(tf.tensor2d([[1], [0], [1], [0]], [4, 1], 'bool'), x, y),
  ],
  ['where, condition from the operand', [m, m], (x, y) => tf.where(tf.greater(x, 0), tf.mul(x, 3), y)],
  ['cast and back', [m], (x) => tf.cast(tf.cast(x, 'float32'), 'float32')],
];
