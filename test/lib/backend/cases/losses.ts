import * as tf from '@tensorflow/tfjs';
import { type Entry, ints, m } from './entry.js';

export const losses: Entry[] = [
  ['softmax', [m], (x) => tf.softmax(x)],
  ['softmax, rank 3', [[2, 4, 5]], (x) => tf.softmax(x)],
  ['logSoftmax', [m], (x) => tf.logSoftmax(x)],
  ['logSumExp', [m], (x) => tf.logSumExp(x, 1)],
  ['softmaxCrossEntropy', [[3, 5]], (x) => tf.losses.softmaxCrossEntropy(tf.oneHot(ints([0, 2, 1]), 5), x)],
  ['sigmoidCrossEntropy', [m], (x) => tf.losses.sigmoidCrossEntropy(tf.ones([4, 5]), x)],
  ['meanSquaredError', [m], (x) => tf.losses.meanSquaredError(tf.ones([4, 5]), x)],
  ['huberLoss', [m], (x) => tf.losses.huberLoss(tf.ones([4, 5]), x)],
  ['cosineDistance', [m], (x) => tf.losses.cosineDistance(tf.ones([4, 5]), x, 1)],
  ['logLoss', [m], (x) => tf.losses.logLoss(tf.ones([4, 5]), tf.sigmoid(x))],
  [
    'layer norm',
    [m],
    (x) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
    },
  ],
  [
    'dropout with a seed',
    [m],
    (x) => tf.mul(x, tf.cast(tf.greater(tf.tensor2d([0.1, 0.9, 0.4, 0.6, 0.7], [1, 5]), 0.5), 'float32')),
  ],
  ['clip by norm', [m], (x) => tf.mul(x, tf.div(1, tf.maximum(1, tf.norm(x))))],
  ['norm along an axis', [m], (x) => tf.norm(x, 2, 1)],
];
