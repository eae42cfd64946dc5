import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  chronoBias,
  createRandom,
  gruCell,
  gruCellWith,
  gruResetBefore,
  gruResetBeforeCell,
  gruResetBeforeStep,
  initializers,
  lstmCellWith,
  rnnCell,
  rnnCellWith,
} from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

const inputs = () => wave<tf.Rank.R3>(1, 2, 4, 2);
const weights = () => ({
  kernel: wave<tf.Rank.R2>(4, 2, 9),
  recurrentKernel: wave<tf.Rank.R2>(5, 3, 9),
  bias: wave<tf.Rank.R1>(6, 9),
  recurrentBias: wave<tf.Rank.R1>(7, 9),
});

test('chrono biases are logarithms of times spread evenly up to the longest', () => {
  const times = chronoBias(createRandom(1), 20_000, 101).map(Math.exp);
  const mean = times.reduce((sum, value) => sum + value, 0) / times.length;
  // Uniform in [1, 100): mean 50.5, standard deviation of the mean 99 / sqrt(12 * 20,000) = 0.2.
  assert.ok(Math.abs(mean - 50.5) < 1, `${mean}`);
  assert.ok(times.every((value) => value >= 0.999 && value <= 100.001));
  for (const longest of [2, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => chronoBias(createRandom(1), 3, longest), /steps above 2, got/);
});

onEngines('chrono starts: the LSTM forgets as slowly as it writes, the GRU by its update gate', () => {
  const lstm = lstmCellWith({ longest: 50 }).init(createRandom(2), { input: 2, units: 3 });
  const [input, forget, candidate, output] = tf.split(lstm.bias, 4).map((part) => [...part.dataSync()]);
  assert.deepEqual(
    input,
    forget!.map((value) => -value),
  );
  assert.ok(forget!.every((value) => value >= 0 && value < Math.log(49)));
  assert.deepEqual([...candidate!, ...output!], [0, 0, 0, 0, 0, 0]);
  const gru = gruCellWith({ longest: 50 }).init(createRandom(2), { input: 2, units: 3 });
  const [update, ...others] = tf.split(gru.bias, 3).map((part) => [...part.dataSync()]);
  assert.ok(update!.every((value) => value >= 0 && value < Math.log(49)) && update!.some((v) => v > 0));
  assert.deepEqual(others.flat(), [0, 0, 0, 0, 0, 0]);
  const five = lstmCellWith({ forgetBias: 5 }).init(createRandom(2), { input: 2, units: 1 });
  assertClose(five.bias, [0, 5, 0, 0], 0);
}, ['cpu']);

onEngines('the simple cell may start with other recurrent values, the rest as it was', () => {
  const sizes = { input: 2, units: 4 };
  const plain = rnnCell.init(createRandom(3), sizes);
  const other = rnnCellWith({ recurrent: initializers.uniform(0.5) }).init(createRandom(3), sizes);
  assertClose(other.kernel, plain.kernel.dataSync(), 0);
  assert.ok(other.recurrentKernel.dataSync().every((value) => Math.abs(value) <= 0.5));
  assert.notDeepEqual(other.recurrentKernel.dataSync(), plain.recurrentKernel.dataSync());
  const x = inputs();
  const outputs = rnnCellWith({}).sequence(plain, x).outputs;
  assertClose(outputs, rnnCell.sequence(plain, x).outputs.dataSync(), 0);
}, ['cpu']);

onEngines('activations: relu cuts, linear adds up', () => {
  const params = {
    kernel: tf.tensor2d([[1]]),
    recurrentKernel: tf.tensor2d([[2]]),
    bias: tf.tensor1d([0]),
  } as never;
  const x = tf.tensor3d([1, -5, 2], [1, 3, 1]);
  assertClose(rnnCellWith({ activation: 'linear' }).sequence(params, x).outputs, [1, -3, -4], 1e-6);
  assertClose(rnnCellWith({ activation: 'relu' }).sequence(params, x).outputs, [1, 0, 2], 1e-6);
});

onEngines('reset before: steps make the sequence, the mask carries on, gradients are those of differences', () => {
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 0, 0], [2, 4]);
  const { outputs, state } = gruResetBefore(weights(), inputs(), { mask });
  const steps = tf.unstack(inputs(), 1) as tf.Tensor2D[];
  let hidden = tf.zeros<tf.Rank.R2>([2, 3]);
  const seen = steps.map((x) => {
    hidden = gruResetBeforeStep(weights(), x, hidden);
    return hidden;
  });
  assertClose(
    outputs.slice([0, 0, 0], [1, 4, 3]),
    tf.stack(seen, 1).slice([0, 0, 0], [1, 4, 3]).dataSync(),
    1e-6,
  );
  assertClose(state.slice([1, 0], [1, 3]), seen[1]!.slice([1, 0], [1, 3]).dataSync(), 1e-6);
  const probe = wave<tf.Rank.R3>(0.5, 2, 4, 3);
  assertGradients(Object.values(weights()), (kernel, recurrentKernel, bias, recurrentBias) => {
    const given = { kernel, recurrentKernel, bias, recurrentBias } as ReturnType<typeof weights>;
    return gruResetBefore(given, inputs(), { mask, direction: 'backward' }).outputs.mul(probe).sum();
  });
  // The two forms are two cells: with the same weights they differ.
  const after = gruCell.sequence(weights() as never, inputs()).outputs;
  const before = gruResetBeforeCell.sequence(weights() as never, inputs()).outputs;
  assert.ok(tf.max(tf.abs(tf.sub(after, before))).dataSync()[0]! > 0.01);
}, ['cpu']);
