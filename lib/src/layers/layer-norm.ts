import * as tf from '@tensorflow/tfjs';
import { fusedLayerNorm, hasFusedLayerNorm } from '../backend/fused/layer-norm.js';
import { zeros } from '../core/initializers.js';
import { createParam, type Initializer } from '../core/params.js';
import type { Random } from '../random/random.js';

export type LayerNormParams = {
  /** `[features]` */
  readonly gain: tf.Variable<tf.Rank.R1>;
  /** `[features]` */
  readonly shift: tf.Variable<tf.Rank.R1>;
};

const ones: Initializer = (_random, shape) =>
  new Float32Array(shape.reduce((size, axis) => size * axis, 1)).fill(1);

/** Gain 1 and shift 0: at first every row comes out with mean 0 and variance 1. */
export function initLayerNorm(random: Random, { features }: { readonly features: number }): LayerNormParams {
  return {
    gain: createParam<tf.Rank.R1>(random, [features], ones),
    shift: createParam<tf.Rank.R1>(random, [features], zeros),
  };
}

/**
 * y = gain (x - mean) / sqrt(variance + epsilon) + shift, mean and variance of each row by itself along the last axis
 * (Ba et al. 2016, section 3.1). Unlike batch norm it needs no other row, so it is the same in training and use.
 *
 * @param inputs `[..., features]`
 * @param epsilon keeps a row of equal numbers from a division by 0; 1e-5 as in PyTorch
 */
export function layerNorm<T extends tf.Tensor>(
  params: { readonly gain: tf.Tensor1D; readonly shift: tf.Tensor1D },
  inputs: T,
  epsilon = 1e-5,
): T {
  const { gain, shift } = params;
  const [features] = gain.shape;
  if (inputs.shape.at(-1) !== features)
    throw new Error(
      `layerNorm: expected ${features} features in the last axis, got shape [${inputs.shape.join(', ')}]`,
    );
  if (hasFusedLayerNorm() && inputs.dtype === 'float32') return fusedLayerNorm(inputs, gain, shift, epsilon);
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(inputs, -1, true);
    const normal = tf.mul(tf.sub(inputs, mean), tf.rsqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(normal, gain), shift) as T;
  });
}
