import * as tf from '@tensorflow/tfjs';
import type { GradSaver } from './params.js';
import { checkShape } from './shapes.js';

/**
 * Mean over the real positions of -ln softmax(logits)[label].
 *
 * Its gradient is written by hand: (softmax(logits) - onehot(label)) * mask / sum(mask). Only the logits and one number a
 * position are kept for it.
 *
 * @param logits `[batch, time, vocab]`
 * @param labels integer ids `[batch, time]`; at padding any valid id
 * @param mask `[batch, time]`, 1 for real and 0 for padding; without one every position counts
 * @returns a scalar, in nats
 * @throws where shapes differ or no position is real
 */
export function maskedCrossEntropy(
  logits: tf.Tensor3D,
  labels: tf.Tensor2D,
  mask: tf.Tensor2D | null = null,
): tf.Scalar {
  const { batch, time, vocab } = checkShape('logits', logits, 'batch time vocab');
  checkShape('labels', labels, 'batch time', { batch, time });
  if (mask !== null) checkShape('mask', mask, 'batch time', { batch, time });
  const positions = batch * time;

  return tf.tidy(() => {
    const ids = labels.cast('int32').reshape([positions]) as tf.Tensor1D;
    const weights = positionWeights(mask, positions);
    const loss = tf.customGrad((...args) => {
      const [flat, save] = args as [tf.Tensor2D, GradSaver];
      if (hasFusedLoss(vocab)) return fusedLoss(flat, ids, weights, save);
      const logSums = tf.logSumExp(flat, 1);
      const offsets = tf.range(0, positions * vocab, vocab, 'int32');
      const chosen = tf.gather(flat.reshape([positions * vocab]), tf.add(offsets, ids).cast('int32'));
      save([flat, logSums, ids, weights]);
      return {
        value: tf.sum(tf.mul(tf.sub(logSums, chosen), weights)),
        gradFunc: (upstream, saved) => {
          const [kept, sums, label, weight] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
          const probabilities = tf.exp(tf.sub(kept, sums.reshape([positions, 1])));
          const errors = tf.sub(probabilities, tf.oneHot(label, vocab).cast('float32'));
          return tf.mul(errors, tf.mul(weight, upstream).reshape([positions, 1]));
        },
      };
    });
    return loss(logits.reshape([positions, vocab])) as tf.Scalar;
  });
}

/** From here on the probabilities cost more than anything else; below, plain operations take as long. */
const LARGE_VOCABULARY = 512;

const hasFusedLoss = (vocab: number) =>
  vocab >= LARGE_VOCABULARY && tf.getKernel('HeedCrossEntropy', tf.getBackend()) !== undefined;

/** The same by the kernels of the fused engine, which store neither probabilities nor one-hot labels. */
function fusedLoss(logits: tf.Tensor2D, labels: tf.Tensor1D, weights: tf.Tensor1D, save: GradSaver) {
  const [losses, largest, sums] = tf
    .engine()
    .runKernel('HeedCrossEntropy', { logits, labels }) as unknown as tf.Tensor1D[];
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
      return tf.engine().runKernel('HeedCrossEntropyGrad', inputs) as tf.Tensor;
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
