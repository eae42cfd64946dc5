import * as tf from '@tensorflow/tfjs';
import { type DecodeOptions, type DecoderStep, type Generated, generateRows, penalties } from './generate.js';

export type GreedyOptions = DecodeOptions;

/**
 * Always takes the most probable next symbol. One step a symbol for the whole batch; stops when every row has ended.
 *
 * @param initial state before the first step; stays the caller's
 * @throws where a score is not a number
 */
export function greedyDecode(
  step: DecoderStep,
  initial: readonly tf.Tensor2D[],
  options: GreedyOptions,
): Generated[] {
  const { never = [] } = options;
  return generateRows('greedyDecode', step, initial, options, (logits) => {
    const [ids, best] = tf.tidy(() => {
      const allowed = tf.add(tf.logSoftmax(logits), penalties(logits.shape[1], never));
      return [tf.argMax(allowed, 1), tf.max(allowed, 1)];
    }) as [tf.Tensor1D, tf.Tensor1D];
    const picked = {
      ids: Int32Array.from(ids.dataSync()),
      logProbabilities: Float32Array.from(best.dataSync()),
    };
    tf.dispose([ids, best]);
    return picked;
  });
}
