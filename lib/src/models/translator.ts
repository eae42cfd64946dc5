import * as tf from '@tensorflow/tfjs';
import type { AttentionMemory } from '../backend/sequences.js';
import { maskedCrossEntropy } from '../core/losses.js';
import type { Random } from '../random/random.js';
import { bridgeStates } from '../seq2seq/bridge.js';
import { copyLoss } from '../seq2seq/copy.js';
import { coverageLoss } from '../seq2seq/coverage.js';
import { attentionMemory, type DecodedSteps, decodeSteps } from '../seq2seq/decoder.js';
import { startDecoder } from '../seq2seq/decoder-plan.js';
import { encodeSource } from '../seq2seq/encoder.js';
import type { OverwriteAlpha } from '../seq2seq/overwrite.js';
import { padSequences } from '../text/padding.js';
import { END, START, UNKNOWN } from '../text/vocabulary.js';
import { decoderConfig, type Translator } from './translator-config.js';

/** A source and its translation as ids of their vocabularies, without start and end: both are added here. */
export interface TranslationPair {
  readonly source: readonly number[];
  readonly target: readonly number[];
  /**
   * For a translator that copies: what each source position is in the target, its id there, or for a symbol outside of the
   * vocabulary a number of its own from the size of the vocabulary on, which then may stand in `target` too.
   */
  readonly copy?: readonly number[];
}

/** What a decoder needs of a batch of sources. Whoever asked for it disposes it. */
export interface SourceReading {
  /** What every step looks at. */
  readonly memory: AttentionMemory & { readonly mask: tf.Tensor2D };
  /** Before the first step. */
  readonly state: readonly tf.Tensor2D[];
}

/** What is different in training. */
export interface TranslatorTraining {
  /** A stream of the step's own, for dropout, noise and sampling; without one there is none of them. */
  readonly random?: Random | null | undefined;
  /**
   * Chance that a step is given the right symbol and not one drawn from the model's own distribution (Bengio et al. 2015);
   * 1 by default. Below 1 the steps are made one by one, which is slower.
   */
  readonly truth?: number | undefined;
  /** Label smoothing, see `maskedCrossEntropy`; 0 by default. */
  readonly smoothing?: number | undefined;
  /** Weight of `coverageLoss`; 0 by default. */
  readonly coverage?: number | undefined;
}

/** Encodes sources and hands their last states over. */
export function readSources(
  translator: Translator,
  sources: readonly (readonly number[])[],
  random: Random | null = null,
): SourceReading {
  const { config, params } = translator;
  const { ids, mask: real, shape } = padSequences(sources);
  const rate = config.dropout ?? 0;
  const [keys, values, mask, ...state] = tf.tidy(() => {
    const mask = tf.tensor2d(real, [...shape]);
    const source = tf.tensor2d(ids, [...shape], 'int32');
    const { annotations, last } = encodeSource(params.encoder, {
      cell: config.cell,
      ids: source,
      mask,
      ...(random !== null && rate > 0 && { dropout: { rate, random: random.child('encoder') } }),
    });
    const memory = attentionMemory(params.decoder, annotations, mask, decoderConfig(config));
    const cells = bridgeStates(params.bridge, last);
    const state = startDecoder(params.decoder, decoderConfig(config), { cells, memory, summary: last[0]! });
    return [memory.keys, annotations, mask, ...state];
  }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D, ...tf.Tensor2D[]];
  return { memory: { keys, values, mask }, state };
}

export interface TeacherForceOptions {
  readonly training?: Pick<TranslatorTraining, 'random' | 'truth'>;
  /** Puts other weights in alpha's place; `row` is that of the batch. */
  readonly overwrite?: OverwriteAlpha;
}

/**
 * The translations with the right symbols given, not the model's own (teacher forcing): logits `[batch, target, vocab]` and
 * alphas `[batch, target, source]`, where target is the longest translation and its end.
 */
export function teacherForce(
  translator: Translator,
  batch: readonly TranslationPair[],
  options: TeacherForceOptions = {},
): DecodedSteps {
  const { config, params } = translator;
  const { overwrite, training: { random = null, truth = 1 } = {} } = options;
  if (truth < 1 && random === null)
    throw new Error('translator: sampling the symbols that are given needs `random`, got none');
  const known = (id: number) => (id < config.targetVocab ? id : UNKNOWN);
  const given = padSequences(
    batch.map(({ target }) => [START, ...(config.copy ? target.map(known) : target)]),
  );
  const [logits, alphas, ...rest] = tf.tidy(() => {
    const { memory, state } = readSources(
      translator,
      batch.map(({ source }) => source),
      random,
    );
    const decoded = decodeSteps(params.decoder, {
      ...decoderConfig(config),
      memory,
      state,
      previous: tf.tensor2d(given.ids, [...given.shape], 'int32'),
      overwrite,
      ...(random !== null && {
        training: { random: random.child('decoder'), dropout: config.dropout ?? 0, truth },
      }),
    });
    const { making } = decoded;
    return [decoded.logits, decoded.alphas, ...(making ? [making] : []), ...decoded.state];
  }) as [tf.Tensor3D, tf.Tensor3D, ...tf.Tensor2D[]];
  if (!config.copy) return { logits, alphas, state: rest };
  const [making, ...state] = rest;
  return { logits, alphas, state, making: making! };
}

/**
 * Mean of -ln P(symbol) over the symbols of the translations and their ends, in nats, and what `training` adds to it; a scalar
 * with a gradient.
 *
 * @throws where pairs lack the `copy` that the translator needs, and for label smoothing together with copying
 */
export function translatorLoss(
  translator: Translator,
  batch: readonly TranslationPair[],
  training: TranslatorTraining = {},
): tf.Scalar {
  const { smoothing = 0, coverage = 0 } = training;
  const { copy = false } = translator.config;
  if (copy && smoothing > 0)
    throw new Error('translatorLoss: label smoothing is not defined for a translator that copies');
  return tf.tidy(() => {
    const { logits, alphas, making } = teacherForce(translator, batch, { training });
    const wanted = padSequences(batch.map(({ target }) => [...target, END]));
    const labels = tf.tensor2d(wanted.ids, [...wanted.shape], 'int32');
    const mask = tf.tensor2d(wanted.mask, [...wanted.shape]);
    const loss = copy
      ? copyLoss({ logits, alphas, making: making! }, copiedIds(batch), labels, mask)
      : maskedCrossEntropy(logits, labels, mask, { smoothing });
    if (coverage === 0) return loss;
    return tf.add(loss, tf.mul(coverage, coverageLoss(alphas, mask))) as tf.Scalar;
  });
}

/** `copy` of each pair, `[batch, source]`. */
function copiedIds(batch: readonly TranslationPair[]): tf.Tensor2D {
  const { ids, shape } = padSequences(
    batch.map(({ source, copy }, row) => {
      if (copy?.length !== source.length)
        throw new Error(
          `translatorLoss: expected \`copy\` of pair ${row} to name its ${source.length} source positions, got ${copy?.length ?? 'none'}`,
        );
      return copy;
    }),
  );
  return tf.tensor2d(ids, [...shape], 'int32');
}
