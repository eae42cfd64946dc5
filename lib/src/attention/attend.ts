import * as tf from '@tensorflow/tfjs';
import { checkMask } from '../core/masks.js';
import { checkShape } from '../core/shapes.js';
import { align, checkScores } from './align.js';
import type { Score } from './score.js';
import { maskedSoftmax, type Normaliser } from './softmax.js';
import type { Window } from './window.js';

export interface AttendOptions<Query extends tf.Tensor2D | tf.Tensor3D> {
  readonly score: Score;
  /** `[batch, units]` for one output, `[batch, target, units]` for many */
  readonly query: Query;
  /** `[batch, source, key units]`; may be left out where `projectedKeys` is given */
  readonly keys?: tf.Tensor3D;
  /** `score.projectKeys(keys)`, computed once for a source that is looked at many times */
  readonly projectedKeys?: tf.Tensor3D;
  /** `[batch, source, value units]` */
  readonly values: tf.Tensor3D;
  /** `[batch, source]`, 1 for real and 0 for padding */
  readonly mask?: tf.Tensor2D | null;
  /** How scores become weights; by default softmax. */
  readonly normalise?: Normaliser;
  /** Which part of the source can be looked at; by default all of it. Outputs count from 0. */
  readonly window?: Window;
  /** False leaves out the search for scores that are no numbers, which reads one number back from the engine. */
  readonly check?: boolean;
}

export interface Attended<Query extends tf.Tensor2D | tf.Tensor3D> {
  /** Weighted mean of the values, `[batch, value units]` or `[batch, target, value units]`. */
  readonly context: Query;
  /** What each output pays to each input, `[batch, source]` or `[batch, target, source]`: padding gets exactly 0; rows sum to 1 (but for what `total: 'paper'` asks of a window or of monotonic attention). */
  readonly alpha: Query;
}

/**
 * Attention: e = score(query, keys), alpha = softmax(e) over the real positions, context = sum_j alpha_j values_j
 * (Bahdanau et al. 2015, equations 5 and 6).
 *
 * @throws where shapes differ, where the mask is not of 0 and 1, where a row has no real position, and where a score is not
 *   a number
 */
export function attend<Query extends tf.Tensor2D | tf.Tensor3D>(
  options: AttendOptions<Query>,
): Attended<Query> {
  const { score, query, keys, values, mask = null, normalise = maskedSoftmax, window } = options;
  const { batch, source } = checkShape('attend values', values, 'batch source units');
  if (mask !== null) {
    checkShape('attend mask', mask, 'batch source', { batch, source });
    checkMask('attend mask', mask);
  }
  const single = query.rank === 2;
  if (single) checkShape('attend query', query, 'batch units', { batch });
  else checkShape('attend query', query, 'batch target units', { batch });

  const [context, alpha] = tf.tidy(() => {
    const asked = (single ? query.expandDims(1) : query) as tf.Tensor3D;
    const projected = options.projectedKeys ?? (keys === undefined ? undefined : score.projectKeys(keys));
    if (projected === undefined)
      throw new Error('attend: give keys, or projectedKeys from score.projectKeys');
    checkShape('attend keys', projected, 'batch source units', { batch, source });
    const scores = score.scores(asked, projected); // [batch, target, source]
    if (options.check !== false) checkScores('attend', scores, mask);
    const weights = align(scores, { normalise, window, query: asked, mask });
    const mixed = tf.matMul(weights, values); // [batch, target, value units]
    return single ? [mixed.squeeze([1]), weights.squeeze([1])] : [mixed, weights];
  }) as [Query, Query];
  return { context, alpha };
}
