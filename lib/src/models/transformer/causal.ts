import * as tf from '@tensorflow/tfjs';
import { maskedCrossEntropy } from '../../core/losses.js';
import { checkSizes } from '../../core/options.js';
import type { DenseParams } from '../../layers/dense.js';
import { initLayerNorm, type LayerNormParams, layerNorm } from '../../layers/layer-norm.js';
import type { Random } from '../../random/random.js';
import type { DecodeOptions, DecoderStep, Generated } from '../../seq2seq/generate.js';
import { greedyDecode } from '../../seq2seq/greedy.js';
import { sampleDecode } from '../../seq2seq/sampled.js';
import { padSequences } from '../../text/padding.js';
import { chooseToken, type SamplingOptions } from '../sampling.js';
import { type CausalTransformerConfig, checkStack, defaultStack } from './config.js';
import { enter, initOutput, initSymbols, type SymbolParams, score, turning } from './embeddings.js';
import { initSelfLayer, type SelfLayerParams, selfLayer } from './layers.js';
import { cached, flat } from './step.js';
import { quiet } from './sublayers.js';
import { noiseOf, type TransformerLossOptions } from './transformer.js';

export type CausalTransformerParams = {
  readonly symbols: SymbolParams;
  readonly layers: readonly SelfLayerParams[];
  readonly lastNorm?: LayerNormParams;
  readonly output?: DenseParams;
};

/** A decoder without a source: each position is scored from those before it. */
export interface CausalTransformer {
  readonly config: CausalTransformerConfig;
  readonly params: CausalTransformerParams;
}

/** Makes a decoder-only Transformer with random weights. @throws for sizes that exclude each other */
export function initCausalTransformer(
  random: Random,
  config: Partial<CausalTransformerConfig> & Pick<CausalTransformerConfig, 'vocab'>,
): CausalTransformer {
  const full: CausalTransformerConfig = { ...defaultStack, ...config };
  checkStack(full);
  const { layers, norm, units, vocab } = full;
  checkSizes('causal transformer', { vocab });
  const params: CausalTransformerParams = {
    symbols: initSymbols(random.child('symbols'), vocab, full),
    layers: Array.from({ length: layers }, (_, n) => initSelfLayer(random.child('layers').child(n), full)),
    ...(norm === 'pre' && { lastNorm: initLayerNorm(random.child('lastNorm'), { features: units }) }),
    ...initOutput(random, vocab, full),
  };
  return { config: full, params };
}

export interface CausalOutputs {
  /** logits[t] scores what follows position t, `[batch, time, vocab]` */
  readonly logits: tf.Tensor3D;
  /** Of each layer, `[batch, heads, time, time]`; exactly 0 for what comes later */
  readonly alphas: readonly tf.Tensor4D[];
}

/** Scores of what follows each position of each sequence. Whoever asked disposes the result. */
export function causalOutputs(
  { config, params }: CausalTransformer,
  sequences: readonly (readonly number[])[],
  { random = null }: Pick<TransformerLossOptions, 'random'> = {},
): CausalOutputs {
  const padded = padSequences(sequences);
  return tf.tidy(() => {
    const { heads, norm } = config;
    const noise = noiseOf(config, random);
    const mask = tf.tensor2d(padded.mask, [...padded.shape]);
    const rotate = turning(config, padded.shape[1]);
    let x = enter(params.symbols, tf.tensor2d(padded.ids, [...padded.shape], 'int32'), config, noise);
    const alphas = params.layers.map((layer) => {
      const done = selfLayer(layer, x, { heads, norm, mask, causal: true, rotate, noise });
      x = done.x;
      return done.alpha;
    });
    return { logits: finish(params, x), alphas } as unknown as tf.TensorContainer;
  }) as unknown as CausalOutputs;
}

function finish(params: CausalTransformerParams, x: tf.Tensor3D): tf.Tensor3D {
  return score(params, params.symbols, params.lastNorm === undefined ? x : layerNorm(params.lastNorm, x));
}

/** Mean of -ln P(next symbol) over all positions that have one, in nats. @throws where a sequence has no second symbol */
export function causalLoss(
  transformer: CausalTransformer,
  sequences: readonly (readonly number[])[],
  { random = null, smoothing = 0 }: TransformerLossOptions = {},
): tf.Scalar {
  const short = sequences.findIndex(({ length }) => length < 2);
  if (short >= 0)
    throw new Error(
      `causalLoss: sequence ${short} has ${sequences[short]!.length} symbols; at least two are needed, one to see and one to foretell`,
    );
  return tf.tidy(() => {
    const { logits } = causalOutputs(
      transformer,
      sequences.map((sequence) => sequence.slice(0, -1)),
      { random },
    );
    const wanted = padSequences(sequences.map((sequence) => sequence.slice(1)));
    const labels = tf.tensor2d(wanted.ids, [...wanted.shape], 'int32');
    return maskedCrossEntropy(logits, labels, tf.tensor2d(wanted.mask, [...wanted.shape]), { smoothing });
  });
}

export interface ContinueOptions extends Omit<DecodeOptions, 'start'> {
  /** Draws the symbols instead of taking the likeliest. */
  readonly sampling?: Partial<SamplingOptions> & { readonly random: Random };
}

/**
 * Goes on with a text, with a cache of keys and values: the prompt passes through the layers once, each new symbol alone.
 *
 * @returns the new symbols; alpha of each is that of the last layer, the mean of its heads, over all positions before it
 */
export function continueText(
  transformer: CausalTransformer,
  prompt: readonly number[],
  { sampling, ...options }: ContinueOptions,
): Generated {
  const { step, initial } = openText(transformer, prompt);
  const decode: DecodeOptions = { ...options, start: prompt[prompt.length - 1]! };
  try {
    if (sampling === undefined) return greedyDecode(step, initial, decode)[0]!;
    const { random, ...how } = sampling;
    const forbidden = [...(options.never ?? []), ...(how.forbidden ?? [])];
    return sampleDecode(step, initial, {
      ...decode,
      draw: (scores) => chooseToken(random, scores, { ...how, forbidden }),
    })[0]!;
  } finally {
    tf.dispose(initial);
  }
}

/** The cache of all of the prompt but its last symbol, and the step that goes on from it. */
function openText(
  { config, params }: CausalTransformer,
  prompt: readonly number[],
): { readonly step: DecoderStep; readonly initial: tf.Tensor2D[] } {
  if (prompt.length === 0)
    throw new Error('continueText: the prompt is empty; give at least the symbol that begins a text');
  const { heads, norm } = config;
  const run = (ids: tf.Tensor2D, state: readonly tf.Tensor2D[], from: number) => {
    const rotate = turning(config, ids.shape[1], from);
    let x = enter(params.symbols, ids, config, quiet, from);
    const done = params.layers.map((layer, n) => {
      const past =
        from === 0 ? null : cached(state, n, { batch: ids.shape[0], time: from, units: config.units });
      const output = selfLayer(layer, x, { heads, norm, mask: null, causal: true, rotate, past });
      x = output.x;
      return output;
    });
    return { x, done, state: done.flatMap(({ seen }) => [flat(seen.keys), flat(seen.values)]) };
  };
  const before = prompt.length - 1;
  const initial = tf.tidy(() =>
    before === 0
      ? [tf.zeros<tf.Rank.R2>([1, 1])] // a state must have rows before there is a cache
      : [...run(tf.tensor2d([prompt.slice(0, -1)], [1, before], 'int32'), [], 0).state],
  );
  const step: DecoderStep = (previous, state, time) => {
    const ran = run(previous.expandDims(1) as tf.Tensor2D, state, before + time);
    return {
      logits: finish(params, ran.x).squeeze([1]) as tf.Tensor2D,
      alpha: tf.mean(ran.done.at(-1)!.alpha, 1).squeeze([1]) as tf.Tensor2D,
      state: ran.state,
    };
  };
  return { step, initial };
}
