import * as tf from '@tensorflow/tfjs';
import { type Entry, image, negative } from './entry.js';

export const convolutions: Entry[] = [
  [
    'conv1d',
    [
      [2, 6, 3],
      [3, 3, 4],
    ],
    (x, k) => tf.conv1d(x, k, 1, 'same'),
  ],
  ['conv2d same', [image, [3, 3, 3, 4]], (x, k) => tf.conv2d(x, k, 1, 'same')],
  [
    'conv2d strided, even filter',
    [
      [2, 7, 7, 3],
      [2, 4, 3, 4],
    ],
    (x, k) => tf.conv2d(x, k, 2, 'same'),
  ],
  ['conv2d valid, pointwise', [image, [1, 1, 3, 4]], (x, k) => tf.conv2d(x, k, 1, 'valid')],
  [
    'conv2d, padding in numbers',
    [image, [3, 3, 3, 2]],
    (x, k) => tf.conv2d(x, k, 1, 2),
    { nativeRefuses: /supports only 'valid' and 'same' padding/ },
  ],
  ['depthwiseConv2d', [image, [3, 3, 3, 2]], (x, k) => tf.depthwiseConv2d(x, k, 1, 'same')],
  [
    'depthwiseConv2d strided',
    [
      [2, 7, 7, 3],
      [2, 2, 3, 1],
    ],
    (x, k) => tf.depthwiseConv2d(x, k, 2, 'valid'),
  ],
  [
    'separableConv2d',
    [image, [3, 3, 3, 1], [1, 1, 3, 4]],
    (x, d, p) => tf.separableConv2d(x, d, p, 1, 'same'),
  ],
  ['conv2dTranspose', [image, [3, 3, 4, 3]], (x, k) => tf.conv2dTranspose(x, k, [2, 12, 12, 4], 2, 'same')],
  [
    'conv3d odd',
    [
      [1, 4, 4, 4, 2],
      [3, 3, 3, 2, 3],
    ],
    (x, k) => tf.conv3d(x, k, 1, 'same'),
  ],
  [
    'conv3d even, same',
    [
      [1, 4, 4, 4, 2],
      [2, 2, 2, 2, 3],
    ],
    (x, k) => tf.conv3d(x, k, 1, 'same'),
  ],
  [
    'conv3d even, valid, strided',
    [
      [2, 5, 4, 6, 2],
      [2, 2, 2, 2, 3],
    ],
    (x, k) => tf.conv3d(x, k, 2, 'valid'),
  ],
  ['maxPool', [image], (x) => tf.maxPool(x, 2, 2, 'valid')],
  ['maxPool, overlapping, same', [[2, 7, 7, 3]], (x) => tf.maxPool(x, 3, 2, 'same')],
  ['maxPool of negative values', [image], (x) => tf.maxPool(x, 2, 2, 'valid'), negative],
  [
    'maxPool of negative values, same',
    [[2, 5, 7, 3]],
    (x) => tf.maxPool(x, [3, 2], [2, 1], 'same'),
    negative,
  ],
  ['maxPool3d', [[1, 4, 4, 4, 2]], (x) => tf.maxPool3d(x, 2, 2, 'valid')],
  ['maxPool3d of negative values, same', [[1, 5, 4, 4, 2]], (x) => tf.maxPool3d(x, 3, 2, 'same'), negative],
  ['avgPool', [image], (x) => tf.avgPool(x, 2, 2, 'valid')],
  ['avgPool same', [image], (x) => tf.avgPool(x, 3, 1, 'same')],
  ['avgPool3d same', [[1, 3, 4, 5, 2]], (x) => tf.avgPool3d(x, [2, 3, 2], 1, 'same')],
  ['avgPool3d', [[1, 4, 4, 4, 2]], (x) => tf.avgPool3d(x, 2, 2, 'valid')],
  [
    'batchNorm',
    [[2, 4, 4, 3], [3], [3], [3], [3]],
    (x, mean, v, o, s) => tf.batchNorm(x, mean, tf.add(tf.square(v), 1), o, s),
  ],
  ['localResponseNormalization', [[1, 3, 3, 4]], (x) => tf.localResponseNormalization(x)],
  ['resizeBilinear', [[1, 3, 3, 2]], (x) => tf.image.resizeBilinear(x, [6, 6])],
  ['resizeNearestNeighbor', [[1, 3, 3, 2]], (x) => tf.image.resizeNearestNeighbor(x, [6, 6])],
];
