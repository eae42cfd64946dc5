import type * as tf from '@tensorflow/tfjs';
import { type DecodeOptions, type DecoderStep, type Generated, generateRows } from './generate.js';

/** Draws a symbol by its scores; `logProbability` is ln of the probability that the model gives it. */
export type DrawSymbol = (scores: Float32Array) => { readonly id: number; readonly logProbability: number };

export interface SampledOptions extends DecodeOptions {
  /**
   * How a symbol is drawn: `(scores) => chooseToken(random, scores, { temperature, topK, topP, forbidden })`. Asked for the
   * rows of a step in order. `never` is its business.
   */
  readonly draw: DrawSymbol;
}

/**
 * Draws each next symbol at random by its probability (ancestral sampling), or by whatever `draw` makes of the scores.
 *
 * @param initial state before the first step; stays the caller's
 * @throws where a score is not a number
 */
export function sampleDecode(
  step: DecoderStep,
  initial: readonly tf.Tensor2D[],
  options: SampledOptions,
): Generated[] {
  const { draw } = options;
  return generateRows('sampleDecode', step, initial, options, (logits) => {
    const [batch, vocab] = logits.shape;
    const scores = logits.dataSync() as Float32Array;
    const drawn = Array.from({ length: batch }, (_, row) =>
      draw(scores.subarray(row * vocab, (row + 1) * vocab)),
    );
    return {
      ids: Int32Array.from(drawn, ({ id }) => id),
      logProbabilities: drawn.map(({ logProbability }) => logProbability),
    };
  });
}
