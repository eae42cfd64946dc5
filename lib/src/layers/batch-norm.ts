import * as tf from '@tensorflow/tfjs';
import { fusedBatchNorm, loadFused } from '../backend/fused/index.js';
import { ones, zeros } from '../core/initializers.js';
import { createParam } from '../core/params.js';
import type { Random } from '../random/random.js';

/** Running mean and variance of each channel: what stands for the batch's own once training is over. */
export interface BatchNormState<T extends tf.Tensor = tf.Tensor1D> {
  readonly mean: T;
  readonly variance: T;
}

export type BatchNormParams = {
  /** `[units]` */
  readonly scale: tf.Variable<tf.Rank.R1>;
  /** `[units]` */
  readonly shift: tf.Variable<tf.Rank.R1>;
  /** Not trained by a gradient; saved with the rest. */
  readonly running: {
    readonly mean: tf.Variable<tf.Rank.R1>;
    readonly variance: tf.Variable<tf.Rank.R1>;
  };
};

export interface BatchNormConfig {
  /** Share of the old running average that is kept at a step. */
  readonly momentum: number;
  /** Added to the variance, so that a channel that never changes is not divided by 0. */
  readonly epsilon: number;
}

export const defaultBatchNorm: BatchNormConfig = {
  momentum: 0.98, // a memory of about 50 batches: far shorter than a training, far longer than the noise of a batch
  epsilon: 1e-3, // Keras's
};

export function initBatchNorm(random: Random, units: number): BatchNormParams {
  const fixed = (values: Float32Array) =>
    tf.tidy(() => tf.variable(tf.tensor1d(values), false)) as tf.Variable<tf.Rank.R1>;
  return {
    scale: createParam<tf.Rank.R1>(random.child('scale'), [units], ones),
    shift: createParam<tf.Rank.R1>(random.child('shift'), [units], zeros),
    running: { mean: fixed(new Float32Array(units)), variance: fixed(new Float32Array(units).fill(1)) },
  };
}

/** What batch norm is given besides its parameters. */
export interface BatchNormOptions extends Partial<BatchNormConfig> {
  /** `train` normalises by the batch, `predict` by the state. */
  readonly mode: 'train' | 'predict';
  /** Applied to the result; by default nothing. */
  readonly activation?: 'relu';
}

/**
 * y = scale (x - mean) / sqrt(variance + epsilon) + shift, each channel by itself (Ioffe and Szegedy 2015, algorithm 1). In
 * training mean and variance are those of the batch, over all but the last axis, and the gradient goes through them.
 *
 * @param inputs `[..., units]`
 * @param state the running averages
 * @returns outputs of the inputs' shape, and the state: new in training (with the unbiased variance, as PyTorch has it), the
 *   given one otherwise. Nothing is assigned: {@link assignBatchNorm} does.
 */
export function batchNorm<T extends tf.Tensor>(
  params: { readonly scale: tf.Tensor1D; readonly shift: tf.Tensor1D },
  state: BatchNormState,
  inputs: T,
  options: BatchNormOptions,
): { outputs: T; state: BatchNormState } {
  const { mode, activation, momentum, epsilon } = { ...defaultBatchNorm, ...options };
  const [units] = params.scale.shape;
  const last = inputs.shape[inputs.shape.length - 1];
  if (last !== units) {
    throw new Error(`batchNorm: expected ${units} channels in the last axis, got shape [${inputs.shape}]`);
  }
  const count = inputs.size / units;
  if (mode === 'train' && count < 2)
    throw new Error('batchNorm: one value a channel has no variance; train with more than one');
  const relu = activation === 'relu';
  const cut = (outputs: tf.Tensor) => (relu ? tf.relu(outputs) : outputs) as T;
  if (mode === 'predict') {
    const outputs = tf.tidy(() => {
      const factor = tf.mul(params.scale, tf.rsqrt(tf.add(state.variance, epsilon)));
      return cut(tf.add(tf.mul(inputs, factor), tf.sub(params.shift, tf.mul(state.mean, factor))));
    });
    return { outputs, state };
  }
  const [outputs, mean, variance] = tf.tidy(() => {
    const normalised = loadFused().available
      ? fusedBatchNorm(inputs, params.scale, params.shift, { epsilon, relu })
      : plainBatchNorm(inputs, params.scale, params.shift, epsilon);
    const moved = (old: tf.Tensor1D, now: tf.Tensor1D) =>
      tf.add(tf.mul(old, momentum), tf.mul(now, 1 - momentum));
    return [
      loadFused().available ? normalised.outputs : cut(normalised.outputs),
      moved(state.mean, normalised.mean),
      moved(state.variance, tf.mul(normalised.variance, count / (count - 1))),
    ];
  }) as [T, tf.Tensor1D, tf.Tensor1D];
  return { outputs, state: { mean, variance } };
}

/** The plain operations, for engines without the fused kernel. */
function plainBatchNorm<T extends tf.Tensor>(
  inputs: T,
  scale: tf.Tensor1D,
  shift: tf.Tensor1D,
  epsilon: number,
): { outputs: T; mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const axes = inputs.shape.slice(0, -1).map((_, axis) => axis);
  const mean = tf.mean(inputs, axes) as tf.Tensor1D;
  const centred = tf.sub(inputs, mean);
  const variance = tf.mean(tf.square(centred), axes) as tf.Tensor1D;
  const normalised = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
  return { outputs: tf.add(tf.mul(normalised, scale), shift) as T, mean, variance };
}

/** Puts a new state into the variables of the running averages. */
export function assignBatchNorm(running: BatchNormParams['running'], state: BatchNormState): void {
  running.mean.assign(state.mean);
  running.variance.assign(state.variance);
}
