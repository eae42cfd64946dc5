import * as tf from '@tensorflow/tfjs';
import { type DenseParams, dense } from '../layers/dense.js';
import type { Random } from '../random/random.js';

/**
 * What a step of training is given: for each row the right symbol with the chance `truth`, else one drawn from what the
 * model itself made of the step before (Bengio et al. 2015, section 2.4: a coin for each symbol). The draw has no gradient.
 *
 * @param right `[target, batch]`
 * @returns by the number of the step and what the scores before it are made from, the symbols `[batch]`; null where all are
 *   the right ones
 */
export function rightOrDrawn(
  output: DenseParams,
  right: tf.Tensor2D,
  truth: number,
  random: Random,
): (step: number, seen: tf.Tensor2D) => tf.Tensor1D | null {
  const [, batch] = right.shape;
  // Copied, here and below: some engines hand out a view of their own memory.
  const symbols = right.dataSync().slice();
  const stream = random.child('scheduled sampling');
  return (step, seen) => {
    const drawn = Array.from({ length: batch }, () => stream.uniform() >= truth);
    if (!drawn.includes(true)) return null;
    const probabilities = tf.tidy(() => tf.softmax(dense(output, seen)).dataSync().slice());
    const vocab = output.kernel.shape[1];
    const ids = Int32Array.from(drawn, (own, row) =>
      own
        ? drawFrom(probabilities.subarray(row * vocab, (row + 1) * vocab) as Float32Array, stream.uniform())
        : symbols[step * batch + row]!,
    );
    return tf.tensor1d(ids, 'int32');
  };
}

/** The first id at which the sum of the probabilities passes the share. */
function drawFrom(probabilities: Float32Array, share: number): number {
  let left = share;
  for (let id = 0; id < probabilities.length; id++) {
    left -= probabilities[id]!;
    if (left < 0) return id;
  }
  // The probabilities sum to a little less than 1.
  return probabilities.indexOf(probabilities.reduce((most, p) => Math.max(most, p), 0));
}
