import * as tf from '@tensorflow/tfjs';
import { attendHeads } from '../../attention/heads.js';
import { type DenseParams, dense, initDense } from '../../layers/dense.js';
import { dropout } from '../../layers/dropout.js';
import type { Random } from '../../random/random.js';
import type { Rotation } from './positions.js';

/** Four projections of d units to d; head h has the columns h d / heads ... of the first three. */
export type AttentionParams = {
  readonly query: DenseParams;
  readonly key: DenseParams;
  readonly value: DenseParams;
  readonly output: DenseParams;
};

export function initAttention(random: Random, units: number): AttentionParams {
  const layer = (name: string) => initDense(random.child(name), { input: units, units });
  return { query: layer('query'), key: layer('key'), value: layer('value'), output: layer('output') };
}

export type FeedForwardParams = { readonly wide: DenseParams; readonly narrow: DenseParams };

export function initFeedForward(random: Random, units: number, inner: number): FeedForwardParams {
  return {
    wide: initDense(random.child('wide'), { input: units, units: inner }),
    narrow: initDense(random.child('narrow'), { input: inner, units }),
  };
}

/** max(0, x W1 + b1) W2 + b2, at each position by itself (Vaswani et al. 2017, equation 2). */
export function feedForward(params: FeedForwardParams, x: tf.Tensor3D): tf.Tensor3D {
  return dense(params.narrow, tf.relu(dense(params.wide, x)));
}

/** Keys and values of positions, projected and ready to be looked at, each `[batch, source, units]`. */
export interface Seen {
  readonly keys: tf.Tensor3D;
  readonly values: tf.Tensor3D;
}

/** Projects what is looked at; the rotation is that of its positions. */
export function project(params: AttentionParams, x: tf.Tensor3D, rotate: Rotation | null = null): Seen {
  const keys = dense(params.key, x);
  return { keys: rotate === null ? keys : rotate(keys), values: dense(params.value, x) };
}

export interface LookOptions {
  readonly heads: number;
  readonly mask: tf.Tensor2D | null;
  readonly causal?: boolean;
  /** Of the positions that look. */
  readonly rotate?: Rotation | null;
  /** Heads whose part of the mixture is set to 0. */
  readonly off?: readonly number[];
}

/** One attention part: [head_1; ...; head_n] W^O + b, and the alpha of each head, `[batch, heads, target, source]`. */
export function lookAt(
  params: AttentionParams,
  x: tf.Tensor3D,
  { keys, values }: Seen,
  { heads, mask, causal = false, rotate = null, off = [] }: LookOptions,
): { readonly output: tf.Tensor3D; readonly alpha: tf.Tensor4D } {
  const asked = dense(params.query, x);
  const query = rotate === null ? asked : rotate(asked);
  const { mixed, alpha } = attendHeads(query, keys, values, { heads, mask, causal });
  return { output: dense(params.output, off.length === 0 ? mixed : silence(mixed, heads, off)), alpha };
}

function silence(mixed: tf.Tensor3D, heads: number, off: readonly number[]): tf.Tensor3D {
  const units = mixed.shape[2];
  const size = units / heads;
  const wrong = off.find((head) => !(Number.isSafeInteger(head) && head >= 0 && head < heads));
  if (wrong !== undefined)
    throw new Error(`transformer: a head that is switched off must be in 0 ... ${heads - 1}, got ${wrong}`);
  const kept = Float32Array.from({ length: units }, (_, k) => (off.includes(Math.floor(k / size)) ? 0 : 1));
  return tf.mul(mixed, tf.tensor3d(kept, [1, 1, units]));
}

/** Dropout of one training step: every call draws anew. Without a random stream there is none. */
export interface Noise {
  readonly rate: number;
  readonly random: Random | null;
}

export const quiet: Noise = { rate: 0, random: null };

export function drop(x: tf.Tensor3D, { rate, random }: Noise): tf.Tensor3D {
  return dropout(x, rate, random);
}
