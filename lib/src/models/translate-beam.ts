import { type BeamOptions, beamDecode, defaultBeam } from '../seq2seq/beam.js';
import { batchesOf } from '../text/padding.js';
import { defaultTranslateOptions, type TranslateOptions, translationLimits } from './translate.js';
import type { Translator } from './translator-config.js';
import { describeTranslation, openDecoding, type Translation } from './translator-step.js';

export interface TranslateBeamOptions
  extends Pick<BeamOptions, 'width' | 'best' | 'lengthPenalty' | 'coveragePenalty'>,
    Pick<TranslateOptions, 'maxLength' | 'batchSize' | 'copies'> {}

export const defaultTranslateBeam: TranslateBeamOptions = {
  ...defaultTranslateOptions,
  ...defaultBeam,
  batchSize: 64, // times the width: about as many rows as a greedy batch has
};

/** A translation with what the beam ranked it by. */
export interface RankedTranslation extends Translation {
  readonly score: number;
}

/**
 * Translates sources by beam search (see `beamDecode`), alone or with an ensemble.
 *
 * @returns for each source at most `best` translations, the best first
 */
export function translateBeam(
  translator: Translator | readonly Translator[],
  sources: readonly (readonly number[])[],
  options: Partial<TranslateBeamOptions> = {},
): RankedTranslation[][] {
  const { maxLength, batchSize, copies, ...beam } = { ...defaultTranslateBeam, ...options };
  let first = 0;
  return [...batchesOf(sources, batchSize)].flatMap((batch) => {
    const from = first;
    first += batch.length;
    const { step, initial, dispose } = openDecoding(translator, batch, {
      width: beam.width,
      copies: copies?.slice(from, first),
    });
    try {
      const found = beamDecode(step, initial, {
        ...translationLimits(maxLength),
        ...beam,
        sourceLengths: batch.map(({ length }) => length),
      });
      return found.map((hypotheses, row) =>
        hypotheses.map((hypothesis) => describeTranslation(hypothesis, batch[row]!.length)),
      );
    } finally {
      dispose();
    }
  });
}
