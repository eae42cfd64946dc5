import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { gru, gruResetBefore, type ImportedTensor, importKerasCell, importTorchCell, lstm, rnn } from 'heed';
import { assertClose, onEngines, wave } from '../support/engines.js';

/*
 * PyTorch 2.15 in float64:
 *
 * import torch, math
 * torch.set_default_dtype(torch.float64)
 * def wave(offset, *shape):
 *     n = math.prod(shape)
 *     return (0.8 * torch.sin(1.3 * torch.arange(n) + offset)).reshape(shape)
 * B, T, F, H = 2, 4, 2, 3
 * x = wave(1, B, T, F)
 * h0, c0 = wave(2, 1, B, H), wave(3, 1, B, H)
 * probe = wave(0.5, B, T, H)
 * def show(name, a): print(f"  {name}: {[round(v, 7) for v in a.detach().flatten().tolist()]},")
 * for name, module, gates in (('rnn', torch.nn.RNN, 1), ('gru', torch.nn.GRU, 3), ('lstm', torch.nn.LSTM, 4)):
 *     m = module(F, H, batch_first=True)
 *     with torch.no_grad():
 *         for offset, p in zip((4, 5, 6, 7), (m.weight_ih_l0, m.weight_hh_l0, m.bias_ih_l0, m.bias_hh_l0)):
 *             p.copy_(wave(offset, *p.shape))
 *     xi = x.clone().requires_grad_()
 *     out, state = m(xi, (h0, c0) if name == 'lstm' else h0)
 *     loss = (out * probe).sum() + (state[1].sum() if name == 'lstm' else 0)
 *     loss.backward()
 *     show(f'{name}Outputs', out)
 *     if name == 'lstm': show('lstmCell', state[1])
 *     show(f'{name}InputGradient', xi.grad)
 *     show(f'{name}KernelGradient', m.weight_ih_l0.grad)
 *     show(f'{name}RecurrentGradient', m.weight_hh_l0.grad)
 *     show(f'{name}BiasGradient', m.bias_ih_l0.grad)
 *     show(f'{name}RecurrentBiasGradient', m.bias_hh_l0.grad)
 */
const torchGolden = {
  rnnOutputs: [
    -0.9326038, 0.9947034, -0.010676, 0.9425307, -0.2331426, 0.9150886, -0.1731652, 0.951993, 0.1176404,
    0.5287692, 0.4088842, 0.9276034, 0.8872819, 0.3637449, 0.6905508, -0.4854802, 0.9089738, 0.7567563,
    0.9694351, -0.467215, 0.9239113, -0.4051127, 0.9710812, -0.0341005,
  ],
  rnnInputGradient: [
    0.1572487, -0.600153, -0.1837053, -1.07342, -0.8915389, 0.1637008, 0.2741585, 0.5034934, -0.1058732,
    -0.6162709, -0.2871916, -0.1553903, -0.0267972, -0.3366326, -0.3143799, 0.2478365,
  ],
  rnnKernelGradient: [0.5352781, 1.5087872, 1.6786759, 0.9545647, 0.2509684, -1.2789298],
  rnnRecurrentGradient: [
    2.0642607, -0.7619172, 1.4516544, 1.6716993, -1.62185, -0.7001025, -1.5917707, 0.8975069, -2.4111511,
  ],
  rnnBiasGradient: [1.2724256, -1.9172367, -0.7282749],
  rnnRecurrentBiasGradient: [1.2724256, -1.9172367, -0.7282749],
  gruOutputs: [
    0.9090459, -0.0360798, -0.8354725, 0.4029944, 0.4394225, -0.905269, 0.8049616, 0.3660033, -0.8139679,
    0.6771054, 0.549885, -0.9161668, 0.1445752, 0.361148, 0.5225437, 0.7763044, 0.1036833, 0.0047236,
    0.3280505, 0.6401099, -0.2466086, 0.8179, 0.3292085, -0.4712613,
  ],
  gruInputGradient: [
    -0.0697873, -0.1802058, -0.1314179, -0.2211586, 0.0970368, -0.185181, -0.1596838, -0.1400093, 0.1307716,
    0.2250925, 0.0661256, -0.3757599, -0.2884293, -0.3985104, 0.1528089, 0.169601,
  ],
  gruKernelGradient: [
    0.0711497, 0.1303227, -0.0142637, -0.0057188, 0.0023086, 0.0816622, -0.0086416, -0.0279595, -0.0774829,
    -0.0805384, -0.0455433, -0.1281528, 0.5191223, 0.9981587, 0.7335144, 0.1922545, -0.0033404, -0.2295036,
  ],
  gruRecurrentGradient: [
    -0.1271473, -0.0032345, 0.0632557, -0.0043536, -0.0010168, -0.0048495, 0.0227979, 0.0600167, -0.0468837,
    -0.1064921, -0.0831817, 0.022645, -0.038083, -0.0399076, 0.115749, 0.0867051, -0.0478738, -0.0526433,
    -0.4825085, 0.0356185, 0.2033173, 0.2537688, -0.0845068, -0.1848895, -0.0284305, -0.1088562, 0.0478834,
  ],
  gruBiasGradient: [
    -0.1398755, -0.0013531, 0.0889806, -0.2629231, -0.0477048, 0.0201672, -0.7389323, 0.3930436, -0.275659,
  ],
  gruRecurrentBiasGradient: [
    -0.1398755, -0.0013531, 0.0889806, -0.2629231, -0.0477048, 0.0201672, -0.4264945, 0.3983285, -0.161798,
  ],
  lstmOutputs: [
    0.1009965, -0.1516291, -0.4519694, 0.1900398, 0.3028537, -0.5122295, 0.1254846, 0.1252143, -0.5816704,
    0.2163249, 0.3292833, -0.6282725, 0.0398873, 0.1874529, -0.2199325, 0.1610843, 0.0389735, -0.52912,
    0.1620881, 0.4193796, -0.4732407, 0.118373, 0.1485385, -0.6178296,
  ],
  lstmCell: [0.4468198, 0.6207357, -1.1854246, 0.3655567, 0.2263008, -1.0115414],
  lstmInputGradient: [
    -0.0463116, -0.2222165, -0.0521558, 0.0291085, 0.1052699, -0.2890105, -0.0997602, -0.1566867, 0.0592136,
    0.1419904, -0.0128299, -0.2837817, -0.0947117, 0.0444357, 0.0333576, -0.2422826,
  ],
  lstmKernelGradient: [
    0.2158702, 0.1902254, 0.0532163, -0.085488, -0.114942, 0.0232566, 0.0499839, 0.0752993, 0.0427224,
    0.0529375, -0.1507812, -0.0200505, 0.0432156, 0.0102755, 0.9766386, 0.7192372, 0.0770852, 0.0548987,
    0.1231901, 0.2302094, 0.0157496, -0.0808809, 0.0811507, 0.3688916,
  ],
  lstmRecurrentGradient: [
    0.0965679, 0.1538984, -0.2875354, 0.0297629, 0.001711, -0.1064863, -0.1142744, -0.101906, 0.3453628,
    0.0251963, 0.0530314, -0.0795186, 0.0023408, 0.0562871, -0.0848492, -0.1050965, -0.1419717, 0.3558599,
    0.0108598, 0.0492655, -0.0517776, 0.5645574, 0.3342559, -1.3390046, 0.0491548, 0.0102327, -0.132739,
    0.0189703, 0.0534523, -0.0176784, -0.040874, 0.0042245, 0.0216544, -0.0002221, 0.0918793, 0.0336013,
  ],
  lstmBiasGradient: [
    0.57638, 0.1339441, -0.6194758, 0.1720787, 0.1489482, -0.6667735, 0.1454486, 2.0776374, 0.1197935,
    0.0602267, -0.0477139, 0.0102352,
  ],
  lstmRecurrentBiasGradient: [
    0.57638, 0.1339441, -0.6194758, 0.1720787, 0.1489482, -0.6667735, 0.1454486, 2.0776374, 0.1197935,
    0.0602267, -0.0477139, 0.0102352,
  ],
};

/*
 * Keras 3.15 on PyTorch:
 *
 * import os; os.environ['KERAS_BACKEND'] = 'torch'
 * import numpy as np, keras
 * def wave(offset, *shape):
 *     return (0.8 * np.sin(1.3 * np.arange(np.prod(shape)) + offset)).reshape(shape).astype('float32')
 * B, T, F, H = 2, 4, 2, 3
 * x = wave(1, B, T, F)
 * for name, layer in (('rnn', keras.layers.SimpleRNN(H, return_sequences=True)),
 *                     ('lstm', keras.layers.LSTM(H, return_sequences=True)),
 *                     ('gruAfter', keras.layers.GRU(H, return_sequences=True)),
 *                     ('gruBefore', keras.layers.GRU(H, return_sequences=True, reset_after=False))):
 *     layer.build(x.shape)
 *     layer.set_weights([wave(4 + k, *w.shape) for k, w in enumerate(layer.get_weights())])
 *     print(f'  {name}: {[round(float(v), 6) for v in np.asarray(layer(x).detach().cpu()).ravel()]},')
 * print(keras.__version__)
 */
const kerasGolden = {
  rnn: [
    -0.153141, 0.326149, 0.323418, -0.317796, 0.690963, 0.654901, 0.785063, 0.757715, -0.484114, -0.860345,
    -0.478534, 0.768189, 0.297638, 0.83028, 0.317807, -0.278791, 0.002496, 0.280022, -0.099341, 0.832939,
    0.629395, 0.649314, 0.588357, -0.390938,
  ],
  lstm: [
    0.082457, 0.158828, -0.191277, 0.114938, 0.158424, -0.178765, 0.177428, 0.072512, -0.449275, 0.143129,
    0.120689, -0.12067, 0.143587, 0.064377, -0.344951, 0.140766, 0.141504, -0.238944, 0.159619, 0.143872,
    -0.319985, 0.182325, 0.088259, -0.481026,
  ],
  gruAfter: [
    0.082, 0.352641, 0.087319, 0.704928, 0.39602, -0.042697, 0.41416, 0.454158, -0.031583, 0.71652, 0.553948,
    -0.064965, 0.516599, 0.062508, -0.176931, 0.407792, 0.375234, -0.11275, 0.808988, 0.389835, -0.202703,
    0.335455, 0.500893, -0.141652,
  ],
  gruBefore: [
    -0.06166, 0.288802, 0.143712, 0.462316, 0.33189, -0.152663, 0.301352, 0.400755, -0.089658, 0.606314,
    0.52249, -0.150013, 0.352327, 0.032531, -0.314492, 0.220322, 0.34682, -0.155507, 0.617654, 0.36266,
    -0.346359, 0.201533, 0.503564, -0.169153,
  ],
};

const tensor = (offset: number, ...shape: number[]): ImportedTensor => ({
  shape,
  data: tf.tidy(
    () =>
      wave(offset, ...shape)
        .dataSync()
        .slice() as Float32Array,
  ),
});
const [features, units] = [2, 3];
const torchWeights = (gates: number, prefix = '') =>
  new Map([
    [`${prefix}weight_ih_l0`, tensor(4, gates * units, features)],
    [`${prefix}weight_hh_l0`, tensor(5, gates * units, units)],
    [`${prefix}bias_ih_l0`, tensor(6, gates * units)],
    [`${prefix}bias_hh_l0`, tensor(7, gates * units)],
  ]);
const kerasWeights = (gates: number, bias: number[]) => ({
  kernel: tensor(4, features, gates * units),
  recurrentKernel: tensor(5, units, gates * units),
  bias: tensor(6, ...bias),
});
const inputs = () => wave<tf.Rank.R3>(1, 2, 4, features);
const start = () => wave<tf.Rank.R2>(2, 2, units);

/** The gradient of our kernel, gates first and turned round, in PyTorch's order of gates. */
function asTorch(gradient: tf.Tensor, order: readonly number[]): Float32Array {
  return tf.tidy(() => {
    const blocks = tf.split(gradient, order.length, gradient.rank - 1);
    const sorted = tf.concat(
      order.map((from) => blocks[from]!),
      gradient.rank - 1,
    );
    return (gradient.rank === 2 ? sorted.transpose() : sorted).dataSync().slice() as Float32Array;
  });
}

onEngines('weights of PyTorch give its outputs, states and gradients', () => {
  const probe = wave<tf.Rank.R3>(0.5, 2, 4, units);
  for (const name of ['rnn', 'gru', 'lstm'] as const) {
    const gates = { rnn: 1, gru: 3, lstm: 4 }[name];
    const params = importTorchCell(name, torchWeights(gates));
    const run = (x: tf.Tensor3D) => {
      if (name === 'rnn') return { outputs: rnn(params, x, { initialState: start() }).outputs };
      if (name === 'gru') return { outputs: gru(params as never, x, { initialState: start() }).outputs };
      const initialState = { hidden: start(), cell: wave<tf.Rank.R2>(3, 2, units) };
      const { outputs, state } = lstm(params, x, { initialState });
      return { outputs, cell: state.cell };
    };
    const { outputs, cell } = run(inputs());
    assertClose(outputs, torchGolden[`${name}Outputs`], 1e-5, `${name} outputs`);
    if (cell) assertClose(cell, torchGolden.lstmCell, 1e-5, 'lstm cell');

    const loss = (x: tf.Tensor3D): tf.Scalar => {
      const { outputs, cell } = run(x);
      const sum = outputs.mul(probe).sum();
      return (cell ? sum.add(cell.sum()) : sum) as tf.Scalar;
    };
    const dx = tf.grad((x) => loss(x as tf.Tensor3D))(inputs());
    assertClose(dx, torchGolden[`${name}InputGradient`], 1e-4, `${name} dx`);
    const { grads } = tf.variableGrads(() => loss(inputs()), Object.values(params));
    const order = name === 'gru' ? [1, 0, 2] : Array.from({ length: gates }, (_, n) => n);
    const close = (variable: tf.Variable, what: 'Kernel' | 'Recurrent' | 'Bias' | 'RecurrentBias') =>
      assertClose(
        asTorch(grads[variable.name]!, order),
        torchGolden[`${name}${what}Gradient`],
        1e-4,
        `${name} ${what}`,
      );
    close(params.kernel, 'Kernel');
    close(params.recurrentKernel, 'Recurrent');
    close(params.bias, 'Bias');
    if ('recurrentBias' in params) close(params.recurrentBias as tf.Variable, 'RecurrentBias');
    tf.dispose(Object.values(params));
  }
});

onEngines('weights of Keras give its outputs, with both forms of the GRU', () => {
  const plain = importKerasCell('rnn', kerasWeights(1, [units]));
  assertClose(rnn(plain, inputs()).outputs, kerasGolden.rnn, 1e-5, 'rnn');
  const long = importKerasCell('lstm', kerasWeights(4, [4 * units]));
  assertClose(lstm(long, inputs()).outputs, kerasGolden.lstm, 1e-5, 'lstm');
  const after = importKerasCell('gru', kerasWeights(3, [2, 3 * units]));
  assertClose(gru(after, inputs()).outputs, kerasGolden.gruAfter, 1e-5, 'gru, reset after');
  const before = importKerasCell('gru', kerasWeights(3, [3 * units]), { reset: 'before' });
  assertClose(gruResetBefore(before, inputs()).outputs, kerasGolden.gruBefore, 1e-5, 'gru, reset before');
  tf.dispose([plain, long, after, before].flatMap((params) => Object.values(params)));
});

onEngines('layers and directions are found by name, and cells without biases are taken', () => {
  const named = new Map([...torchWeights(4, 'encoder.')].map(([name, value]) => [`${name}_reverse`, value]));
  const params = importTorchCell('lstm', named, { prefix: 'encoder.', reverse: true });
  const whole = importTorchCell('lstm', torchWeights(4));
  assertClose(params.kernel, whole.kernel.dataSync(), 0);
  const bare = new Map([...torchWeights(3)].filter(([name]) => !name.startsWith('bias')));
  const gates = importTorchCell('gru', bare);
  assert.ok([...gates.bias.dataSync(), ...gates.recurrentBias.dataSync()].every((value) => value === 0));
  tf.dispose([params, whole, gates].flatMap((made) => Object.values(made)));
}, ['cpu']);

onEngines('wrong weights are refused by name, and nothing is left in memory', () => {
  const before = tf.memory().numTensors;
  const without = torchWeights(4);
  without.delete('weight_hh_l0');
  assert.throws(() => importTorchCell('lstm', without), /"weight_hh_l0" is missing; there are weight_ih_l0/);
  assert.throws(
    () => importTorchCell('gru', torchWeights(4)),
    /"weight_hh_l0" should have shape \[9, 3\], got \[12, 3\]/,
  );
  const half = torchWeights(4);
  half.delete('bias_hh_l0');
  assert.throws(() => importTorchCell('lstm', half), /"bias_hh_l0" is missing/);
  const short = torchWeights(4).set('bias_ih_l0', { shape: [12], data: new Float32Array(11) });
  assert.throws(() => importTorchCell('lstm', short), /needs 12 numbers, got 11/);
  // One bias is the mark of reset_after=False.
  assert.throws(
    () => importKerasCell('gru', kerasWeights(3, [9])),
    /"bias" should have shape \[2, 9\], got \[9\]/,
  );
  assert.throws(
    () => importKerasCell('lstm', { ...kerasWeights(4, [12]), kernel: tensor(4, 12, 2) }),
    /"kernel" should have shape \[features, 12\], got \[12, 2\]/,
  );
  assert.throws(() => importTorchCell('qrnn' as never, torchWeights(4)), /Unknown cell "qrnn"/);
  assert.equal(tf.memory().numTensors, before);
}, ['cpu']);
