import * as tf from '@tensorflow/tfjs';
import type { AttentionMemory } from '../backend/sequences.js';
import { type Checkpoint, readCheckpoint, saveParams } from '../core/checkpoint.js';
import { maskedCrossEntropy } from '../core/losses.js';
import { disposeParams, type ParamSnapshot, restoreParams } from '../core/params.js';
import { createRandom, type Random } from '../random/random.js';
import { type BridgeParams, bridgeStates, initBridge } from '../seq2seq/bridge.js';
import {
  attentionMemory,
  type DecodedSteps,
  type DecoderParams,
  decodeSteps,
  initDecoder,
} from '../seq2seq/decoder.js';
import { type CoderCell, type EncoderParams, encodeSource, initEncoder } from '../seq2seq/encoder.js';
import { padSequences } from '../text/padding.js';
import { END, START } from '../text/vocabulary.js';
import { drawEvenly } from './translator-start.js';

/** Sizes of an encoder-decoder with attention; all that is needed to build it again. */
export interface TranslatorConfig {
  /** Ids of the source vocabulary, specials included. */
  readonly sourceVocab: number;
  readonly targetVocab: number;
  readonly cell: CoderCell;
  readonly bidirectional: boolean;
  readonly embedding: number;
  /** Units of each direction of the encoder, and of the decoder. */
  readonly units: number;
  /** Width of the hidden layer that scores. */
  readonly attention: number;
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

/** A source and its translation as ids of their vocabularies, without start and end: both are added here. */
export interface TranslationPair {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** Makes a translator with random weights. */
export function initTranslator(
  random: Random,
  config: Partial<TranslatorConfig> & Pick<TranslatorConfig, 'sourceVocab' | 'targetVocab'>,
): Translator {
  const full: TranslatorConfig = { ...defaultTranslatorConfig, ...config };
  const { cell, embedding, units, attention } = full;
  const values = full.bidirectional ? 2 * units : units;
  const params: TranslatorParams = {
    encoder: initEncoder(random.child('encoder'), {
      vocab: full.sourceVocab,
      embedding,
      units,
      cell,
      bidirectional: full.bidirectional,
    }),
    bridge: initBridge(random.child('bridge'), { input: values, units, cell }),
    decoder: initDecoder(random.child('decoder'), {
      vocab: full.targetVocab,
      embedding,
      units,
      attention,
      values,
      cell,
    }),
  };
  drawEvenly(random.child('start'), params, { units, lstm: cell === 'lstm' });
  return { config: full, params };
}

/** What a decoder needs of a batch of sources. Whoever asked for it disposes it. */
export interface SourceReading {
  /** What every step looks at. */
  readonly memory: AttentionMemory & { readonly mask: tf.Tensor2D };
  /** Before the first step. */
  readonly state: readonly tf.Tensor2D[];
}

/** Encodes sources and hands their last states over. */
export function readSources(translator: Translator, sources: readonly (readonly number[])[]): SourceReading {
  const { config, params } = translator;
  const { ids, mask: real, shape } = padSequences(sources);
  const [keys, values, mask, ...state] = tf.tidy(() => {
    const mask = tf.tensor2d(real, [...shape]);
    const source = tf.tensor2d(ids, [...shape], 'int32');
    const { annotations, last } = encodeSource(params.encoder, { cell: config.cell, ids: source, mask });
    const memory = attentionMemory(params.decoder, annotations, mask);
    return [memory.keys, annotations, mask, ...bridgeStates(params.bridge, last)];
  }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D, ...tf.Tensor2D[]];
  return { memory: { keys, values, mask }, state };
}

/**
 * The translations with the right symbols given, not the model's own (teacher forcing): logits `[batch, target, vocab]` and
 * alphas `[batch, target, source]`, where target is the longest translation and its end.
 */
export function teacherForce(translator: Translator, batch: readonly TranslationPair[]): DecodedSteps {
  const given = padSequences(batch.map(({ target }) => [START, ...target]));
  const [logits, alphas, ...state] = tf.tidy(() => {
    const { memory, state } = readSources(
      translator,
      batch.map(({ source }) => source),
    );
    const previous = tf.tensor2d(given.ids, [...given.shape], 'int32');
    const decoded = decodeSteps(translator.params.decoder, {
      cell: translator.config.cell,
      memory,
      state,
      previous,
    });
    return [decoded.logits, decoded.alphas, ...decoded.state];
  }) as [tf.Tensor3D, tf.Tensor3D, ...tf.Tensor2D[]];
  return { logits, alphas, state };
}

/** Mean of -ln P(symbol) over the symbols of the translations and their ends, in nats; a scalar with a gradient. */
export function translatorLoss(translator: Translator, batch: readonly TranslationPair[]): tf.Scalar {
  return tf.tidy(() => {
    const { logits } = teacherForce(translator, batch);
    const wanted = padSequences(batch.map(({ target }) => [...target, END]));
    const labels = tf.tensor2d(wanted.ids, [...wanted.shape], 'int32');
    return maskedCrossEntropy(logits, labels, tf.tensor2d(wanted.mask, [...wanted.shape]));
  });
}

/** Saves weights and sizes, and whatever else the caller wants back (such as vocabularies), as one safetensors file. */
export async function saveTranslator(
  path: string,
  translator: Translator,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, translator.params, { model: 'translator', ...translator.config, extra });
}

/**
 * Builds the translator that a file holds.
 *
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, or not a translator's
 */
export async function loadTranslator(path: string): Promise<{ translator: Translator; extra: unknown }> {
  const checkpoint = await readCheckpoint(path);
  const { extra, ...config } = translatorConfig(path, checkpoint);
  const translator = initTranslator(createRandom('weights that the file replaces'), config);
  try {
    restoreParams(translator.params, checkpoint.tensors as ParamSnapshot, path);
  } catch (error) {
    disposeParams(translator.params);
    throw error;
  }
  return { translator, extra };
}

function translatorConfig(path: string, { config }: Checkpoint): TranslatorConfig & { extra: unknown } {
  const { model, extra = null, ...sizes } = (config ?? {}) as Record<string, unknown>;
  if (model !== 'translator') {
    throw new Error(
      `${path}: expected the checkpoint of a translator, got ${model === undefined ? 'no model name' : `"${model}"`}`,
    );
  }
  return { ...(sizes as unknown as TranslatorConfig), extra };
}
