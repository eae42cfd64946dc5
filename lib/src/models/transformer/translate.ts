import { beamDecode } from '../../seq2seq/beam.js';
import { greedyDecode } from '../../seq2seq/greedy.js';
import { batchesOf } from '../../text/padding.js';
import { defaultTranslateOptions, translationLimits } from '../translate.js';
import {
  defaultTranslateBeam,
  type RankedTranslation,
  type TranslateBeamOptions,
} from '../translate-beam.js';
import { describeTranslation, type Translation } from '../translator-step.js';
import { openTransformer, type TransformerDecodingOptions } from './step.js';
import type { Transformer } from './transformer.js';

export interface TransformerTranslateOptions extends Pick<TransformerDecodingOptions, 'alpha' | 'off'> {
  /** Most symbols of a translation. */
  readonly maxLength: number;
  /** Sources that are decoded together. */
  readonly batchSize: number;
}

/** Translates sources (ids without start and end) greedily, with a cache of keys and values. */
export function translateWithTransformer(
  transformer: Transformer,
  sources: readonly (readonly number[])[],
  options: Partial<TransformerTranslateOptions> = {},
): Translation[] {
  const { maxLength, batchSize, ...how } = { ...defaultTranslateOptions, ...options };
  return [...batchesOf(sources, batchSize)].flatMap((batch) => {
    const { step, initial, dispose } = openTransformer(transformer, batch, how);
    try {
      return greedyDecode(step, initial, translationLimits(maxLength)).map((generated, row) =>
        describeTranslation(generated, batch[row]!.length),
      );
    } finally {
      dispose();
    }
  });
}

export interface TransformerBeamOptions
  extends Omit<TranslateBeamOptions, 'copies'>,
    Pick<TransformerDecodingOptions, 'alpha' | 'off'> {}

/**
 * Translates sources by beam search (see `beamDecode`).
 *
 * @returns for each source at most `best` translations, the best first
 */
export function translateBeamWithTransformer(
  transformer: Transformer,
  sources: readonly (readonly number[])[],
  options: Partial<TransformerBeamOptions> = {},
): RankedTranslation[][] {
  const { maxLength, batchSize, alpha, off, ...beam } = { ...defaultTranslateBeam, ...options };
  return [...batchesOf(sources, batchSize)].flatMap((batch) => {
    const { step, initial, dispose } = openTransformer(transformer, batch, {
      width: beam.width,
      alpha,
      ...(off !== undefined && { off }),
    });
    try {
      const sourceLengths = batch.map(({ length }) => length);
      return beamDecode(step, initial, { ...translationLimits(maxLength), ...beam, sourceLengths }).map(
        (hypotheses, row) =>
          hypotheses.map((hypothesis) => describeTranslation(hypothesis, batch[row]!.length)),
      );
    } finally {
      dispose();
    }
  });
}
