import * as tf from '@tensorflow/tfjs';
import type { GradSaver } from '../core/params.js';
import { hidePadding, maskOverTargets } from './softmax.js';

/*
 * Softmax, 1.5-entmax and sparsemax are one family, entmax of order 1, 1.5 and 2: alpha maximises alpha . e plus an entropy.
 * Above 1 a score far enough below the best gets exactly 0. Both are found exactly by sorting; sorting has no gradient in
 * TensorFlow.js, so the gradient is written by hand.
 */

/**
 * Gradient of entmax of any order: with s_j = alpha_j^(2 - order) where alpha_j > 0, else 0, the Jacobian is
 * diag(s) - s s' / sum(s) (Peters et al. 2019, section 3). `s` is alpha for softmax, its root for 1.5-entmax, and 1 on the
 * support for sparsemax.
 */
function throughEntmax(s: tf.Tensor2D, upstream: tf.Tensor2D): tf.Tensor2D {
  const mean = tf.div(tf.sum(tf.mul(s, upstream), 1, true), tf.sum(s, 1, true));
  return tf.mul(s, tf.sub(upstream, mean));
}

/** The largest of each row taken off, and cut at `floor`: what lies lower has no weight and would only cost precision. */
function fromTheTop(rows: tf.Tensor2D, floor: number): tf.Tensor2D {
  return tf.maximum(tf.sub(rows, tf.max(rows, 1, true)), floor);
}

/** Each row sorted, the largest first. */
function sorted(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.topk(rows, rows.shape[1], true).values;
}

/** 1, 2, ... as `[1, size]`. */
const counting = (size: number) => tf.range(1, size + 1).reshape([1, size]) as tf.Tensor2D;

/**
 * alpha = the point of the simplex nearest to the scores: alpha_j = max(e_j - tau, 0) with tau such that they sum to 1
 * (Martins and Astudillo 2016, algorithm 1). Rows of any length, `[rows, source]`.
 */
function sparsemaxRows(scores: tf.Tensor2D): tf.Tensor2D {
  const from = fromTheTop(scores, -2); // tau >= max - 1
  const ordered = sorted(from);
  const sums = tf.cumsum(ordered, 1);
  // e_(k) is in the support while 1 + k e_(k) > e_(1) + ... + e_(k).
  const inside = tf.greater(tf.add(1, tf.mul(counting(scores.shape[1]), ordered)), sums).cast('float32');
  const size = tf.sum(inside, 1, true);
  const tau = tf.div(tf.sub(tf.sum(tf.mul(inside, ordered), 1, true), 1), size);
  return tf.relu(tf.sub(from, tau));
}

/**
 * alpha_j = max(e_j / 2 - tau, 0)^2 with tau such that they sum to 1 (Peters et al. 2019, section 3). `[rows, source]`.
 *
 * For the k largest halves with mean M and sum of squared differences S from it, tau_k = M - sqrt((1 - S) / k).
 */
function entmax15Rows(scores: tf.Tensor2D): tf.Tensor2D {
  const from = fromTheTop(tf.mul(scores, 0.5), -2); // tau >= max - 1
  const ordered = sorted(from);
  const counts = counting(scores.shape[1]);
  const means = tf.div(tf.cumsum(ordered, 1), counts);
  const squares = tf.div(tf.cumsum(tf.square(ordered), 1), counts);
  const spread = tf.mul(counts, tf.sub(squares, tf.square(means)));
  const thresholds = tf.sub(means, tf.sqrt(tf.relu(tf.div(tf.sub(1, spread), counts))));
  // e_(k) is in the support while tau_k does not exceed it; the largest always is.
  const inside = tf.lessEqual(thresholds, ordered).cast('float32') as tf.Tensor2D;
  return tf.square(tf.relu(tf.sub(from, thresholdOf(ordered, inside))));
}

/** tau from the support, with the differences taken from its mean: the running sums above lose digits. */
function thresholdOf(ordered: tf.Tensor2D, inside: tf.Tensor2D): tf.Tensor2D {
  const size = tf.sum(inside, 1, true);
  const mean = tf.div(tf.sum(tf.mul(inside, ordered), 1, true), size);
  const spread = tf.sum(tf.mul(inside, tf.square(tf.sub(ordered, mean))), 1, true);
  return tf.sub(mean, tf.sqrt(tf.relu(tf.div(tf.sub(1, spread), size))));
}

/** A normaliser from its function on rows and from what the gradient needs of alpha. */
function normaliser(
  rowsOf: (scores: tf.Tensor2D) => tf.Tensor2D,
  slope: (alpha: tf.Tensor2D) => tf.Tensor2D,
) {
  return (scores: tf.Tensor3D, mask: tf.Tensor2D | tf.Tensor3D | null): tf.Tensor3D => {
    const [batch, target, source] = scores.shape;
    const find = tf.customGrad((...args) => {
      const [rows, save] = args as unknown as [tf.Tensor2D, GradSaver];
      const alpha = rowsOf(rows);
      save([alpha]);
      return {
        value: alpha,
        gradFunc: (upstream, saved) => throughEntmax(slope(saved[0] as tf.Tensor2D), upstream as tf.Tensor2D),
      };
    });
    return tf.tidy(() => {
      const shown = mask === null ? scores : hidePadding(scores, mask);
      const alpha = find(shown.reshape([batch * target, source])).reshape([batch, target, source]);
      return (mask === null ? alpha : tf.mul(alpha, maskOverTargets(mask))) as tf.Tensor3D;
    });
  };
}

/**
 * Sparsemax: alpha is the distribution nearest to the scores (least sum of squared differences), so that many positions get
 * exactly 0 (Martins and Astudillo 2016, section 2). With the exact gradient.
 */
export const maskedSparsemax = normaliser(sparsemaxRows, (alpha) => tf.greater(alpha, 0).cast('float32'));

/**
 * 1.5-entmax: between softmax and sparsemax, with exact zeros and without sparsemax's kinks (Peters et al. 2019,
 * section 3). With the exact gradient.
 */
export const maskedEntmax15 = normaliser(entmax15Rows, (alpha) => tf.sqrt(alpha));
