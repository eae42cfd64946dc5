import * as tf from '@tensorflow/tfjs';
import { fusedHeads, hasFusedHeads } from '../backend/fused/heads.js';
import { checkFirstSeen, checkMask } from '../core/masks.js';
import { checkShape } from '../core/shapes.js';
import { maskedSoftmax } from './softmax.js';

export interface HeadsOptions {
  readonly heads: number;
  /** `[batch, source]`, 1 for real and 0 for padding; every row has a 1 */
  readonly mask?: tf.Tensor2D | null;
  /**
   * Output t sees the positions up to its own. Where the source is longer than the target the last outputs of both are the
   * same: t sees 0 ... t + source - target.
   */
  readonly causal?: boolean;
}

export interface HeadsAttended {
  /** What each head mixed, the heads side by side, `[batch, target, units]` */
  readonly mixed: tf.Tensor3D;
  /** `[batch, heads, target, source]`; exactly 0 at padding and at what comes later */
  readonly alpha: tf.Tensor4D;
}

/**
 * Scaled dot attention of several heads at once, without projections: of units u, head h has the columns h u / heads ...
 * (h + 1) u / heads - 1, and mixes by softmax(query_h keys_h^T / sqrt(u / heads)) (Vaswani et al. 2017, section 3.2).
 *
 * On wasm one kernel does it for all rows and heads, and reads the columns where they lie.
 *
 * @param query `[batch, target, units]`, projected
 * @param keys `[batch, source, units]`, projected
 * @param values `[batch, source, units]`, projected
 * @throws where shapes differ, heads do not divide the units, a causal target is longer than its source, or the mask leaves an output
 *   nothing to look at
 */
export function attendHeads(
  query: tf.Tensor3D,
  keys: tf.Tensor3D,
  values: tf.Tensor3D,
  { heads, mask = null, causal = false }: HeadsOptions,
): HeadsAttended {
  const { batch, target, units } = checkShape('heads query', query, 'batch target units');
  const { source } = checkShape('heads keys', keys, 'batch source units', { batch, units });
  checkShape('heads values', values, 'batch source units', { batch, source, units });
  if (mask !== null) checkShape('heads mask', mask, 'batch source', { batch, source });
  checkHeads(heads, units);
  if (mask !== null) checkMask('heads mask', mask);
  if (causal && target > source)
    throw new Error(
      `attendHeads: causal attention of ${target} outputs needs as many positions, got ${source}`,
    );
  if (causal && mask !== null) checkFirstSeen('heads mask', mask, source - target + 1);
  const [mixed, alpha] = tf.tidy(() =>
    hasFusedHeads()
      ? fusedHeads(query, keys, values, mask, { heads, causal })
      : plainHeads(query, keys, values, { heads, mask, causal }),
  );
  return { mixed, alpha };
}

/** @throws unless the units can be shared out among the heads */
export function checkHeads(heads: number, units: number): void {
  if (!Number.isSafeInteger(heads) || heads < 1 || units % heads !== 0)
    throw new Error(
      `attention heads: the number of heads must divide the ${units} units into equal parts, got ${heads}`,
    );
}

/** The same by operations that every engine has. */
function plainHeads(
  query: tf.Tensor3D,
  keys: tf.Tensor3D,
  values: tf.Tensor3D,
  { heads, mask, causal }: Required<HeadsOptions>,
): [mixed: tf.Tensor3D, alpha: tf.Tensor4D] {
  const [batch, target, units] = query.shape;
  const source = keys.shape[1];
  const [asked, known, told] = [query, keys, values].map((each) => split(each, heads)) as [
    tf.Tensor3D,
    tf.Tensor3D,
    tf.Tensor3D,
  ]; // [batch * heads, time, size]
  const scores = tf.div(tf.matMul(asked, known, false, true), Math.sqrt(units / heads)) as tf.Tensor3D;
  const alpha = maskedSoftmax(scores, visible({ batch, target, source, heads, mask, causal }));
  const mixed = tf
    .matMul(alpha, told)
    .reshape([batch, heads, target, units / heads])
    .transpose([0, 2, 1, 3])
    .reshape([batch, target, units]);
  return [mixed as tf.Tensor3D, alpha.reshape([batch, heads, target, source])];
}

/** `[batch, time, heads * size]` to `[batch * heads, time, size]`. */
function split(inputs: tf.Tensor3D, heads: number): tf.Tensor3D {
  const [batch, time, units] = inputs.shape;
  return inputs
    .reshape([batch, time, heads, units / heads])
    .transpose([0, 2, 1, 3])
    .reshape([batch * heads, time, units / heads]);
}

interface Visible extends Required<HeadsOptions> {
  readonly batch: number;
  readonly target: number;
  readonly source: number;
}

/** 1 for what may be seen, `[batch * heads, 1 or target, source]`. */
function visible({ batch, target, source, heads, mask, causal }: Visible): tf.Tensor3D | null {
  const real =
    mask === null
      ? null
      : (tf.tile(mask.expandDims(1), [1, heads, 1]).reshape([batch * heads, 1, source]) as tf.Tensor3D);
  if (!causal) return real;
  const values = new Float32Array(target * source);
  for (let t = 0; t < target; t++) values.fill(1, t * source, t * source + source - target + t + 1);
  const order = tf.tensor3d(values, [1, target, source]);
  return real === null ? (tf.tile(order, [batch * heads, 1, 1]) as tf.Tensor3D) : tf.mul(order, real);
}
