import type * as tf from '@tensorflow/tfjs';
import { type DecodeOptions, type DecoderStep, type Generated, generateRows } from './generate.js';

export type GreedyOptions = DecodeOptions;

/**
 * Always takes the most probable next symbol, of equals the one with the smaller id. One step a symbol for the whole batch;
 * stops when every row has ended.
 *
 * @param initial state before the first step; stays the caller's
 * @throws where a score is not a number
 */
export function greedyDecode(
  step: DecoderStep,
  initial: readonly tf.Tensor2D[],
  options: GreedyOptions,
): Generated[] {
  const never = new Set(options.never);
  return generateRows('greedyDecode', step, initial, options, (logits) => {
    const [batch, vocab] = logits.shape;
    const scores = logits.dataSync() as Float32Array;
    // In plain code: for one row, starting an operation of the engine takes longer than this.
    const picked = Array.from({ length: batch }, (_, row) =>
      likeliest(scores.subarray(row * vocab, (row + 1) * vocab), never),
    );
    return {
      ids: Int32Array.from(picked, ({ id }) => id),
      logProbabilities: picked.map(({ logProbability }) => logProbability),
    };
  });
}

/** ln softmax(scores)[id] of the best id that may be taken; NaN where a score is. */
function likeliest(
  scores: Float32Array,
  never: ReadonlySet<number>,
): { readonly id: number; readonly logProbability: number } {
  let top = Number.NEGATIVE_INFINITY;
  let id = 0;
  let best = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < scores.length; n++) {
    const score = scores[n]!;
    if (score > top) top = score;
    if (score > best && !never.has(n)) {
      best = score;
      id = n;
    }
  }
  let mass = 0;
  for (let n = 0; n < scores.length; n++) mass += Math.exp(scores[n]! - top);
  return { id, logProbability: best - top - Math.log(mass) };
}
