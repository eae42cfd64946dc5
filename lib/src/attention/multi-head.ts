import * as tf from '@tensorflow/tfjs';
import { glorotUniform, zeros } from '../core/initializers.js';
import { checkFirstSeen, checkMask } from '../core/masks.js';
import { createParam } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import type { Random } from '../random/random.js';
import { checkScores } from './align.js';
import { checkHeads } from './heads.js';
import { scaledDotScore } from './score.js';
import { maskedSoftmax, type Normaliser } from './softmax.js';

/** Kernels of all heads side by side: head h has the columns h size ... (h + 1) size - 1 of the first three. */
export type MultiHeadParams = {
  /** `[query units, heads * size]` */
  readonly queryKernel: tf.Variable<tf.Rank.R2>;
  /** `[key units, heads * size]` */
  readonly keyKernel: tf.Variable<tf.Rank.R2>;
  /** `[value units, heads * size]` */
  readonly valueKernel: tf.Variable<tf.Rank.R2>;
  /** `[heads * size, units]` */
  readonly outputKernel: tf.Variable<tf.Rank.R2>;
  /** One for each kernel; the paper has none. */
  readonly biases?: {
    readonly query: tf.Variable<tf.Rank.R1>;
    readonly key: tf.Variable<tf.Rank.R1>;
    readonly value: tf.Variable<tf.Rank.R1>;
    readonly output: tf.Variable<tf.Rank.R1>;
  };
};

export interface MultiHeadSizes {
  readonly query: number;
  readonly key: number;
  readonly value: number;
  /** of the output, and of all heads together: each has units / heads */
  readonly units: number;
  readonly heads: number;
  /** By default false, as in the paper; PyTorch and Keras have biases by default. */
  readonly bias?: boolean;
}

/** All kernels by Glorot, biases zero. */
export function initMultiHead(random: Random, sizes: MultiHeadSizes): MultiHeadParams {
  const { query, key, value, units, heads, bias = false } = sizes;
  checkHeads(heads, units);
  const matrix = (name: string, rows: number) =>
    createParam<tf.Rank.R2>(random.child(name), [rows, units], glorotUniform());
  const row = (name: string) => createParam<tf.Rank.R1>(random.child(name), [units], zeros);
  const kernels = {
    queryKernel: matrix('queryKernel', query),
    keyKernel: matrix('keyKernel', key),
    valueKernel: matrix('valueKernel', value),
    outputKernel: matrix('outputKernel', units),
  };
  if (!bias) return kernels;
  return {
    ...kernels,
    biases: { query: row('query'), key: row('key'), value: row('value'), output: row('output') },
  };
}

/** The same with tensors of any kind in the place of the variables. */
export interface MultiHeadWeights {
  readonly queryKernel: tf.Tensor2D;
  readonly keyKernel: tf.Tensor2D;
  readonly valueKernel: tf.Tensor2D;
  readonly outputKernel: tf.Tensor2D;
  readonly biases?: {
    readonly query: tf.Tensor1D;
    readonly key: tf.Tensor1D;
    readonly value: tf.Tensor1D;
    readonly output: tf.Tensor1D;
  };
}

export interface MultiHeadOptions {
  readonly heads: number;
  /** `[batch, target, query units]` */
  readonly query: tf.Tensor3D;
  /** `[batch, source, key units]` */
  readonly keys: tf.Tensor3D;
  /** `[batch, source, value units]` */
  readonly values: tf.Tensor3D;
  /** `[batch, source]`, 1 for real and 0 for padding */
  readonly mask?: tf.Tensor2D | null;
  /** Output t sees the positions 0 ... t only: for a sequence that attends to itself and must not see what comes. */
  readonly causal?: boolean;
  /** By default softmax. */
  readonly normalise?: Normaliser;
  /** False leaves out the search for scores that are no numbers, which reads one number back from the engine. */
  readonly check?: boolean;
}

export interface MultiHeadAttended {
  /** `[batch, target, units]` */
  readonly context: tf.Tensor3D;
  /** Of every head, `[batch, heads, target, source]`; padding gets exactly 0 */
  readonly alpha: tf.Tensor4D;
}

/**
 * Multi-head attention: head_h = attend(query W_h^Q, keys W_h^K, values W_h^V) with the scaled dot score,
 * context = [head_1; ...; head_n] W^O (Vaswani et al. 2017, section 3.2.2). One alpha can look at one place; several heads
 * look at several at once.
 *
 * @throws where shapes differ, heads do not divide the units, a row sees no real position, or a score is not a number
 */
export function multiHeadAttend(params: MultiHeadWeights, options: MultiHeadOptions): MultiHeadAttended {
  const { heads, query, keys, values, mask = null, causal = false, normalise = maskedSoftmax } = options;
  const { batch, target } = checkShape('multi-head query', query, 'batch target units', {
    units: params.queryKernel.shape[0],
  });
  const { source } = checkShape('multi-head keys', keys, 'batch source units', {
    batch,
    units: params.keyKernel.shape[0],
  });
  checkShape('multi-head values', values, 'batch source units', {
    batch,
    source,
    units: params.valueKernel.shape[0],
  });
  const units = params.queryKernel.shape[1];
  checkHeads(heads, units);
  if (mask !== null) {
    checkShape('multi-head mask', mask, 'batch source', { batch, source });
    checkMask('multi-head mask', mask);
    if (causal) checkFirstSeen('multi-head mask', mask);
  }
  const size = units / heads;
  const [context, alpha] = tf.tidy(() => {
    const asked = split(project(query, params.queryKernel, params.biases?.query), heads); // [batch * heads, target, size]
    const known = split(project(keys, params.keyKernel, params.biases?.key), heads); // [batch * heads, source, size]
    const told = split(project(values, params.valueKernel, params.biases?.value), heads);
    const scores = scaledDotScore.scores(asked, known); // [batch * heads, target, source]
    const real = perHead(mask, heads);
    if (options.check !== false) checkScores('multiHeadAttend', scores, real);
    const weights = normalise(scores, causal ? earlier(target, source, real, batch * heads) : real);
    const mixed = tf
      .matMul(weights, told)
      .reshape([batch, heads, target, size])
      .transpose([0, 2, 1, 3])
      .reshape([batch, target, units]) as tf.Tensor3D;
    return [
      project(mixed, params.outputKernel, params.biases?.output),
      weights.reshape([batch, heads, target, source]),
    ];
  }) as [tf.Tensor3D, tf.Tensor4D];
  return { context, alpha };
}

/** x W + b on the last axis. */
function project(inputs: tf.Tensor3D, kernel: tf.Tensor2D, bias: tf.Tensor1D | undefined): tf.Tensor3D {
  const [batch, time, features] = inputs.shape;
  const rows = tf.matMul(inputs.reshape([batch * time, features]) as tf.Tensor2D, kernel);
  return (bias === undefined ? rows : tf.add(rows, bias)).reshape([batch, time, kernel.shape[1]]);
}

/** `[batch, time, heads * size]` to `[batch * heads, time, size]`. */
function split(inputs: tf.Tensor3D, heads: number): tf.Tensor3D {
  const [batch, time, units] = inputs.shape;
  return inputs
    .reshape([batch, time, heads, units / heads])
    .transpose([0, 2, 1, 3])
    .reshape([batch * heads, time, units / heads]);
}

/** `[batch, source]` to `[batch * heads, source]`. */
function perHead(mask: tf.Tensor2D | null, heads: number): tf.Tensor2D | null {
  if (mask === null) return null;
  const [batch, source] = mask.shape;
  return tf.tile(mask.expandDims(1), [1, heads, 1]).reshape([batch * heads, source]) as tf.Tensor2D;
}

/** 1 where position j is real and not later than output t, `[rows, target, source]`. */
function earlier(target: number, source: number, mask: tf.Tensor2D | null, rows: number): tf.Tensor3D {
  const values = new Float32Array(target * source);
  for (let t = 0; t < target; t++) values.fill(1, t * source, t * source + Math.min(source, t + 1));
  const order = tf.tensor3d(values, [1, target, source]);
  return mask === null
    ? (tf.tile(order, [rows, 1, 1]) as tf.Tensor3D)
    : tf.mul(order, mask.expandDims(1) as tf.Tensor3D);
}
