import * as tf from '@tensorflow/tfjs';
import { additiveScore, attend, mixValues } from '../attention/index.js';
import { maskedCrossEntropy } from '../core/losses.js';
import { checkMask } from '../core/masks.js';
import { checkShape } from '../core/shapes.js';
import { dense, dropout } from '../layers/index.js';
import type { Random } from '../random/random.js';
import { type BidirectionalParams, bidirectional } from '../recurrent/bidirectional.js';
import { type GruParams, gru, gruCell } from '../recurrent/gru.js';
import type { SequenceClassifier } from './sequence-classifier-config.js';

export interface ClassifySequencesOptions {
  /** `[batch, time]`, 1 for real frames and 0 for padding */
  readonly mask?: tf.Tensor2D | null;
  /** Given in training only: what dropout draws from. */
  readonly random?: Random | null;
}

export interface Classified {
  /** `[batch, classes]` */
  readonly logits: tf.Tensor2D;
  /** What each frame was worth, `[batch, time]`: 0 at padding, rows sum to 1. */
  readonly alpha: tf.Tensor2D;
}

/**
 * Which class a sequence of frames belongs to: h_t from frame t and its neighbours, e_t = v . tanh(W q + U k_t) for one learnt
 * query q, alpha = softmax(e) over the real frames, logits = V sum_t alpha_t h_t. Keys k_t are the h_t or the states of a
 * recurrent reader of them. Attention pooling in this form is Yang et al. 2016, equations 5 to 7; the score is Bahdanau's.
 *
 * @param inputs `[batch, time, features]`, or `[batch, time, ...]` as the model's frame encoder wants it
 * @throws where shapes do not fit, where the mask leaves a row empty, and for clips of one frame, in which nothing can be chosen
 */
export function classifySequences(
  model: SequenceClassifier,
  inputs: tf.Tensor,
  options: ClassifySequencesOptions = {},
): Classified {
  const { config, params, encoder } = model;
  const { mask = null, random = null } = options;
  const [batch, time = 0] = inputs.shape as [number, number];
  if (time < 2)
    throw new Error(
      `classifySequences: expected at least 2 frames a clip, got ${time}: alpha over one frame is always 1. Give longer clips or shorter frames`,
    );
  if (mask !== null) {
    checkShape('classifySequences mask', mask, 'batch time', { batch, time });
    checkMask('classifySequences mask', mask);
    checkRealFrames(mask);
  }
  const [logits, alpha] = tf.tidy(() => {
    const features = encoder ? encoder.encode(inputs) : (inputs as tf.Tensor3D);
    checkShape('classifySequences frames', features, 'batch time features', {
      batch,
      time,
      features: config.features,
    });
    const seen = withNeighbours(clearPadding(features, mask), config.context);
    const local = dropout(tf.relu(dense(params.frames, seen)), config.dropout, random); // [batch, time, units]
    const states = readFrames(params.recurrent, local, mask);
    const values = config.values === 'states' ? states : local;
    const pooled = pool(model, states, values, mask);
    const context = dropout(pooled.context, config.dropout, random?.child('mixture') ?? null);
    return [dense(params.output, context), pooled.alpha];
  });
  return { logits, alpha };
}

/** Mean of -ln p(label), in nats. @param labels `[batch]` */
export function sequenceClassifierLoss(
  model: SequenceClassifier,
  inputs: tf.Tensor,
  labels: tf.Tensor1D,
  options: ClassifySequencesOptions = {},
): tf.Scalar {
  return tf.tidy(() => {
    const { logits } = classifySequences(model, inputs, options);
    return maskedCrossEntropy(logits.expandDims(1) as tf.Tensor3D, labels.expandDims(1) as tf.Tensor2D);
  });
}

function checkRealFrames(mask: tf.Tensor2D): void {
  const [batch, time] = mask.shape;
  const values = mask.dataSync();
  for (let row = 0; row < batch; row++) {
    let real = 0;
    for (const value of values.subarray(row * time, (row + 1) * time)) real += value;
    if (real < 2)
      throw new Error(
        `classifySequences: clip ${row} has one real frame, at least 2 are needed: alpha over one frame is always 1. Give longer clips or shorter frames`,
      );
  }
}

/** What lies in the padding must not reach the real frames beside it. */
function clearPadding(features: tf.Tensor3D, mask: tf.Tensor2D | null): tf.Tensor3D {
  return mask === null ? features : tf.mul(features, mask.expandDims(2));
}

/** Each frame with `context` frames before and after it side by side, zeros beyond the ends: `[batch, time, (2 context + 1) features]`. */
function withNeighbours(frames: tf.Tensor3D, context: number): tf.Tensor3D {
  if (context === 0) return frames;
  const [batch, time, features] = frames.shape;
  const padded = tf.pad(frames, [
    [0, 0],
    [context, context],
    [0, 0],
  ]);
  const shifted = Array.from({ length: 2 * context + 1 }, (_, i) =>
    padded.slice([0, i, 0], [batch, time, features]),
  );
  return tf.concat(shifted, 2);
}

function readFrames(
  params: GruParams | BidirectionalParams<GruParams> | undefined,
  frames: tf.Tensor3D,
  mask: tf.Tensor2D | null,
): tf.Tensor3D {
  if (params === undefined) return frames;
  if ('forward' in params) return bidirectional(gruCell, params, frames, { mask }).outputs;
  return gru(params, frames, { mask }).outputs;
}

function pool(
  { params: { attention } }: SequenceClassifier,
  keys: tf.Tensor3D,
  values: tf.Tensor3D,
  mask: tf.Tensor2D | null,
): { readonly context: tf.Tensor2D; readonly alpha: tf.Tensor2D } {
  const [batch, time] = keys.shape;
  if (attention === undefined) {
    const real = mask ?? tf.ones<tf.Rank.R2>([batch, time]);
    const alpha = tf.div<tf.Tensor2D>(real, tf.sum(real, 1, true));
    return { context: mixValues(alpha, values), alpha };
  }
  const query = tf.tile(attention.query, [batch, 1]);
  return attend({ score: additiveScore(attention.score), query, keys, values, mask, check: false });
}
