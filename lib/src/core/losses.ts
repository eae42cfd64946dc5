import * as tf from '@tensorflow/tfjs';
import type { GradSaver } from './params.js';
import { checkShape } from './shapes.js';

export interface CrossEntropyOptions {
  /**
   * Label smoothing: the share of the label that is spread evenly over the whole vocabulary, so that no score has to grow
   * without end (Szegedy et al. 2016, section 7). In [0, 1); default 0.
   */
  readonly smoothing?: number;
}

/**
 * Mean over the real positions of -sum_k q[k] ln softmax(logits)[k], where q = (1 - smoothing) onehot(label) + smoothing / vocab:
 * without smoothing -ln softmax(logits)[label].
 *
 * Its gradient is written by hand: (softmax(logits) - q) * mask / sum(mask). Only the logits and one number a position are
 * kept for it.
 *
 * @param logits `[batch, time, vocab]`
 * @param labels integer ids `[batch, time]`; at padding any valid id
 * @param mask `[batch, time]`, 1 for real and 0 for padding; without one every position counts
 * @returns a scalar, in nats
 * @throws where shapes differ, a label is none of the vocabulary, no position is real, or the smoothing is out of range
 */
export function maskedCrossEntropy(
  logits: tf.Tensor3D,
  labels: tf.Tensor2D,
  mask: tf.Tensor2D | null = null,
  options: CrossEntropyOptions = {},
): tf.Scalar {
  const { smoothing = 0 } = options;
  if (!(smoothing >= 0 && smoothing < 1))
    throw new Error(`maskedCrossEntropy: smoothing must be in [0, 1), got ${smoothing}`);
  const { batch, time, vocab } = checkShape('logits', logits, 'batch time vocab');
  checkShape('labels', labels, 'batch time', { batch, time });
  if (mask !== null) checkShape('mask', mask, 'batch time', { batch, time });
  checkLabels('maskedCrossEntropy labels', labels, vocab);
  const positions = batch * time;

  return tf.tidy(() => {
    const ids = labels.cast('int32').reshape([positions]) as tf.Tensor1D;
    const weights = positionWeights(mask, positions);
    const loss = tf.customGrad((...args) => {
      const [flat, save] = args as [tf.Tensor2D, GradSaver];
      if (hasFusedLoss(vocab)) return fusedLoss(flat, ids, weights, smoothing, save);
      const logSums = tf.logSumExp(flat, 1);
      const offsets = tf.range(0, positions * vocab, vocab, 'int32');
      const chosen = tf.gather(flat.reshape([positions * vocab]), tf.add(offsets, ids).cast('int32'));
      save([flat, logSums, ids, weights]);
      const wanted =
        smoothing === 0 ? chosen : tf.add(tf.mul(chosen, 1 - smoothing), tf.mul(tf.mean(flat, 1), smoothing));
      return {
        value: tf.sum(tf.mul(tf.sub(logSums, wanted), weights)),
        gradFunc: (upstream, saved) => {
          const [kept, sums, label, weight] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
          const probabilities = tf.exp(tf.sub(kept, sums.reshape([positions, 1])));
          const hot = tf.oneHot(label, vocab).cast('float32');
          const smooth = smoothing === 0 ? hot : tf.add(tf.mul(hot, 1 - smoothing), smoothing / vocab);
          const errors = tf.sub(probabilities, smooth);
          return tf.mul(errors, tf.mul(weight, upstream).reshape([positions, 1]));
        },
      };
    });
    return loss(logits.reshape([positions, vocab])) as tf.Scalar;
  });
}

/**
 * Checks labels of any shape. Without it one that is too large reads the score of another position, or of no position at all.
 *
 * @throws naming the first that is no whole number from 0 to `classes` - 1
 */
export function checkLabels(label: string, labels: tf.Tensor, classes: number): void {
  const values = labels.dataSync();
  const bad = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < classes));
  if (bad >= 0)
    throw new RangeError(
      `${label}: expected whole numbers from 0 to ${classes - 1}, got ${values[bad]} at place ${bad} of [${labels.shape.join(', ')}]`,
    );
}

/** From here on the probabilities cost more than anything else; below, plain operations take as long. */
const LARGE_VOCABULARY = 512;

const hasFusedLoss = (vocab: number) =>
  vocab >= LARGE_VOCABULARY && tf.getKernel('HeedCrossEntropy', tf.getBackend()) !== undefined;

/** The same by the kernels of the fused engine, which store neither probabilities nor one-hot labels. */
function fusedLoss(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  weights: tf.Tensor1D,
  smoothing: number,
  save: GradSaver,
) {
  const attributes = { smoothing };
  const [losses, largest, sums] = tf
    .engine()
    .runKernel('HeedCrossEntropy', { logits, labels }, attributes) as unknown as tf.Tensor1D[];
  save([logits, labels, largest!, sums!, weights]);
  return {
    value: tf.sum(tf.mul(losses!, weights)),
    gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
      const [kept, label, top, sum, weight] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const dLosses = tf.mul(weight, upstream);
      const inputs = { logits: kept, labels: label, largest: top, sums: sum, dLosses };
      return tf.engine().runKernel('HeedCrossEntropyGrad', inputs, attributes) as tf.Tensor;
    },
  };
}

/** 1 / (number of real positions) at real positions, 0 at padding. */
function positionWeights(mask: tf.Tensor2D | null, positions: number): tf.Tensor1D {
  if (mask === null) return tf.fill([positions], 1 / positions);
  const flat = mask.reshape([positions]) as tf.Tensor1D;
  const real = flat.sum().dataSync()[0]!;
  if (!(real > 0))
    throw new Error('maskedCrossEntropy: the mask has no real position, so there is no mean to take');
  return tf.div(flat, real);
}
