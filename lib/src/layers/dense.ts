import * as tf from '@tensorflow/tfjs';
import { glorotUniform, zeros } from '../core/initializers.js';
import { createParam, type Initializer } from '../core/params.js';
import type { Random } from '../random/random.js';

export type DenseParams = {
  /** `[features, units]` */
  readonly kernel: tf.Variable<tf.Rank.R2>;
  /** `[units]` */
  readonly bias: tf.Variable<tf.Rank.R1>;
};

export interface DenseSizes {
  readonly input: number;
  readonly units: number;
  /** By default Glorot's uniform one. */
  readonly initializer?: Initializer;
}

export function initDense(random: Random, sizes: DenseSizes): DenseParams {
  const { input, units, initializer = glorotUniform() } = sizes;
  return {
    kernel: createParam<tf.Rank.R2>(random.child('kernel'), [input, units], initializer),
    bias: createParam<tf.Rank.R1>(random.child('bias'), [units], zeros),
  };
}

/**
 * y = x W + b on the last axis; an activation is the caller's.
 *
 * @param inputs `[..., features]`
 * @returns `[..., units]`, of the rank of the inputs
 */
export function dense<T extends tf.Tensor2D | tf.Tensor3D>(
  params: { readonly kernel: tf.Tensor2D; readonly bias: tf.Tensor1D },
  inputs: T,
): T {
  const [features, units] = params.kernel.shape;
  const axes = inputs.shape;
  const last = axes[axes.length - 1];
  if (last !== features) {
    throw new Error(`dense: expected ${features} features in the last axis, got shape [${axes.join(', ')}]`);
  }
  return tf.tidy(() => {
    const rows = inputs.reshape([-1, features]);
    return tf.add(tf.matMul(rows, params.kernel), params.bias).reshape([...axes.slice(0, -1), units]) as T;
  });
}
