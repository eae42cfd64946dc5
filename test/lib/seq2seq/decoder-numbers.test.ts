import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { attentionMemory, type DecoderConfig, type DecoderParams, decodeSteps, startDecoder } from 'heed';
import { assertClose, onEngines, wave } from '../support/engines.js';

/*
 * The numbers come from this program (numpy 2.4): Luong's decoder with and without input feeding, and one fixed vector.
 *
 * import numpy as np
 * def wave(offset, *shape):
 *     return (0.8 * np.sin(1.3 * np.arange(np.prod(shape)) + offset)).reshape(shape)
 * def sigmoid(x): return 1 / (1 + np.exp(-x))
 * B, T, S, E, V, H, W = 2, 3, 3, 2, 4, 2, 5
 * table, values = wave(1, W, E), wave(2, B, S, V)
 * mask = np.array([[1, 1, 1], [1, 1, 0]])
 * ids = np.array([[1, 4, 2], [3, 0, 1]])
 * def gru(x, s):
 *     a = x @ wave(3, x.shape[1], 3 * H) + wave(5, 3 * H)
 *     b = s @ wave(4, H, 3 * H) + wave(6, 3 * H)
 *     z, r = sigmoid(a[:, :H] + b[:, :H]), sigmoid(a[:, H:2*H] + b[:, H:2*H])
 *     n = np.tanh(a[:, 2*H:] + r * b[:, 2*H:])
 *     return z * s + (1 - z) * n
 * def general(s):
 *     e = np.einsum('bh,hv,bsv->bs', s, wave(7, H, V), values)
 *     a = np.where(mask == 1, np.exp(e), 0)
 *     a = a / a.sum(1, keepdims=True)
 *     return np.einsum('bs,bsv->bv', a, values), a
 * for feeding in (False, True):
 *     s, h, logits, alphas = wave(8, B, H), np.zeros((B, H)), [], []
 *     for t in range(T):
 *         y = table[ids[:, t]]
 *         s = gru(np.concatenate([y, h], 1) if feeding else y, s)
 *         c, a = general(s)
 *         h = np.tanh(np.concatenate([c, s], 1) @ wave(9, V + H, H) + wave(10, H))
 *         logits.append(h @ wave(11, H, W) + wave(12, W)); alphas.append(a)
 *     for name, v in (('logits', logits), ('alphas', alphas)):
 *         print(f'{name}: {np.round(np.stack(v, 1).ravel(), 6).tolist()},')
 *     print(f'state: {np.round(s.ravel(), 6).tolist()},')
 * # one fixed vector
 * s, logits = wave(8, B, H), []
 * summary = wave(13, B, V)
 * for t in range(T):
 *     y = table[ids[:, t]]
 *     s = gru(np.concatenate([y, summary], 1), s)
 *     logits.append(np.concatenate([s, summary, y], 1) @ wave(11, H + V + E, W) + wave(12, W))
 * print(f'logits: {np.round(np.stack(logits, 1).ravel(), 6).tolist()},')
 */
const golden = {
  luong: {
    logits: [
      0.533658, 0.666865, -0.176887, -0.761499, -0.230514, 0.717487, 0.698035, -0.34404, -0.882095, -0.127879,
      0.740478, 0.704581, -0.363528, -0.899068, -0.117471, 0.649464, 0.69754, -0.276281, -0.84535, -0.175979,
      0.60484, 0.695224, -0.232897, -0.819823, -0.205707, 0.675534, 0.701923, -0.300007, -0.862426, -0.161389,
    ],
    alphas: [
      0.386542, 0.268701, 0.344757, 0.459916, 0.20714, 0.332944, 0.529385, 0.187339, 0.283275, 0.316241,
      0.683759, 0.0, 0.284799, 0.715201, 0.0, 0.299341, 0.700659, 0.0,
    ],
    state: [-0.866408, -0.324946, -0.637394, -0.40921],
  },
  feeding: {
    logits: [
      0.533658, 0.666865, -0.176887, -0.761499, -0.230514, 0.718853, 0.700609, -0.344029, -0.884664,
      -0.129264, 0.676246, 0.699312, -0.302116, -0.860943, -0.158486, 0.649464, 0.69754, -0.276281, -0.84535,
      -0.175979, 0.387471, 0.672767, -0.027542, -0.687502, -0.34027, 0.489998, 0.680301, -0.126038, -0.747731,
      -0.273996,
    ],
    alphas: [
      0.386542, 0.268701, 0.344757, 0.512861, 0.196408, 0.290731, 0.607265, 0.180429, 0.212306, 0.316241,
      0.683759, 0.0, 0.285257, 0.714743, 0.0, 0.313458, 0.686542, 0.0,
    ],
    state: [-0.766776, -0.585863, -0.37154, -0.524634],
  },
  fixed: {
    logits: [
      -1.038193, -0.43659, 0.804619, 0.867059, -0.340744, -0.568069, 0.094382, 0.618564, 0.236548, -0.492011,
      -0.509832, 1.096147, 1.096268, -0.509646, -1.368928, -0.468741, 0.919109, 0.960462, -0.405264,
      -1.177277, -0.729531, 1.808719, 1.697192, -0.900726, -2.179078, -0.715796, 0.03543, 0.734751, 0.35766,
      -0.543404,
    ],
  },
};

const variable = <R extends tf.Rank>(offset: number, ...shape: number[]) =>
  tf.variable(wave(offset, ...shape)) as tf.Variable<R>;
const gruCell = (input: number) => ({
  kernel: variable<tf.Rank.R2>(3, input, 6),
  recurrentKernel: variable<tf.Rank.R2>(4, 2, 6),
  bias: variable<tf.Rank.R1>(5, 6),
  recurrentBias: variable<tf.Rank.R1>(6, 6),
});
const dense = (offset: number, input: number, units: number) => ({
  kernel: variable<tf.Rank.R2>(offset, input, units),
  bias: variable<tf.Rank.R1>(offset + 1, units),
});

onEngines("Luong's decoder and one fixed vector give the numbers of another implementation", () => {
  const embedding = { table: variable<tf.Rank.R2>(1, 5, 2) };
  const values = wave<tf.Rank.R3>(2, 2, 3, 4);
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 0], [2, 3]);
  const previous = tf.tensor2d([1, 4, 2, 3, 0, 1], [2, 3], 'int32');
  const cells = [wave<tf.Rank.R2>(8, 2, 2)];
  const run = (params: DecoderParams, kind: Partial<DecoderConfig>) => {
    const config = { cell: 'gru' as const, ...kind };
    const memory = attentionMemory(params, values, mask, config);
    const state = startDecoder(params, config, { cells, memory, summary: wave(13, 2, 4) });
    return decodeSteps(params, { ...config, memory, state, previous });
  };
  for (const inputFeeding of [false, true]) {
    const params = {
      embedding,
      attention: { kernel: variable(7, 2, 4) },
      cell: gruCell(inputFeeding ? 4 : 2),
      combine: dense(9, 6, 2),
      output: dense(11, 2, 5),
    };
    const got = run(params, { look: 'after', inputFeeding, alignment: { score: 'general' } });
    const expected = golden[inputFeeding ? 'feeding' : 'luong'];
    assertClose(got.logits, expected.logits, 1e-5, 'logits');
    assertClose(got.alphas, expected.alphas, 1e-5, 'alphas');
    assertClose(got.state[0]!, expected.state, 1e-5, 'state');
    assert.equal(got.state.length, inputFeeding ? 2 : 1);
  }
  const fixed = run(
    { embedding, attention: {}, cell: gruCell(6), output: dense(11, 8, 5) },
    { look: 'never' },
  );
  assertClose(fixed.logits, golden.fixed.logits, 1e-5, 'logits');
  assert.ok(fixed.alphas.dataSync().every((weight) => weight === 0));
});
