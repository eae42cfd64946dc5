import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { assignBatchNorm, batchNorm, conv2d, createRandom, initBatchNorm, initConv } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

/*
Golden numbers: PyTorch 2, float64, with wave(offset, ...shape) = 0.8 sin(1.3 k + offset):

    x, k = wave(1, 1, 5, 6, 2), wave(2, 3, 3, 2, 3)                                  # both require a gradient
    y = F.conv2d(x.permute(0, 3, 1, 2), k.permute(3, 2, 0, 1), stride=2).permute(0, 2, 3, 1)
    (y * wave(3, *y.shape)).sum().backward()

    bn = torch.nn.BatchNorm1d(3, eps=1e-3, momentum=0.1); bn.weight = [.5, 2, -1]; bn.bias = [.1, 0, .3]
    x = wave(4, 4, 3) * 2 + torch.tensor([1., -5., 30.])
    y = bn(x); (y * wave(5, 4, 3)).sum().backward()
*/
onEngines('conv2d without margins is PyTorch’s, with both gradients', () => {
  const x = wave<tf.Rank.R4>(1, 1, 5, 6, 2);
  const kernel = wave<tf.Rank.R4>(2, 3, 3, 2, 3);
  const y = conv2d({ kernel }, x, 2);
  assert.deepEqual(y.shape, [1, 2, 2, 3]);
  assertClose(
    y,
    [
      -0.33952, -0.33007, 0.16293, -0.19726, 0.1203, 0.26162, -0.3409, -0.25573, 0.20408, -0.13276, 0.21122,
      0.24576,
    ],
    2e-5,
  );
  const probe = wave(3, 1, 2, 2, 3);
  const [dx, dKernel] = tf.grads((a, k) =>
    conv2d({ kernel: k as tf.Tensor4D }, a as tf.Tensor4D, 2)
      .mul(probe)
      .sum(),
  )([x, kernel]) as [tf.Tensor, tf.Tensor];
  assertClose(
    dx,
    [
      0.57608, -0.82173, 0.61696, -0.07401, -0.22006, 1.11477, -0.72649, 0.75374, -0.36784, -0.21969, 0, 0,
      -0.67194, 0.16182, 0.43699, -0.79628, 1.4059, -1.0252, 0.44195, 0.13579, -0.63911, 0.7921, 0, 0,
      -1.35571, 1.15422, -0.32007, -0.68953, 1.96732, -2.13848, 0.67482, -0.06991, -0.57333, 0.9023, 0, 0,
      -0.3252, 0.96693, -1.07865, 0.59912, -0.00585, -1.52868, 1.1241, -1.00564, 0.33595, 0.51788, 0, 0,
      1.10118, -0.69649, -0.08997, 0.82712, -2.19874, 1.84727, -0.45335, -0.40333, 1.03893, -1.10505, 0, 0,
    ],
    2e-5,
  );
  assertClose(
    dKernel.flatten().slice(0, 12),
    [
      -0.55759, -0.69234, 0.18719, 0.32343, -0.27833, -0.47233, 0.73063, 0.54343, -0.43989, 0.06746, 0.56907,
      0.23699,
    ],
    2e-5,
  );
});

onEngines('a piece that is cut out of a picture gives the numbers of the whole', () => {
  const { kernel } = initConv(createRandom(1), { filter: 3, channels: 5, units: 7 });
  const x = wave<tf.Rank.R4>(2, 2, 9, 11, 5);
  const whole = conv2d({ kernel }, x, 2); // [2, 4, 5, 7]
  const piece = conv2d({ kernel }, x.slice([0, 2, 4, 0], [2, 5, 5, 5]), 2); // [2, 2, 2, 7]
  assertClose(piece, whole.slice([0, 1, 2, 0], [2, 2, 2, 7]).dataSync(), 1e-5);
});

onEngines('conv2d refuses other channels, and inputs smaller than the filter', () => {
  const { kernel } = initConv(createRandom(1), { filter: 3, channels: 2, units: 4 });
  assert.throws(
    () => conv2d({ kernel }, tf.zeros([1, 5, 5, 1])),
    /conv2d inputs: expected shape .*channels 2.* got \[1, 5, 5, 1\]/,
  );
  assert.throws(
    () => conv2d({ kernel }, tf.zeros([1, 5, 2, 2])),
    /at least 3 x 3, the size of the filter, got 5 x 2; pad/,
  );
});

const norm = () => ({ scale: tf.tensor1d([0.5, 2, -1]), shift: tf.tensor1d([0.1, 0, 0.3]) });
const fresh = () => ({ mean: tf.zeros<tf.Rank.R1>([3]), variance: tf.ones<tf.Rank.R1>([3]) });
const shifted = () =>
  wave<tf.Rank.R2>(4, 4, 3)
    .mul(2)
    .add(tf.tensor1d([1, -5, 30])) as tf.Tensor2D;

onEngines('batch norm is PyTorch’s: outputs, running averages, gradients, prediction', () => {
  const x = shifted();
  const { outputs, state } = batchNorm(norm(), fresh(), x, { mode: 'train', momentum: 0.9 });
  assertClose(
    outputs,
    [
      -0.35629, -1.76755, -0.176, 0.88395, 1.52328, 1.47838, -0.31159, 2.41455, -1.08443, 0.18393, -2.17028,
      0.98205,
    ],
    5e-5,
  );
  assertClose(state.mean, [0.08226, -0.54248, 2.99501], 2e-5);
  assertClose(state.variance, [1.07088, 1.04023, 1.07684], 2e-5);
  const probe = wave(5, 4, 3);
  const [dx, dScale, dShift] = tf.grads((a, scale, shift) =>
    batchNorm({ scale: scale as tf.Tensor1D, shift: shift as tf.Tensor1D }, fresh(), a, { mode: 'train' })
      .outputs.mul(probe)
      .sum(),
  )([x, norm().scale, norm().shift]) as [tf.Tensor, tf.Tensor, tf.Tensor];
  assertClose(
    dx,
    [
      -0.13764, 0.70337, -0.39441, 0.0868, -1.35941, 0.42178, 0.27231, 1.03432, 0.32192, -0.22147, -0.37827,
      -0.34929,
    ],
    5e-5,
  );
  assertClose(dScale, [1.06363, 1.17876, 1.29204], 5e-5);
  assertClose(dShift, [-0.85083, -0.34779, 0.66476], 2e-5);
  assertClose(
    batchNorm(norm(), state, x, { mode: 'predict' }).outputs,
    [
      -0.04157, -11.34672, -26.19173, 1.31511, -8.03775, -24.35587, 0.00732, -7.14157, -27.19982, 0.54937,
      -11.75167, -24.90665,
    ],
    1e-3,
  );
});

onEngines('with relu it is relu of it, with the gradient of central differences', () => {
  const x = wave<tf.Rank.R4>(0.3, 2, 3, 2, 6);
  const [scale, shift] = [wave<tf.Rank.R1>(1, 6), wave<tf.Rank.R1>(2, 6)];
  const running = { mean: tf.zeros<tf.Rank.R1>([6]), variance: tf.ones<tf.Rank.R1>([6]) };
  const run = (a: tf.Tensor, activation?: 'relu') =>
    batchNorm({ scale, shift }, running, a, { mode: 'train', ...(activation && { activation }) }).outputs;
  assertClose(run(x, 'relu'), tf.relu(run(x)).dataSync(), 1e-6);
  const probe = wave(3, 2, 3, 2, 6);
  const through = (activated: (a: tf.Tensor) => tf.Tensor) =>
    tf
      .grad((a) => activated(a).mul(probe).sum())(x)
      .dataSync();
  assertClose(
    through((a) => run(a, 'relu')),
    through((a) => tf.relu(run(a))),
    1e-5,
  );
  assertGradients([x], (a) => run(a).mul(probe).sum() as tf.Scalar, 5e-3);
});

onEngines('a long batch: mean 0 and deviation 1 afterwards, whatever they were before', () => {
  const x = wave<tf.Rank.R2>(0.7, 5000, 5).add(tf.tensor1d([0, 50, -50, 1, 2]));
  const params = { scale: tf.ones<tf.Rank.R1>([5]), shift: tf.zeros<tf.Rank.R1>([5]) };
  const running = { mean: tf.zeros<tf.Rank.R1>([5]), variance: tf.ones<tf.Rank.R1>([5]) };
  const { outputs } = batchNorm(params, running, x, { mode: 'train', epsilon: 1e-9 });
  const { mean, variance } = tf.moments(outputs, 0);
  assertClose(mean, [0, 0, 0, 0, 0], 2e-4);
  assertClose(variance, [1, 1, 1, 1, 1], 2e-3);
});

onEngines('the running averages are assigned where that is asked for, and nothing leaks', () => {
  const params = initBatchNorm(createRandom(1), 3);
  const x = shifted();
  const before = tf.memory().numTensors;
  const { outputs, state } = batchNorm(params, params.running, x, { mode: 'train', momentum: 0 });
  assertClose(params.running.mean, [0, 0, 0]);
  assignBatchNorm(params.running, state);
  tf.dispose([outputs, state.mean, state.variance]);
  assert.equal(tf.memory().numTensors, before);
  assertClose(params.running.mean, tf.mean(x, 0).dataSync(), 1e-4);
  assert.equal(params.running.mean.trainable, false);
});

onEngines('batch norm refuses other channels and a single value', () => {
  assert.throws(
    () => batchNorm(norm(), fresh(), tf.zeros([2, 4]), { mode: 'train' }),
    /expected 3 channels .* got shape \[2,4\]/,
  );
  assert.throws(
    () => batchNorm(norm(), fresh(), tf.zeros([1, 3]), { mode: 'train' }),
    /one value a channel has no variance/,
  );
});
