import type { AlignmentConfig } from '../attention/index.js';
import type { Random } from '../random/random.js';
import { type BridgeParams, initBridge } from '../seq2seq/bridge.js';
import { type DecoderConfig, type DecoderParams, initDecoder } from '../seq2seq/decoder-config.js';
import { type CoderCell, type EncoderParams, initEncoder } from '../seq2seq/encoder.js';
import { drawEvenly } from './translator-start.js';

/** Sizes of an encoder-decoder with attention; all that is needed to build it again. */
export interface TranslatorConfig {
  /** Ids of the source vocabulary, specials included. */
  readonly sourceVocab: number;
  readonly targetVocab: number;
  readonly cell: CoderCell;
  readonly bidirectional: boolean;
  readonly embedding: number;
  /** Units of each direction of the encoder, and of the decoder where `decoderUnits` does not say otherwise. */
  readonly units: number;
  /** Width of the hidden layer that scores. */
  readonly attention: number;
  /** Dot scores compare states with annotations, so a bidirectional encoder of n units asks for a decoder of 2n. */
  readonly decoderUnits?: number;
  /** When the decoder looks (see `DecoderConfig`); `before` by default, `never` for one fixed vector. */
  readonly look?: DecoderConfig['look'];
  /** How alpha is made; Bahdanau's additive score with softmax by default. */
  readonly alignment?: Partial<AlignmentConfig>;
  readonly inputFeeding?: boolean;
  /** Cells on top of each other, in the encoder and in the decoder; 1 by default. */
  readonly layers?: number;
  /** Whether symbols of the source can be copied; then `copy` of each pair says what they are in the target. */
  readonly copy?: boolean;
  /** Rate of dropout in training; none by default. */
  readonly dropout?: number;
}

export const defaultTranslatorConfig: Omit<TranslatorConfig, 'sourceVocab' | 'targetVocab'> = {
  cell: 'gru', // right on unseen dates within 350 steps; an LSTM needed more of them
  bidirectional: true, // read one way only, alpha missed its place more often
  embedding: 32, // the size the recipe was measured with; others were not compared
  units: 64, // fewer made the alignment no better
  attention: 64,
};

/** How a translator of short texts is trained; `warmup` and `peak` are those of `warmupCosine`. */
export const defaultTranslatorTraining = {
  steps: 350, // unseen dates are right by then
  batch: 128,
  peak: 4e-3, // with these steps and this batch; other rates were not compared
  warmup: 50, // Adam's first steps know little of the gradient's size
  clipNorm: 1, // a rare long gradient must not undo many steps
} as const;

export type TranslatorParams = {
  readonly encoder: EncoderParams;
  readonly bridge: BridgeParams;
  readonly decoder: DecoderParams;
};

/** Parameters with the sizes they were made for. */
export interface Translator {
  readonly config: TranslatorConfig;
  readonly params: TranslatorParams;
}

/** The decoder's part of the config. */
export function decoderConfig(config: TranslatorConfig): Partial<DecoderConfig> & { cell: CoderCell } {
  const { cell, look, alignment, inputFeeding, layers, copy } = config;
  return {
    cell,
    ...(look !== undefined && { look }),
    ...(alignment !== undefined && { alignment }),
    ...(inputFeeding !== undefined && { inputFeeding }),
    ...(layers !== undefined && { layers }),
    ...(copy !== undefined && { copy }),
  };
}

/** Makes a translator with random weights. @throws for sizes and choices that exclude each other */
export function initTranslator(
  random: Random,
  config: Partial<TranslatorConfig> & Pick<TranslatorConfig, 'sourceVocab' | 'targetVocab'>,
): Translator {
  const full: TranslatorConfig = { ...defaultTranslatorConfig, ...config };
  const { cell, embedding, units, attention, decoderUnits = units, layers = 1, dropout = 0 } = full;
  if (!(dropout >= 0 && dropout < 1))
    throw new Error(`translator: dropout must be in [0, 1), got ${dropout}`);
  const values = full.bidirectional ? 2 * units : units;
  const params: TranslatorParams = {
    encoder: initEncoder(random.child('encoder'), {
      vocab: full.sourceVocab,
      embedding,
      units,
      cell,
      bidirectional: full.bidirectional,
      layers,
    }),
    bridge: initBridge(random.child('bridge'), { input: values, units: decoderUnits, cell, layers }),
    decoder: initDecoder(random.child('decoder'), {
      ...decoderConfig(full),
      vocab: full.targetVocab,
      embedding,
      units: decoderUnits,
      attention,
      values,
    }),
  };
  drawEvenly(random.child('start'), params, { units, decoderUnits, lstm: cell === 'lstm' });
  return { config: full, params };
}
