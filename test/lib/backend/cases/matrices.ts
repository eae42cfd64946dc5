import * as tf from '@tensorflow/tfjs';
import { type Entry, forwardOnly, ints, m } from './entry.js';

export const products: Entry[] = [
  [
    'matMul',
    [
      [4, 5],
      [5, 3],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  [
    'matMul, a transposed',
    [
      [5, 4],
      [5, 3],
    ],
    (a, b) => tf.matMul(a, b, true),
  ],
  [
    'matMul, b transposed',
    [
      [4, 5],
      [3, 5],
    ],
    (a, b) => tf.matMul(a, b, false, true),
  ],
  [
    'matMul, both transposed',
    [
      [5, 4],
      [3, 5],
    ],
    (a, b) => tf.matMul(a, b, true, true),
  ],
  [
    'matMul, batch',
    [
      [2, 4, 5],
      [2, 5, 3],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  [
    'matMul, large batch, b transposed',
    [
      [2, 20, 50],
      [2, 30, 50],
    ],
    (a, b) => tf.matMul(a, b, false, true),
  ],
  [
    'matMul, batch of 2 by 2',
    [
      [2, 2, 4, 5],
      [2, 2, 5, 3],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  [
    'matMul, broadcast batch',
    [
      [2, 4, 5],
      [1, 5, 3],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  [
    'matMul, matrix against batch',
    [
      [4, 5],
      [2, 5, 3],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  ['dot', [[5], [5]], (a, b) => tf.dot(a, b)],
  ['outerProduct', [[4], [5]], (a, b) => tf.outerProduct(a, b)],
  [
    'einsum bij,bjk->bik',
    [
      [2, 4, 5],
      [2, 5, 3],
    ],
    (a, b) => tf.einsum('bij,bjk->bik', a, b),
  ],
  ['einsum bth,h->bt', [[2, 4, 5], [5]], (a, b) => tf.einsum('bth,h->bt', a, b)],
  [
    'einsum bqhd,bkhd->bhqk',
    [
      [2, 3, 2, 4],
      [2, 5, 2, 4],
    ],
    (a, b) => tf.einsum('bqhd,bkhd->bhqk', a, b),
  ],
  [
    'einsum ij,kl->i',
    [
      [2, 3],
      [4, 5],
    ],
    (a, b) => tf.einsum('ij,kl->i', a, b),
    { onCpu: (a, b) => tf.mul(tf.sum(a, 1), tf.sum(b)) },
  ],
  ['einsum i,j->ji', [[3], [4]], (a, b) => tf.einsum('i,j->ji', a, b)],
  ['einsum ijk->kj', [[2, 3, 4]], (a) => tf.einsum('ijk->kj', a)],
  ...['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'].flatMap((name): Entry[] => {
    const activation = name as tf.fused.Activation;
    return [
      [
        `fused.matMul ${name}`,
        [[4, 60], [60, 3], [3]],
        (a, b, bias) => tf.fused.matMul({ a, b, bias, activation }),
      ],
      [
        `fused.matMul ${name}, b transposed`,
        [[4, 60], [3, 60], [3]],
        (a, b, bias) => tf.fused.matMul({ a, b, transposeB: true, bias, activation }),
        forwardOnly,
      ],
      [
        `fused.matMul ${name}, a transposed, no bias`,
        [
          [60, 4],
          [60, 3],
        ],
        (a, b) => tf.fused.matMul({ a, b, transposeA: true, activation }),
        forwardOnly,
      ],
      [
        `fused.matMul ${name}, batch`,
        [[2, 4, 60], [2, 60, 3], [3]],
        (a, b, bias) => tf.fused.matMul({ a, b, bias, activation }),
        forwardOnly,
      ],
    ];
  }),
  [
    'fused.matMul, gradient, b transposed',
    [[4, 60], [3, 60], [3]],
    (a, b, bias) => tf.fused.matMul({ a, b, transposeB: true, bias }),
  ],
];
export const lookups: Entry[] = [
  ['gather', [[5, 3]], (x) => tf.gather(x, ints([0, 2, 2, 1]))],
  ['gather, matrix of ids', [[5, 3]], (x) => tf.gather(x, ints([0, 2, 2, 1, 4, 2], [2, 3]))],
  ['gather, axis 1', [[4, 5]], (x) => tf.gather(x, ints([0, 2]), 1)],
  ['gather, axis 1 of 3', [[2, 4, 5]], (x) => tf.gather(x, ints([0, 2, 2]), 1)],
  ['unsortedSegmentSum', [[3, 4]], (x) => tf.unsortedSegmentSum(x, ints([0, 1, 0]), 2)],
  ['gatherND', [[3, 3]], (x) => tf.gatherND(x, ints([0, 1, 2, 0], [2, 2])), forwardOnly],
  ['scatterND', [[2, 3]], (x) => tf.scatterND(ints([1, 2], [2, 1]), x, [5, 3]), forwardOnly],
  [
    'tensorScatterUpdate',
    [[2, 3]],
    (x) => tf.tensorScatterUpdate(tf.zeros([5, 3]), ints([1, 2], [2, 1]), x),
    forwardOnly,
  ],
  ['oneHot', [[1]], () => tf.oneHot(ints([0, 2, 1]), 4).toFloat(), forwardOnly],
  ['topk', [m], (x) => tf.topk(x, 2).values, forwardOnly],
  ['argMax', [m], (x) => tf.argMax(x, 1).toFloat(), forwardOnly],
  [
    'confusionMatrix',
    [[1]],
    () => tf.math.confusionMatrix(ints([0, 1, 2]), ints([0, 2, 2]), 3).toFloat(),
    forwardOnly,
  ],
];
