import * as tf from '@tensorflow/tfjs';
import { maskedCrossEntropy } from '../../core/losses.js';
import { checkOneOf, checkSizes } from '../../core/options.js';
import type { DenseParams } from '../../layers/dense.js';
import { initLayerNorm, type LayerNormParams, layerNorm } from '../../layers/layer-norm.js';
import type { Random } from '../../random/random.js';
import { padSequences } from '../../text/padding.js';
import { END, START } from '../../text/vocabulary.js';
import type { TranslationPair } from '../translator.js';
import { checkStack, defaultStack, type TransformerConfig } from './config.js';
import { enter, initOutput, initSymbols, type SymbolParams, score, turning } from './embeddings.js';
import {
  type CrossLayerParams,
  crossLayer,
  initCrossLayer,
  initSelfLayer,
  type SelfLayerParams,
  selfLayer,
} from './layers.js';
import { type Noise, project, quiet, type Seen } from './sublayers.js';

export type TransformerParams = {
  readonly source: SymbolParams;
  readonly encoder: readonly SelfLayerParams[];
  /** Of `pre` alone: nothing else keeps the stream in bounds. */
  readonly encoderNorm?: LayerNormParams;
  readonly target: SymbolParams;
  readonly decoder: readonly CrossLayerParams[];
  readonly decoderNorm?: LayerNormParams;
  readonly output?: DenseParams;
};

/** Parameters with the sizes they were made for. */
export interface Transformer {
  readonly config: TransformerConfig;
  readonly params: TransformerParams;
}

/** A head by its place: the own sequence of the encoder or the decoder, or the decoder's look at the source. */
export interface HeadPlace {
  readonly part: 'encoder' | 'decoder' | 'cross';
  readonly layer: number;
  readonly head: number;
}

/** Makes an encoder-decoder with random weights. @throws for sizes that exclude each other */
export function initTransformer(
  random: Random,
  config: Partial<TransformerConfig> & Pick<TransformerConfig, 'sourceVocab' | 'targetVocab'>,
): Transformer {
  const full: TransformerConfig = { ...defaultStack, ...config };
  checkStack(full);
  const { units, layers, decoderLayers = layers, norm, sourceVocab, targetVocab } = full;
  checkSizes('transformer', { sourceVocab, targetVocab, decoderLayers });
  const last = (name: string) => initLayerNorm(random.child(name), { features: units });
  const params: TransformerParams = {
    source: initSymbols(random.child('source'), sourceVocab, full),
    encoder: Array.from({ length: layers }, (_, n) => initSelfLayer(random.child('encoder').child(n), full)),
    ...(norm === 'pre' && { encoderNorm: last('encoderNorm') }),
    target: initSymbols(random.child('target'), targetVocab, full),
    decoder: Array.from({ length: decoderLayers }, (_, n) =>
      initCrossLayer(random.child('decoder').child(n), full),
    ),
    ...(norm === 'pre' && { decoderNorm: last('decoderNorm') }),
    ...initOutput(random, targetVocab, full),
  };
  return { config: full, params };
}

export interface TransformerOptions {
  /** Heads that are switched off: what they mix is 0. */
  readonly off?: readonly HeadPlace[];
  /** A stream of the step's own, for dropout; without one there is none. */
  readonly random?: Random | null | undefined;
}

/** Numbers of the heads of one part and layer that are off. */
export const headsOff = (off: readonly HeadPlace[], part: HeadPlace['part'], layer: number): number[] =>
  off.filter((place) => place.part === part && place.layer === layer).map(({ head }) => head);

export const noiseOf = (config: { readonly dropout?: number }, random: Random | null): Noise =>
  random === null ? quiet : { rate: config.dropout ?? 0, random };

/** What the encoder made of sources, and what its heads looked at. */
export interface TransformerSource {
  /** `[batch, source, units]` */
  readonly annotations: tf.Tensor3D;
  /** `[batch, source]` */
  readonly mask: tf.Tensor2D;
  /** Of each layer, `[batch, heads, source, source]` */
  readonly alphas: readonly tf.Tensor4D[];
}

/** Reads a batch of sources. Whoever asked disposes the result. */
export function encodeWithTransformer(
  { config, params }: Transformer,
  sources: readonly (readonly number[])[],
  { off = [], random = null }: TransformerOptions = {},
): TransformerSource {
  checkPlaces(config, off);
  const padded = padSequences(sources);
  return tf.tidy(() => {
    const mask = tf.tensor2d(padded.mask, [...padded.shape]);
    const ids = tf.tensor2d(padded.ids, [...padded.shape], 'int32');
    const noise = noiseOf(config, random);
    const rotate = turning(config, padded.shape[1]);
    const { heads, norm } = config;
    let x = enter(params.source, ids, config, noise);
    const alphas = params.encoder.map((layer, n) => {
      const run = { heads, norm, mask, causal: false, rotate, noise, offSelf: headsOff(off, 'encoder', n) };
      const done = selfLayer(layer, x, run);
      x = done.x;
      return done.alpha;
    });
    const annotations = params.encoderNorm === undefined ? x : layerNorm(params.encoderNorm, x);
    return { annotations, mask, alphas } as unknown as tf.TensorContainer;
  }) as unknown as TransformerSource;
}

/** The source as each layer of the decoder sees it: keys and values, projected once. */
export function projectSource({ params }: Transformer, annotations: tf.Tensor3D): Seen[] {
  return params.decoder.map((layer) => project(layer.cross, annotations));
}

/** Scores and every alpha of every head, one tensor a layer. */
export interface TransformerOutputs {
  /** `[batch, target, vocab]` */
  readonly logits: tf.Tensor3D;
  readonly alphas: {
    /** `[batch, heads, source, source]` */
    readonly encoder: readonly tf.Tensor4D[];
    /** `[batch, heads, target, target]`; exactly 0 for what comes later */
    readonly decoder: readonly tf.Tensor4D[];
    /** alpha[t, t'] is what output t pays to source position t', `[batch, heads, target, source]` */
    readonly cross: readonly tf.Tensor4D[];
  };
}

/**
 * The translations with the right symbols given (teacher forcing): output t is scored from the symbols before it. `target` is
 * the longest translation and its end. Whoever asked disposes the result.
 */
export function transformerOutputs(
  transformer: Transformer,
  batch: readonly TranslationPair[],
  options: TransformerOptions = {},
): TransformerOutputs {
  const { config, params } = transformer;
  const { off = [], random = null } = options;
  const given = padSequences(batch.map(({ target }) => [START, ...target]));
  return tf.tidy(() => {
    const sources = batch.map(({ source }) => source);
    const { annotations, mask, alphas } = encodeWithTransformer(transformer, sources, options);
    const memories = projectSource(transformer, annotations);
    const noise = noiseOf(config, random);
    const rotate = turning(config, given.shape[1]);
    const { heads, norm } = config;
    const real = tf.tensor2d(given.mask, [...given.shape]);
    let x = enter(params.target, tf.tensor2d(given.ids, [...given.shape], 'int32'), config, noise);
    const looks = params.decoder.map((layer, n) => {
      const done = crossLayer(layer, x, {
        ...{ heads, norm, mask: real, causal: true, rotate, noise },
        ...{ memory: memories[n]!, memoryMask: mask },
        ...{ offSelf: headsOff(off, 'decoder', n), offCross: headsOff(off, 'cross', n) },
      });
      x = done.x;
      return done;
    });
    const logits = score(
      params,
      params.target,
      params.decoderNorm === undefined ? x : layerNorm(params.decoderNorm, x),
    );
    const decoder = looks.map(({ alpha }) => alpha);
    const cross = looks.map((look) => look.cross);
    return { logits, alphas: { encoder: alphas, decoder, cross } } as unknown as tf.TensorContainer;
  }) as unknown as TransformerOutputs;
}

export interface TransformerLossOptions {
  /** A stream of the step's own, for dropout; without one there is none. */
  readonly random?: Random | null | undefined;
  /** Label smoothing, see `maskedCrossEntropy`; 0 by default, 0.1 in the paper (section 5.4). */
  readonly smoothing?: number | undefined;
}

/** Mean of -ln P(symbol) over the symbols of the translations and their ends, in nats; a scalar with a gradient. */
export function transformerLoss(
  transformer: Transformer,
  batch: readonly TranslationPair[],
  { random = null, smoothing = 0 }: TransformerLossOptions = {},
): tf.Scalar {
  return tf.tidy(() => {
    const { logits } = transformerOutputs(transformer, batch, { random });
    const wanted = padSequences(batch.map(({ target }) => [...target, END]));
    const labels = tf.tensor2d(wanted.ids, [...wanted.shape], 'int32');
    return maskedCrossEntropy(logits, labels, tf.tensor2d(wanted.mask, [...wanted.shape]), { smoothing });
  });
}

/** @throws where a head to switch off is none of the model's: it would be left out in silence */
export function checkPlaces(config: TransformerConfig, off: readonly HeadPlace[]): void {
  const { layers, decoderLayers = layers, heads } = config;
  for (const { part, layer, head } of off) {
    checkOneOf('transformer', 'part of a head that is switched off', part, ['encoder', 'decoder', 'cross']);
    const count = part === 'encoder' ? layers : decoderLayers;
    const whole = Number.isSafeInteger(layer) && Number.isSafeInteger(head);
    if (!whole || layer < 0 || layer >= count || head < 0 || head >= heads)
      throw new Error(
        `transformer: there is no head ${head} in layer ${layer} of "${part}", which has ${count} layers of ${heads} heads`,
      );
  }
}
