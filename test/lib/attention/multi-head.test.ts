import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  attend,
  createRandom,
  disposeParams,
  initMultiHead,
  type MultiHeadWeights,
  maskedSparsemax,
  multiHeadAttend,
  scaledDotScore,
} from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

const query = () => wave<tf.Rank.R3>(1, 2, 3, 4);
const keys = () => wave<tf.Rank.R3>(2, 2, 4, 3);
const values = () => wave<tf.Rank.R3>(3, 2, 4, 5);
const mask = () => tf.tensor2d([1, 1, 1, 1, 1, 1, 0, 0], [2, 4]);

function weights(bias: boolean): MultiHeadWeights {
  const kernels = {
    queryKernel: wave<tf.Rank.R2>(4, 4, 4),
    keyKernel: wave<tf.Rank.R2>(5, 3, 4),
    valueKernel: wave<tf.Rank.R2>(6, 5, 4),
    outputKernel: wave<tf.Rank.R2>(7, 4, 4),
  };
  if (!bias) return kernels;
  const [q, k, v] = tf.split(wave<tf.Rank.R1>(8, 12), 3) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  return { ...kernels, biases: { query: q, key: k, value: v, output: wave<tf.Rank.R1>(9, 4) } };
}

/*
 * PyTorch 2's nn.MultiheadAttention in double precision:
 *
 * import torch
 * def wave(offset, *shape):
 *     k = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
 *     return (0.8 * torch.sin(1.3 * k + offset)).reshape(shape)
 * for bias in (True, False):
 *     layer = torch.nn.MultiheadAttention(4, 2, bias=bias, kdim=3, vdim=5, batch_first=True, dtype=torch.float64)
 *     with torch.no_grad():
 *         for offset, weight in ((4, layer.q_proj_weight), (5, layer.k_proj_weight), (6, layer.v_proj_weight), (7, layer.out_proj.weight)):
 *             weight.copy_(wave(offset, *weight.T.shape).T)
 *         if bias:
 *             layer.in_proj_bias.copy_(wave(8, 12))
 *             layer.out_proj.bias.copy_(wave(9, 4))
 *         real = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
 *         causal = torch.ones(3, 4).tril() == 0
 *         for mask in (None, causal):
 *             context, alpha = layer(wave(1, 2, 3, 4), wave(2, 2, 4, 3), wave(3, 2, 4, 5), key_padding_mask=real == 0,
 *                                    attn_mask=mask, average_attn_weights=False)
 *             print([round(x, 6) for x in context.flatten().tolist()])
 *             print([round(x, 6) for x in alpha.flatten().tolist()])
 */
const golden = [
  {
    bias: true,
    causal: false,
    context: [
      1.902298, 1.251555, -1.232719, -1.911057, 1.923671, 1.279089, -1.239361, -1.942144, 1.9299, 1.17558,
      -1.300967, -1.871594, 1.418477, -0.357166, -1.60956, -0.503945, 1.380305, -0.398466, -1.593484,
      -0.454044, 1.428838, -0.289691, -1.583822, -0.55765,
    ],
    alpha: [
      0.133302, 0.493797, 0.108225, 0.264676, 0.117128, 0.435429, 0.311097, 0.136346, 0.105567, 0.132854,
      0.712144, 0.049435, 0.154451, 0.444576, 0.1436, 0.257373, 0.094177, 0.436063, 0.368089, 0.101671,
      0.068648, 0.179433, 0.715167, 0.036752, 0.377551, 0.622449, 0.0, 0.0, 0.361405, 0.638595, 0.0, 0.0,
      0.594716, 0.405284, 0.0, 0.0, 0.559275, 0.440725, 0.0, 0.0, 0.413697, 0.586303, 0.0, 0.0, 0.535997,
      0.464003, 0.0, 0.0,
    ],
  },
  {
    bias: true,
    causal: true,
    context: [
      1.860621, 1.882829, -0.853312, -2.339349, 1.936535, 1.585793, -1.088139, -2.167945, 1.934121, 1.205428,
      -1.28922, -1.895157, 1.577014, -0.03878, -1.597761, -0.816019, 1.380305, -0.398466, -1.593484,
      -0.454044, 1.428838, -0.289691, -1.583822, -0.55765,
    ],
    alpha: [
      1.0, 0.0, 0.0, 0.0, 0.211974, 0.788026, 0.0, 0.0, 0.111057, 0.139763, 0.74918, 0.0, 1.0, 0.0, 0.0, 0.0,
      0.177612, 0.822388, 0.0, 0.0, 0.071267, 0.18628, 0.742454, 0.0, 1.0, 0.0, 0.0, 0.0, 0.361405, 0.638595,
      0.0, 0.0, 0.594716, 0.405284, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.413697, 0.586303, 0.0, 0.0, 0.535997,
      0.464003, 0.0, 0.0,
    ],
  },
  {
    bias: false,
    causal: false,
    context: [
      2.326172, 1.547216, -1.498414, -2.348865, 2.353776, 1.63953, -1.476631, -2.429525, 2.363931, 1.594696,
      -1.510772, -2.402956, 1.815704, -0.052385, -1.84373, -0.934006, 1.782012, -0.088793, -1.829516,
      -0.889994, 1.825586, 0.011979, -1.819177, -0.985234,
    ],
    alpha: [
      0.151774, 0.420392, 0.058868, 0.368966, 0.154466, 0.429376, 0.196004, 0.220154, 0.174303, 0.164019,
      0.561742, 0.099935, 0.199405, 0.331989, 0.072819, 0.395787, 0.153864, 0.412075, 0.236205, 0.197855,
      0.138094, 0.208779, 0.565066, 0.088061, 0.290651, 0.709349, 0.0, 0.0, 0.27657, 0.72343, 0.0, 0.0,
      0.497807, 0.502193, 0.0, 0.0, 0.394371, 0.605629, 0.0, 0.0, 0.265827, 0.734173, 0.0, 0.0, 0.372161,
      0.627839, 0.0, 0.0,
    ],
  },
  {
    bias: false,
    causal: true,
    context: [
      2.306228, 2.257522, -1.098459, -2.845195, 2.376513, 1.986498, -1.313741, -2.689346, 2.373817, 1.667209,
      -1.481865, -2.460003, 2.02262, 0.335913, -1.842908, -1.321864, 1.782012, -0.088793, -1.829516,
      -0.889994, 1.825586, 0.011979, -1.819177, -0.985234,
    ],
    alpha: [
      1.0, 0.0, 0.0, 0.0, 0.264568, 0.735432, 0.0, 0.0, 0.193656, 0.18223, 0.624113, 0.0, 1.0, 0.0, 0.0, 0.0,
      0.271874, 0.728126, 0.0, 0.0, 0.151429, 0.228939, 0.619632, 0.0, 1.0, 0.0, 0.0, 0.0, 0.27657, 0.72343,
      0.0, 0.0, 0.497807, 0.502193, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.265827, 0.734173, 0.0, 0.0, 0.372161,
      0.627839, 0.0, 0.0,
    ],
  },
];

onEngines("PyTorch's numbers: context and every head's alpha, with padding, biases and causal order", () => {
  for (const { bias, causal, context, alpha } of golden) {
    const got = multiHeadAttend(weights(bias), {
      heads: 2,
      query: query(),
      keys: keys(),
      values: values(),
      mask: mask(),
      causal,
    });
    assert.deepEqual(got.alpha.shape, [2, 2, 3, 4]);
    assertClose(got.context, context, 1e-5, `context, bias ${bias}, causal ${causal}`);
    assertClose(got.alpha, alpha, 1e-5, `alpha, bias ${bias}, causal ${causal}`);
    for (const [n, weight] of alpha.entries()) {
      if (weight === 0) assert.equal(got.alpha.dataSync()[n], 0, 'padding gets exactly 0');
    }
  }
});

onEngines('one head with identities for kernels is plain scaled dot attention', () => {
  const eye = tf.eye(4);
  const own = { queryKernel: eye, keyKernel: eye, valueKernel: eye, outputKernel: eye };
  const x = wave<tf.Rank.R3>(1, 2, 5, 4);
  const many = multiHeadAttend(own, { heads: 1, query: query(), keys: x, values: x });
  const one = attend({ score: scaledDotScore, query: query(), keys: x, values: x });
  assertClose(many.context, one.context.dataSync(), 1e-6);
  assertClose(many.alpha, one.alpha.dataSync(), 1e-6);
  const sparse = { normalise: maskedSparsemax };
  assertClose(
    multiHeadAttend(own, { heads: 1, query: query(), keys: x, values: x, ...sparse }).alpha,
    attend({ score: scaledDotScore, query: query(), keys: x, values: x, ...sparse }).alpha.dataSync(),
    1e-6,
  );
});

onEngines('alpha follows the keys when they change places; the context does not notice', () => {
  const order = tf.tensor1d([2, 0, 3, 1], 'int32');
  const run = (k: tf.Tensor3D, v: tf.Tensor3D) =>
    multiHeadAttend(weights(true), { heads: 4, query: query(), keys: k, values: v });
  const before = run(keys(), values());
  const after = run(tf.gather(keys(), order, 1), tf.gather(values(), order, 1));
  assertClose(after.alpha, tf.gather(before.alpha, order, 3).dataSync(), 1e-6);
  assertClose(after.context, before.context.dataSync(), 1e-5);
});

onEngines('gradients agree with central differences', () => {
  const { queryKernel, keyKernel, valueKernel, outputKernel } = weights(false);
  const probe = wave(0.4, 2, 3, 4);
  assertGradients(
    [query(), keys(), values(), queryKernel, keyKernel, valueKernel, outputKernel],
    (...given) => {
      const [q, k, v, queryKernel, keyKernel, valueKernel, outputKernel] = given as [
        tf.Tensor3D,
        tf.Tensor3D,
        tf.Tensor3D,
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      return multiHeadAttend(
        { queryKernel, keyKernel, valueKernel, outputKernel },
        { heads: 2, query: q, keys: k, values: v, mask: mask() },
      )
        .context.mul(probe)
        .sum();
    },
  );
});

onEngines('parameters, leaks and errors', () => {
  const sizes = { query: 4, key: 3, value: 5, units: 4, heads: 2 };
  const [q, k, v, m] = [query(), keys(), values(), mask()];
  const before = tf.memory().numTensors;
  const params = initMultiHead(createRandom(1), { ...sizes, bias: true });
  const { context, alpha } = multiHeadAttend(params, { heads: 2, query: q, keys: k, values: v, mask: m });
  tf.dispose([context, alpha]);
  disposeParams(params);
  assert.equal(tf.memory().numTensors, before);
  assert.throws(
    () => initMultiHead(createRandom(1), { ...sizes, heads: 3 }),
    /must divide the 4 units .*got 3/,
  );
  const options = { heads: 2, query: q, keys: k, values: v };
  assert.throws(() => multiHeadAttend(weights(false), { ...options, heads: 3 }), /must divide/);
  assert.throws(
    () => multiHeadAttend(weights(false), { ...options, mask: tf.zeros([2, 4]) }),
    /multi-head mask: row 0 is all padding/,
  );
  const left = tf.tensor2d([1, 1, 1, 1, 0, 1, 1, 1], [2, 4]);
  assert.throws(
    () => multiHeadAttend(weights(false), { ...options, mask: left, causal: true }),
    /row 1 begins with padding, so its first output would see nothing; pad at the end/,
  );
  assert.throws(
    () => multiHeadAttend(weights(false), { ...options, values: k }),
    /multi-head values: expected shape .*units 5\], got \[2, 4, 3\]/,
  );
  assert.throws(
    () => multiHeadAttend(weights(false), { ...options, query: tf.fill([2, 3, 4], Number.NaN) }),
    /multiHeadAttend: the score of row 0, output 0, position 0 is NaN/,
  );
});
