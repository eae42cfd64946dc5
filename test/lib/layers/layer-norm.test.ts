import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { createRandom, disposeParams, initLayerNorm, layerNorm } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

onEngines('rows come out with mean 0 and variance 1, whatever their level and size', () => {
  const params = initLayerNorm(createRandom(1), { features: 7 });
  const x = tf.add(tf.mul(wave<tf.Rank.R3>(1, 2, 3, 7), 40), 1000);
  const { mean, variance } = tf.moments(layerNorm(params, x), 2);
  assertClose(mean, new Float32Array(6), 1e-4);
  assertClose(variance, new Float32Array(6).fill(1), 1e-3);
  // Equal numbers have no direction: the shift alone is left.
  assertClose(layerNorm(params, tf.fill([1, 7], 3)), new Float32Array(7), 1e-6);
  disposeParams(params);
});

onEngines('the closed form for two numbers: +-1 whatever they are', () => {
  const params = { gain: tf.tensor1d([2, 3]), shift: tf.tensor1d([0.5, -0.5]) };
  assertClose(layerNorm(params, tf.tensor2d([5, 1, -7, 90], [2, 2])), [2.5, -3.5, -1.5, 2.5], 1e-5);
});

onEngines('gradients agree with central differences', () => {
  for (const features of [3, 4, 9]) {
    const probe = wave(0.4, 2, features);
    assertGradients(
      [wave(1, 2, features), tf.add(wave(2, features), 1), wave(3, features)],
      (x, gain, shift) =>
        tf.sum(tf.mul(layerNorm({ gain: gain as tf.Tensor1D, shift: shift as tf.Tensor1D }, x), probe)),
    );
  }
});

onEngines('leaks and errors', () => {
  const x = wave<tf.Rank.R2>(1, 2, 4);
  const before = tf.memory().numTensors;
  const params = initLayerNorm(createRandom(1), { features: 4 });
  layerNorm(params, x).dispose();
  disposeParams(params);
  assert.equal(tf.memory().numTensors, before);
  const narrow = { gain: tf.ones([3]) as tf.Tensor1D, shift: tf.zeros([3]) as tf.Tensor1D };
  assert.throws(
    () => layerNorm(narrow, x),
    /layerNorm: expected 3 features in the last axis, got shape \[2, 4\]/,
  );
});
