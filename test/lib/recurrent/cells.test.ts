import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  bidirectional,
  createRandom,
  gru,
  gruCell,
  gruStep,
  initBidirectional,
  initGru,
  initLstm,
  initRnn,
  lstm,
  lstmStep,
  rnn,
  rnnStep,
} from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

/*
 * The numbers come from this program (numpy 2.4):
 *
 * import numpy as np
 * def wave(offset, *shape):
 *     return (0.8 * np.sin(1.3 * np.arange(np.prod(shape)) + offset)).reshape(shape)
 * def sigmoid(x): return 1 / (1 + np.exp(-x))
 * B, T, F, H = 2, 3, 2, 3
 * x = wave(1, B, T, F)
 * mask = np.array([[1, 1, 1], [1, 1, 0]])
 * h0, c0 = wave(2, B, H), wave(3, B, H)
 * def sequence(step, state, backward):
 *     outputs = [None] * T
 *     for t in (range(T)[::-1] if backward else range(T)):
 *         new = step(x[:, t], state)
 *         keep = mask[:, t:t + 1] == 1
 *         state = tuple(np.where(keep, n, o) for n, o in zip(new, state))
 *         outputs[t] = state
 *     return outputs, state
 * def rnn(x, s):
 *     return (np.tanh(x @ wave(4, F, H) + s[0] @ wave(5, H, H) + wave(6, H)),)
 * def gru(x, s):
 *     a = x @ wave(4, F, 3 * H) + wave(6, 3 * H)
 *     b = s[0] @ wave(5, H, 3 * H) + wave(7, 3 * H)
 *     z, r = sigmoid(a[:, :H] + b[:, :H]), sigmoid(a[:, H:2*H] + b[:, H:2*H])
 *     n = np.tanh(a[:, 2*H:] + r * b[:, 2*H:])
 *     return (z * s[0] + (1 - z) * n,)
 * def lstm(x, s):
 *     h, c = s
 *     a = x @ wave(4, F, 4 * H) + h @ wave(5, H, 4 * H) + wave(6, 4 * H)
 *     i, f, g, o = (a[:, k*H:(k+1)*H] for k in range(4))
 *     c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
 *     return (sigmoid(o) * np.tanh(c), c)
 * def show(name, a): print(f'{name}: {np.round(np.asarray(a).ravel(), 7).tolist()},')
 * for name, step, start in (('rnn', rnn, (h0,)), ('gru', gru, (h0,)), ('lstm', lstm, (h0, c0))):
 *     for backward in (False, True):
 *         outputs, state = sequence(step, start, backward)
 *         tag = name + ('Backward' if backward else 'Forward')
 *         show(tag, np.stack([o[0] for o in outputs], 1))
 *         if name == 'lstm': show(tag + 'Cell', state[1])
 */
const golden = {
  rnnForward: [
    -0.7212356, -0.213244, 0.6608675, -0.0470509, 0.8883268, 0.6660097, 0.7314775, 0.7127962, -0.4253679,
    -0.2951581, 0.405975, 0.4889465, 0.6564966, 0.8737337, -0.0650164, 0.6564966, 0.8737337, -0.0650164,
  ],
  rnnBackward: [
    0.3783527, 0.3808264, -0.1815527, -0.1806184, 0.7518671, 0.6078101, -0.3269977, 0.2943584, 0.463488,
    -0.8161342, -0.3368433, 0.7432036, 0.7207382, 0.8717184, -0.1898483, -0.2991013, 0.6349343, 0.6387897,
  ],
  gruForward: [
    0.5234911, 0.0323666, -0.6452688, 0.7148984, 0.0601688, -0.7135537, 0.6050353, 0.1081044, -0.6738047,
    0.2390577, 0.6167572, 0.2520835, 0.5067574, 0.5161265, -0.1315692, 0.5067574, 0.5161265, -0.1315692,
  ],
  gruBackward: [
    0.5381507, 0.1170602, -0.6423613, 0.7633927, -0.0266834, -0.800712, 0.6134616, -0.0556858, -0.7577668,
    0.5058008, 0.4992625, -0.1997902, 0.1060152, 0.455022, -0.0539538, -0.2991013, 0.6349343, 0.6387897,
  ],
  lstmForward: [
    0.0951858, 0.0846023, -0.3776744, 0.1323775, 0.1182831, -0.2716469, 0.182915, 0.0391184, -0.5026908,
    0.1129633, 0.1962231, 0.0638391, 0.164804, 0.1618556, -0.2981934, 0.164804, 0.1618556, -0.2981934,
  ],
  lstmForwardCell: [0.6012546, 0.0548406, -0.7953535, 0.5605406, 0.2405609, -0.4146472],
  lstmBackward: [
    0.1524396, 0.1452812, -0.3912361, 0.1613894, 0.081173, -0.3450801, 0.1349109, 0.0097727, -0.5464214,
    0.1442433, 0.1320443, -0.0549186, 0.2059449, 0.1059202, -0.3277962, -0.2991013, 0.6349343, 0.6387897,
  ],
  lstmBackwardCell: [0.4761079, 0.2654124, -0.6497566, 0.4226715, 0.3497382, -0.0944233],
};

const directions = ['forward', 'backward'] as const;
const inputs = () => wave<tf.Rank.R3>(1, 2, 3, 2); // [batch, time, features]
const mask = () => tf.tensor2d([1, 1, 1, 1, 1, 0], [2, 3]);
const start = () => wave<tf.Rank.R2>(2, 2, 3);
const rnnWeights = () => ({
  kernel: wave<tf.Rank.R2>(4, 2, 3),
  recurrentKernel: wave<tf.Rank.R2>(5, 3, 3),
  bias: wave<tf.Rank.R1>(6, 3),
});
const gruWeights = () => ({
  kernel: wave<tf.Rank.R2>(4, 2, 9),
  recurrentKernel: wave<tf.Rank.R2>(5, 3, 9),
  bias: wave<tf.Rank.R1>(6, 9),
  recurrentBias: wave<tf.Rank.R1>(7, 9),
});
const lstmWeights = () => ({
  kernel: wave<tf.Rank.R2>(4, 2, 12),
  recurrentKernel: wave<tf.Rank.R2>(5, 3, 12),
  bias: wave<tf.Rank.R1>(6, 12),
});

onEngines('sequences with a mask give the numbers of another implementation', () => {
  for (const direction of directions) {
    const tag = direction === 'forward' ? 'Forward' : 'Backward';
    const options = { mask: mask(), initialState: start(), direction };
    assertClose(rnn(rnnWeights(), inputs(), options).outputs, golden[`rnn${tag}`], 1e-6, `rnn ${tag}`);
    assertClose(gru(gruWeights(), inputs(), options).outputs, golden[`gru${tag}`], 1e-6, `gru ${tag}`);
    const initialState = { hidden: start(), cell: wave<tf.Rank.R2>(3, 2, 3) };
    const { outputs, state } = lstm(lstmWeights(), inputs(), { ...options, initialState });
    assertClose(outputs, golden[`lstm${tag}`], 1e-6, `lstm ${tag}`);
    assertClose(state.cell, golden[`lstm${tag}Cell`], 1e-6, `lstm cell ${tag}`);
  }
});

onEngines('the last state is the output where the reading ends', () => {
  for (const direction of directions) {
    const { outputs, state } = gru(gruWeights(), inputs(), { mask: mask(), direction });
    const at = direction === 'forward' ? 2 : 0;
    assertClose(state, outputs.slice([0, at, 0], [2, 1, 3]).dataSync(), 0);
  }
});

onEngines('steps one after the other make the sequence', () => {
  const steps = tf.unstack(inputs(), 1) as tf.Tensor2D[];
  let hidden = start();
  let plain = start();
  let state = { hidden: start(), cell: start() };
  for (const step of steps) {
    hidden = gruStep(gruWeights(), step, hidden);
    plain = rnnStep(rnnWeights(), step, plain);
    state = lstmStep(lstmWeights(), step, state);
  }
  assertClose(gru(gruWeights(), inputs(), { initialState: start() }).state, hidden.dataSync(), 1e-6);
  assertClose(rnn(rnnWeights(), inputs(), { initialState: start() }).state, plain.dataSync(), 1e-6);
  const whole = lstm(lstmWeights(), inputs(), { initialState: { hidden: start(), cell: start() } }).state;
  assertClose(whole.hidden, state.hidden.dataSync(), 1e-6);
  assertClose(whole.cell, state.cell.dataSync(), 1e-6);
});

onEngines('padding changes nothing: neither real outputs, nor states, nor gradients', () => {
  const padded = tf.concat([inputs(), tf.fill([2, 2, 2], 1e3)], 1) as tf.Tensor3D;
  const real = tf.tensor2d([1, 1, 1, 0, 0, 1, 1, 1, 0, 0], [2, 5]);
  for (const direction of directions) {
    const short = lstm(lstmWeights(), inputs(), { direction });
    const long = lstm(lstmWeights(), padded, { direction, mask: real });
    assertClose(long.state.cell, short.state.cell.dataSync(), 1e-6);
    assertClose(long.outputs.slice([0, 0, 0], [2, 3, 3]), short.outputs.dataSync(), 1e-6);
    const gradient = tf.grad((x) =>
      lstm(lstmWeights(), x as tf.Tensor3D, { direction, mask: real }).state.cell.sum(),
    )(padded);
    assert.ok(
      gradient
        .slice([0, 3, 0])
        .dataSync()
        .every((value) => value === 0),
    );
  }
});

onEngines('gradients agree with central differences', () => {
  const probe = wave<tf.Rank.R3>(0.5, 2, 3, 3);
  const cell = wave<tf.Rank.R2>(3, 2, 3);
  // Not the same tensor as the input: its gradient would count both uses.
  const cellProbe = wave<tf.Rank.R2>(0.7, 2, 3);
  for (const direction of directions) {
    const options = { mask: mask(), direction };
    const gates = gruWeights();
    assertGradients(
      [inputs(), start(), ...Object.values(gates)],
      (x, h, kernel, recurrentKernel, bias, recurrentBias) => {
        const weights = { kernel, recurrentKernel, bias, recurrentBias } as typeof gates;
        return gru(weights, x as tf.Tensor3D, { ...options, initialState: h as tf.Tensor2D })
          .outputs.mul(probe)
          .sum();
      },
    );
    const lstmGates = lstmWeights();
    assertGradients(
      [inputs(), start(), cell, ...Object.values(lstmGates)],
      (x, h, c, kernel, recurrentKernel, bias) => {
        const weights = { kernel, recurrentKernel, bias } as typeof lstmGates;
        const initialState = { hidden: h as tf.Tensor2D, cell: c as tf.Tensor2D };
        const { outputs, state } = lstm(weights, x as tf.Tensor3D, { ...options, initialState });
        return tf.add(outputs.mul(probe).sum(), state.cell.mul(cellProbe).sum());
      },
    );
    for (const activation of ['tanh', 'linear'] as const) {
      const plain = rnnWeights();
      assertGradients([inputs(), start(), ...Object.values(plain)], (x, h, kernel, recurrentKernel, bias) => {
        const weights = { kernel, recurrentKernel, bias } as typeof plain;
        return rnn(weights, x as tf.Tensor3D, { ...options, activation, initialState: h as tf.Tensor2D })
          .outputs.mul(probe)
          .sum();
      });
    }
  }
}, ['cpu']);

onEngines('both directions stand side by side', () => {
  const params = initBidirectional(gruCell, createRandom(0), { input: 2, units: 3 });
  const { outputs, states } = bidirectional(gruCell, params, inputs(), { mask: mask() });
  const forward = gru(params.forward, inputs(), { mask: mask() });
  const backward = gru(params.backward, inputs(), { mask: mask(), direction: 'backward' });
  assertClose(outputs, tf.concat([forward.outputs, backward.outputs], 2).dataSync(), 0);
  assertClose(states.forward, forward.state.dataSync(), 0);
  assertClose(states.backward, backward.state.dataSync(), 0);
  assert.notDeepEqual(params.forward.kernel.dataSync(), params.backward.kernel.dataSync());
});

onEngines('first weights: the forget gate starts open, the shapes are the contract', () => {
  const params = initLstm(createRandom(0), { input: 2, units: 3 });
  assertClose(params.bias, [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0], 0);
  assertClose(initLstm(createRandom(0), { input: 2, units: 1, forgetBias: 5 }).bias, [0, 5, 0, 0], 0);
  assert.deepEqual(initGru(createRandom(0), { input: 2, units: 3 }).kernel.shape, [2, 9]);
  assert.deepEqual(initRnn(createRandom(0), { input: 2, units: 3 }).recurrentKernel.shape, [3, 3]);
});

onEngines('a row of length 0 keeps the state it was given, and its weights get no gradient', () => {
  const given = tf.tensor2d([[0.5, -0.5, 1]]);
  const mask = tf.zeros([1, 3]) as tf.Tensor2D;
  const x = inputs().slice([0, 0, 0], [1, 3, 2]);
  assertClose(gru(gruWeights(), x, { mask, initialState: given }).state, [0.5, -0.5, 1], 0);
  const long = lstm(lstmWeights(), x, { mask, initialState: { hidden: given, cell: given } });
  assertClose(long.state.cell, [0.5, -0.5, 1], 0);
  const weights = gruWeights();
  const slope = tf.grad(
    (kernel) => gru({ ...weights, kernel: kernel as tf.Tensor2D }, x, { mask, initialState: given }).outputs,
  )(weights.kernel);
  assert.ok(slope.dataSync().every((value) => value === 0));
});

onEngines('wrong shapes are named', () => {
  assert.throws(
    () => gru(gruWeights(), tf.zeros([2, 3, 5])),
    /gru inputs: expected shape \[batch, time, features 2\], got \[2, 3, 5\]/,
  );
  assert.throws(
    () => gru(gruWeights(), inputs(), { mask: tf.ones([2, 4]) }),
    /gru mask: expected shape \[batch 2, time 3\], got \[2, 4\]/,
  );
  assert.throws(
    () => gru(gruWeights(), inputs(), { initialState: tf.zeros([2, 4]) }),
    /gru initial state: .*got \[2, 4\]/,
  );
  assert.throws(() => lstm(lstmWeights(), tf.zeros([2, 0, 2])), /there is no step/);
});

onEngines('nothing but the result stays in memory', () => {
  const weights = lstmWeights();
  const x = inputs();
  const before = tf.memory().numTensors;
  const { outputs, state } = lstm(weights, x, {});
  assert.equal(tf.memory().numTensors, before + 3);
  tf.dispose([outputs, state.hidden, state.cell]);
  const params = { forward: gruWeights(), backward: gruWeights() };
  const held = tf.memory().numTensors;
  const both = bidirectional(gruCell, params as never, x);
  tf.dispose([both.outputs, both.states.forward, both.states.backward]);
  assert.equal(tf.memory().numTensors, held);
});
