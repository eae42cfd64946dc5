import type { Random } from '../random/random.js';
import type { DecodeOptions } from '../seq2seq/generate.js';
import { greedyDecode } from '../seq2seq/greedy.js';
import type { OverwriteAlpha } from '../seq2seq/overwrite.js';
import { sampleDecode } from '../seq2seq/sampled.js';
import { batchesOf } from '../text/padding.js';
import { END, PADDING, START } from '../text/vocabulary.js';
import { chooseToken, type SamplingOptions } from './sampling.js';
import type { Translator } from './translator-config.js';
import { describeTranslation, openDecoding, type Translation } from './translator-step.js';

export interface TranslateOptions {
  /** Most symbols of a translation. */
  readonly maxLength: number;
  /** Sources that are decoded together. */
  readonly batchSize: number;
  /** Draws the symbols instead of taking the likeliest: temperature, top-k, nucleus. */
  readonly sampling?: Partial<SamplingOptions> & { readonly random: Random };
  /** What if: other weights in alpha's place, by the step (from 0) and the number of the source. */
  readonly overwrite?: OverwriteAlpha;
  /** For translators that copy: what each position of each source is in the target (see `TranslationPair`). */
  readonly copies?: readonly (readonly number[])[];
}

export const defaultTranslateOptions: Pick<TranslateOptions, 'maxLength' | 'batchSize'> = {
  maxLength: 50, // above what a sensible answer to a short text takes; a model that never ends must stop somewhere
  batchSize: 256, // bounds the memory; other sizes were not timed
};

/** What is no translation's symbol. */
const notSymbols = [PADDING, START];

export const translationLimits = (maxLength: number): DecodeOptions => ({
  start: START,
  end: END,
  never: notSymbols,
  maxLength,
});

/**
 * Translates sources (ids without start and end): one decoder step a symbol, for a whole batch together. Greedy, or by drawing.
 * Several translators of one pair of vocabularies decide together, by the mean of their probabilities.
 */
export function translate(
  translator: Translator | readonly Translator[],
  sources: readonly (readonly number[])[],
  options: Partial<TranslateOptions> = {},
): Translation[] {
  const { maxLength, batchSize, sampling, overwrite, copies } = { ...defaultTranslateOptions, ...options };
  const limits = translationLimits(maxLength);
  let first = 0;
  return [...batchesOf(sources, batchSize)].flatMap((batch) => {
    const from = first;
    first += batch.length;
    const { step, initial, dispose } = openDecoding(translator, batch, {
      overwrite: overwrite && ((time, row) => overwrite(time, from + row)),
      copies: copies?.slice(from, first),
    });
    try {
      const written =
        sampling === undefined
          ? greedyDecode(step, initial, limits)
          : sampleDecode(step, initial, { ...limits, draw: drawing(sampling) });
      return written.map((generated, row) => describeTranslation(generated, batch[row]!.length));
    } finally {
      dispose();
    }
  });
}

function drawing({ random, ...sampling }: NonNullable<TranslateOptions['sampling']>) {
  const forbidden = [...notSymbols, ...(sampling.forbidden ?? [])];
  return (scores: Float32Array) => chooseToken(random, scores, { ...sampling, forbidden });
}
