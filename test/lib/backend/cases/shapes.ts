import * as tf from '@tensorflow/tfjs';
import { byName, type Entry, forwardOnly, m } from './entry.js';

export const reductions: Entry[] = [
  ...(['sum', 'mean', 'max', 'min', 'prod'] as const).flatMap((name): Entry[] => [
    [`${name}, first axis`, [m], (x) => byName(name)(x, 0)],
    [`${name}, last axis`, [m], (x) => byName(name)(x, 1)],
    [`${name}, all`, [[2, 3, 2]], (x) => byName(name)(x)],
  ]),
  ['sum, middle axis', [[2, 4, 5]], (x) => tf.sum(x, 1)],
  ['sum, first and last axis, kept', [[2, 4, 5]], (x) => tf.sum(x, [0, 2], true)],
  ['mean, two first axes', [[2, 4, 5]], (x) => tf.mean(x, [0, 1])],
  ['cumsum', [m], (x) => tf.cumsum(x, 1)],
  ['cumsum, exclusive, reverse', [m], (x) => tf.cumsum(x, 0, true, true)],
  ['cumsum, middle axis', [[2, 4, 3]], (x) => tf.cumsum(x, 1)],
  ['cumprod', [m], (x) => tf.cumprod(x, 1), forwardOnly],
];
export const shapes: Entry[] = [
  ['reshape', [m], (x) => tf.reshape(x, [2, 10])],
  ['transpose', [m], (x) => tf.transpose(x)],
  ['transpose, rank 4', [[2, 3, 4, 5]], (x) => tf.transpose(x, [0, 2, 1, 3])],
  ['reverse', [m], (x) => tf.reverse(x, 1)],
  ['concat', [m, [4, 3]], (x, y) => tf.concat([x, y], 1)],
  ['stack', [m, m], (x, y) => tf.stack([x, y], 1)],
  ['stack of one', [m], (x) => tf.stack([x])],
  ['unstack', [m], (x) => tf.sub(tf.unstack(x, 1)[0]!, tf.unstack(x, 1)[2]!)],
  ['unstack into one', [[1, 5]], (x) => tf.unstack(x)[0]!],
  ['split', [[4, 6]], (x) => tf.split(x, [2, 4], 1)[1]!],
  ['split into one', [m], (x) => tf.split(x, 1)[0]!],
  ['slice', [[3, 4, 5]], (x) => tf.slice(x, [1, 1, 2], [2, 2, 3])],
  ['stridedSlice', [m], (x) => tf.stridedSlice(x, [0, 0], [4, 5], [2, 2]), forwardOnly],
  [
    'pad',
    [m],
    (x) =>
      tf.pad(x, [
        [1, 1],
        [0, 2],
      ]),
  ],
  [
    'mirrorPad, symmetric',
    [[3, 2, 4]],
    (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 1],
          [3, 0],
        ],
        'symmetric',
      ),
  ],
  [
    'mirrorPad',
    [m],
    (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 1],
          [1, 1],
        ],
        'reflect',
      ),
  ],
  ['tile', [m], (x) => tf.tile(x, [2, 3])],
  ['broadcastTo', [m], (x) => tf.broadcastTo(x, [3, 4, 5])],
  ['expandDims and squeeze', [m], (x) => tf.squeeze(tf.expandDims(x, 1))],
  ['clone', [m], (x) => tf.clone(x)],
  [
    'spaceToBatchND',
    [[1, 4, 4, 1]],
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  ],
  ['depthToSpace', [[1, 2, 2, 8]], (x) => tf.depthToSpace(x, 2), forwardOnly],
  [
    'basicLSTMCell',
    [[2, 5], [8, 12], [12], [2, 3], [2, 3]],
    (x, kernel, bias, c, h) => tf.concat(tf.basicLSTMCell(1, kernel, bias, x, c, h), 1),
  ],
];
