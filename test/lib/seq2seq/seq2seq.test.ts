import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  attentionMemory,
  bridgeStates,
  createRandom,
  decodeSteps,
  encodeSource,
  greedyDecode,
  initBridge,
  initDecoder,
  initEncoder,
  sequenceEngine,
} from 'heed';
import { assertClose, onEngines, wave } from '../support/engines.js';

/*
 * The numbers come from this program (numpy 2.4); everything is time first, `[target, batch, ...]`:
 *
 * import numpy as np
 * def wave(offset, *shape):
 *     return (0.8 * np.sin(1.3 * np.arange(np.prod(shape)) + offset)).reshape(shape)
 * def sigmoid(x): return 1 / (1 + np.exp(-x))
 * B, T, S, E, V, A, H = 2, 2, 3, 2, 4, 3, 2
 * keys, values, previous = wave(1, B, S, A), wave(2, B, S, V), wave(3, T, B, E)
 * mask = np.array([[1, 1, 1], [1, 0, 0]])
 * W, v = wave(4, H, A), wave(5, A)
 * def attend(s):
 *     e = np.tanh((s @ W)[:, None] + keys) @ v
 *     a = np.where(mask == 1, np.exp(e), 0)
 *     a = a / a.sum(1, keepdims=True)
 *     return (a[:, :, None] * values).sum(1), a
 * def gru(x, s):
 *     a = x @ wave(6, E + V, 3 * H) + wave(8, 3 * H)
 *     b = s[0] @ wave(7, H, 3 * H) + wave(9, 3 * H)
 *     z, r = sigmoid(a[:, :H] + b[:, :H]), sigmoid(a[:, H:2*H] + b[:, H:2*H])
 *     n = np.tanh(a[:, 2*H:] + r * b[:, 2*H:])
 *     return (z * s[0] + (1 - z) * n,)
 * def lstm(x, s):
 *     h, c = s
 *     a = x @ wave(6, E + V, 4 * H) + h @ wave(7, H, 4 * H) + wave(8, 4 * H)
 *     i, f, g, o = (a[:, k*H:(k+1)*H] for k in range(4))
 *     c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
 *     return (sigmoid(o) * np.tanh(c), c)
 * def show(name, a): print(f'{name}: {np.round(np.asarray(a).ravel(), 7).tolist()},')
 * for name, step, state in (('gru', gru, (wave(10, B, H),)), ('lstm', lstm, (wave(10, B, H), wave(11, B, H)))):
 *     states, contexts, alphas = [], [], []
 *     for t in range(T):
 *         context, alpha = attend(state[0])
 *         state = step(np.concatenate([previous[t], context], 1), state)
 *         states.append(state); contexts.append(context); alphas.append(alpha)
 *     for k, part in enumerate(zip(*states)): show(f'{name}States{k}', part)
 *     show(f'{name}Contexts', contexts); show(f'{name}Alphas', alphas)
 */
const golden = {
  gruStates0: [0.4012115, -0.7803501, 0.0079444, 0.8091133, 0.4475851, -0.3100008, 0.0212271, 0.6931058],
  gruContexts: [
    0.5417203, 0.5251434, -0.2607698, -0.6646546, -0.7590756, 0.0403382, 0.7806564, 0.3773112, 0.5132747,
    0.4894801, -0.251404, -0.6239806, -0.7590756, 0.0403382, 0.7806564, 0.3773112,
  ],
  gruAlphas: [0.1644385, 0.6942758, 0.1412857, 1.0, 0.0, 0.0, 0.2159213, 0.5995206, 0.1845581, 1.0, 0.0, 0.0],
  lstmStates0: [-0.081306, 0.1326956, 0.1206937, 0.1544003, -0.278854, 0.2327921, 0.1712871, 0.0827328],
  lstmStates1: [-0.1263817, 0.579097, 0.5557698, 0.2952229, -0.4092702, 0.4983034, 0.6301661, 0.2598135],
  lstmContexts: [
    0.5417203, 0.5251434, -0.2607698, -0.6646546, -0.7590756, 0.0403382, 0.7806564, 0.3773112, 0.5554099,
    0.5464503, -0.2630603, -0.6871869, -0.7590756, 0.0403382, 0.7806564, 0.3773112,
  ],
  lstmAlphas: [0.1644385, 0.6942758, 0.1412857, 1.0, 0.0, 0.0, 0.134171, 0.7460302, 0.1197988, 1.0, 0.0, 0.0],
};

const attention = () => ({ queryKernel: wave<tf.Rank.R2>(4, 2, 3), vector: wave<tf.Rank.R1>(5, 3) });
const memory = () => ({
  keys: wave<tf.Rank.R3>(1, 2, 3, 3),
  values: wave<tf.Rank.R3>(2, 2, 3, 4),
  mask: tf.tensor2d([1, 1, 1, 1, 0, 0], [2, 3]),
});
const cell = (gates: number) => ({
  kernel: wave<tf.Rank.R2>(6, 6, gates * 2),
  recurrentKernel: wave<tf.Rank.R2>(7, 2, gates * 2),
  bias: wave<tf.Rank.R1>(8, gates * 2),
});
const previous = () => wave<tf.Rank.R3>(3, 2, 2, 2);

onEngines('attention decoders give the numbers of another implementation', () => {
  const gru = { attention: attention(), cell: { ...cell(3), recurrentBias: wave<tf.Rank.R1>(9, 6) } };
  const first = sequenceEngine().gruDecoder(gru, previous(), memory(), wave(10, 2, 2));
  assertClose(first.states, golden.gruStates0, 1e-6, 'gru states');
  assertClose(first.contexts, golden.gruContexts, 1e-6, 'gru contexts');
  assertClose(first.alphas, golden.gruAlphas, 1e-6, 'gru alphas');
  const lstm = { attention: attention(), cell: cell(4) };
  const second = sequenceEngine().lstmDecoder(lstm, previous(), memory(), {
    hidden: wave(10, 2, 2),
    cell: wave(11, 2, 2),
  });
  assertClose(second.states, golden.lstmStates0, 1e-6, 'lstm states');
  assertClose(second.cells, golden.lstmStates1, 1e-6, 'lstm cells');
  assertClose(second.contexts, golden.lstmContexts, 1e-6, 'lstm contexts');
  assertClose(second.alphas, golden.lstmAlphas, 1e-6, 'lstm alphas');
  assert.ok([first, second].every(({ alphas }) => alphas.dataSync()[4] === 0 && alphas.dataSync()[5] === 0));
});

for (const kind of ['gru', 'lstm'] as const) {
  const build = (twoWays: boolean) => {
    const random = createRandom(1);
    const values = twoWays ? 6 : 3;
    return {
      encoder: initEncoder(random.child('e'), {
        vocab: 7,
        embedding: 2,
        units: 3,
        cell: kind,
        bidirectional: twoWays,
      }),
      bridge: initBridge(random.child('b'), { input: values, units: 4, cell: kind }),
      decoder: initDecoder(random.child('d'), {
        vocab: 8,
        embedding: 2,
        units: 4,
        attention: 3,
        values,
        cell: kind,
      }),
    };
  };

  onEngines(`${kind}: one step at a time is the whole at once`, () => {
    for (const twoWays of [true, false]) {
      const params = build(twoWays);
      const mask = tf.tensor2d([1, 1, 1, 1, 1, 0], [2, 3]);
      const { annotations, last } = encodeSource(params.encoder, {
        cell: kind,
        ids: tf.tensor2d([1, 2, 3, 4, 5, 0], [2, 3], 'int32'),
        mask,
      });
      assert.deepEqual(annotations.shape, [2, 3, twoWays ? 6 : 3]);
      assert.equal(last.length, kind === 'lstm' ? 2 : 1);
      const looked = attentionMemory(params.decoder, annotations, mask);
      const start = bridgeStates(params.bridge, last);
      const symbols = [
        [1, 4, 5],
        [1, 6, 7],
      ];
      const whole = decodeSteps(params.decoder, {
        cell: kind,
        memory: looked,
        state: start,
        previous: tf.tensor2d(symbols, [2, 3], 'int32'),
      });
      let state = start;
      for (let t = 0; t < 3; t++) {
        const column = tf.tensor2d(
          symbols.map((row) => [row[t]!]),
          [2, 1],
          'int32',
        );
        const step = decodeSteps(params.decoder, { cell: kind, memory: looked, state, previous: column });
        assertClose(step.logits, whole.logits.slice([0, t, 0], [2, 1, 8]).dataSync(), 1e-5);
        assertClose(step.alphas, whole.alphas.slice([0, t, 0], [2, 1, 3]).dataSync(), 1e-5);
        state = step.state;
      }
      for (const [n, part] of state.entries()) assertClose(part, whole.state[n]!.dataSync(), 1e-5);
      assert.equal(whole.alphas.dataSync()[3 * 3 + 2], 0);
    }
  });
}

onEngines('a cell of one kind cannot hand over to another', () => {
  const params = initBridge(createRandom(0), { input: 2, units: 2, cell: 'lstm' });
  assert.throws(() => bridgeStates(params, [tf.zeros([1, 2])]), /expected 2 state tensor\(s\), got 1/);
});

/** Scores that count: after symbol n comes n + 1; row r ends (symbol 2) after `ends[r]` symbols. */
function counter(ends: readonly number[], calls: { n: number }) {
  return (given: tf.Tensor1D, [state]: readonly tf.Tensor2D[]) => {
    calls.n++;
    const done = state!.dataSync();
    const wanted = Array.from(given.dataSync(), (id, r) => (done[r]! >= ends[r]! ? 2 : id + 2));
    return {
      logits: tf.oneHot(wanted, 40).mul(5) as tf.Tensor2D,
      alpha: tf.tensor2d(wanted, [wanted.length, 1]),
      state: [tf.add(state!, 1) as tf.Tensor2D],
    };
  };
}

onEngines('greedy decoding: one step a symbol, each row to its end, nothing left in memory', () => {
  const initial = [tf.zeros<tf.Rank.R2>([3, 1])];
  const calls = { n: 0 };
  const step = counter([2, 4, 100], calls);
  const before = tf.memory().numTensors;
  const rows = greedyDecode(step, initial, { start: 1, end: 2, maxLength: 5 });
  assert.equal(tf.memory().numTensors, before);
  assert.equal(calls.n, 6);
  assert.deepEqual(
    rows.map(({ ids }) => ids),
    [
      [3, 5],
      [3, 5, 7, 9],
      [3, 5, 7, 9, 11],
    ],
  );
  assert.deepEqual(
    rows.map(({ ended }) => ended),
    [true, true, false],
  );
  assert.deepEqual(
    rows[0]!.alpha.map((row) => [...row]),
    [[3], [5]],
  );
  const each = 5 - Math.log(Math.exp(5) + 39);
  assertClose(
    rows.map(({ logProbability }) => logProbability),
    [3 * each, 5 * each, 5 * each],
    1e-4,
  );
  assertClose(rows[1]!.logProbabilities, [each, each, each, each], 1e-5);
});

onEngines('greedy decoding refuses scores that are no numbers and impossible lengths', () => {
  const bad = () => ({
    logits: tf.fill([1, 3], Number.NaN) as tf.Tensor2D,
    alpha: tf.ones<tf.Rank.R2>([1, 1]),
    state: [],
  });
  const initial = [tf.zeros<tf.Rank.R2>([1, 1])];
  const before = tf.memory().numTensors;
  assert.throws(
    () => greedyDecode(bad, initial, { start: 1, end: 2, maxLength: 3 }),
    /scores of step 0, row 0, are not numbers/,
  );
  assert.equal(tf.memory().numTensors, before);
  assert.throws(
    () => greedyDecode(bad, initial, { start: 1, end: 2, maxLength: 0 }),
    /maxLength must be a positive integer, got 0/,
  );
});
