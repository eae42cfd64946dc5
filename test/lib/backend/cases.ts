import * as tf from '@tensorflow/tfjs';

/** One operation that training can meet. */
export interface OperationCase {
  readonly name: string;
  /** shapes of the operands; numbers are drawn for them, the same on every engine */
  readonly shapes: readonly (readonly number[])[];
  // biome-ignore lint/suspicious/noExplicitAny: operands of every rank
  readonly run: (...operands: any[]) => tf.Tensor;
  /** the same by other operations, where the cpu kernel is wrong or fails */
  // biome-ignore lint/suspicious/noExplicitAny: operands of every rank
  readonly onCpu?: (...operands: any[]) => tf.Tensor;
  /** none where the operation has no gradient, in mathematics or in core */
  readonly gradient?: false;
  /** what the native engine says where it refuses the operation */
  readonly nativeRefuses?: RegExp;
  /** whether every value is below zero, where a kernel may have looked for positive ones only */
  readonly negative?: true;
}

const ints = (values: number[], shape: readonly number[] = [values.length]) =>
  tf.tensor<tf.Rank>(values, [...shape] as [number], 'int32') as tf.Tensor1D;
const m: readonly number[] = [4, 5];
const image: readonly number[] = [2, 6, 6, 3];

type Entry = readonly [
  name: string,
  shapes: readonly (readonly number[])[],
  run: OperationCase['run'],
  extra?: Partial<OperationCase>,
];
/** The operations by their names. */
const byName = { ...tf };
const forwardOnly = { gradient: false } as const;
const negative = { negative: true } as const;

const products: Entry[] = [
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

const lookups: Entry[] = [
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

const convolutions: Entry[] = [
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

const losses: Entry[] = [
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

const away = (x: tf.Tensor) => tf.add(tf.square(x), 1);
const elementwise: Entry[] = [
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
  ).map((name): Entry => [name, [m], (x) => byName[name](x)]),
  ...(['log', 'log1p', 'sqrt', 'rsqrt', 'reciprocal'] as const).map(
    (name): Entry => [name, [m], (x) => byName[name](away(x))],
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

const reductions: Entry[] = [
  ...(['sum', 'mean', 'max', 'min', 'prod'] as const).flatMap((name): Entry[] => [
    [`${name}, first axis`, [m], (x) => byName[name](x, 0)],
    [`${name}, last axis`, [m], (x) => byName[name](x, 1)],
    [`${name}, all`, [[2, 3, 2]], (x) => byName[name](x)],
  ]),
  ['sum, middle axis', [[2, 4, 5]], (x) => tf.sum(x, 1)],
  ['sum, first and last axis, kept', [[2, 4, 5]], (x) => tf.sum(x, [0, 2], true)],
  ['mean, two first axes', [[2, 4, 5]], (x) => tf.mean(x, [0, 1])],
  ['cumsum', [m], (x) => tf.cumsum(x, 1)],
  ['cumsum, exclusive, reverse', [m], (x) => tf.cumsum(x, 0, true, true)],
  ['cumsum, middle axis', [[2, 4, 3]], (x) => tf.cumsum(x, 1)],
  ['cumprod', [m], (x) => tf.cumprod(x, 1), forwardOnly],
];

const shapes: Entry[] = [
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

/** What training can meet, one line each. */
export const operationCases: readonly OperationCase[] = [
  ...products,
  ...lookups,
  ...convolutions,
  ...losses,
  ...elementwise,
  ...reductions,
  ...shapes,
].map(([name, shapes, run, extra]) => ({ name, shapes, run, ...extra }));
