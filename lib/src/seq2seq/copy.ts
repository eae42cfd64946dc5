import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';

// The logarithm of 0 has no gradient to learn from: a symbol that neither stands in the source nor in the vocabulary.
const least = 1e-10;

/** What a decoder that copies gave for a batch of targets. */
export interface CopyingSteps {
  /** `[batch, target, vocab]` */
  readonly logits: tf.Tensor3D;
  /** `[batch, target, source]` */
  readonly alphas: tf.Tensor3D;
  /** p_gen, the chance of making a symbol and not copying one, `[batch, target]` */
  readonly making: tf.Tensor2D;
}

/**
 * Mean over the real positions of -ln P(label) for a decoder that makes symbols and copies them (See et al. 2017, equations 6
 * and 9): P(w) = p_gen softmax(logits)[w] + (1 - p_gen) sum of alpha over the source positions where w stands.
 *
 * @param sourceIds what each source position is as a symbol of the target, `[batch, source]`: its id, or for a symbol outside of
 *   the vocabulary a number of its own from the size of the vocabulary on
 * @param labels `[batch, target]`, such ids too
 * @param mask `[batch, target]`, 1 for real and 0 for padding
 * @returns a scalar, in nats
 * @throws where shapes differ or no position is real
 */
export function copyLoss(
  { logits, alphas, making }: CopyingSteps,
  sourceIds: tf.Tensor2D,
  labels: tf.Tensor2D,
  mask: tf.Tensor2D,
): tf.Scalar {
  const { batch, target, vocab } = checkShape('logits', logits, 'batch target vocab');
  const { source } = checkShape('alphas', alphas, 'batch target source', { batch, target });
  checkShape('making', making, 'batch target', { batch, target });
  checkShape('source ids', sourceIds, 'batch source', { batch, source });
  checkShape('labels', labels, 'batch target', { batch, target });
  checkShape('mask', mask, 'batch target', { batch, target });
  return tf.tidy(() => {
    const real = tf.sum(mask);
    if (!(real.dataSync()[0]! > 0))
      throw new Error('copyLoss: the mask has no real position, so there is no mean to take');
    // oneHot gives a row of zeros for a label outside of the vocabulary.
    const chosen = tf.oneHot(labels.cast('int32'), vocab).cast('float32');
    const made = tf.sum(tf.mul(tf.softmax(logits), chosen), 2); // [batch, target]
    const same = tf
      .equal(labels.reshape([batch, target, 1]), sourceIds.reshape([batch, 1, source]))
      .cast('float32');
    const copied = tf.sum(tf.mul(alphas, same), 2); // [batch, target]
    const chance = tf.add(tf.mul(making, made), tf.mul(tf.sub(1, making), copied));
    const losses = tf.neg(tf.log(tf.maximum(chance, least)));
    return tf.div(tf.sum(tf.mul(losses, mask)), real) as tf.Scalar;
  });
}

/** The same for one step of generation, whose source stands as plain arrays. */
export interface CopySource {
  /** As `sourceIds` of `copyLoss`, one row a source; positions after the last are padding. */
  readonly ids: readonly (readonly number[])[];
  /** Symbols in all: the vocabulary and those of the sources that are not in it. */
  readonly size: number;
}

/**
 * ln P of every symbol that can be made or copied, `[batch, size]`: what a decoder's step returns as its scores. Without a
 * gradient.
 *
 * @param step scores `[batch, vocab]`, alpha `[batch, source]` and p_gen `[batch]`
 */
export function copyScores(
  step: { readonly logits: tf.Tensor2D; readonly alpha: tf.Tensor2D; readonly making: tf.Tensor1D },
  { ids, size }: CopySource,
): tf.Tensor2D {
  const { batch, vocab } = checkShape('logits', step.logits, 'batch vocab');
  const { source } = checkShape('alpha', step.alpha, 'batch source', { batch });
  const made = tf.tidy(() => tf.softmax(step.logits).dataSync().slice());
  const alpha = step.alpha.dataSync();
  const making = step.making.dataSync();
  const chances = new Float32Array(batch * size);
  for (let row = 0; row < batch; row++) {
    for (let id = 0; id < vocab; id++) chances[row * size + id] = making[row]! * made[row * vocab + id]!;
    for (const [position, id] of ids[row]!.entries())
      chances[row * size + id]! += (1 - making[row]!) * alpha[row * source + position]!;
  }
  return tf.tidy(() => tf.log(tf.tensor2d(chances, [batch, size])));
}
