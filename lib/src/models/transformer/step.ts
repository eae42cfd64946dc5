import * as tf from '@tensorflow/tfjs';
import { checkSizes } from '../../core/options.js';
import { layerNorm } from '../../layers/layer-norm.js';
import { repeatRows } from '../../seq2seq/beam.js';
import type { DecoderStep } from '../../seq2seq/generate.js';
import { enter, score, turning } from './embeddings.js';
import { crossLayer } from './layers.js';
import type { Seen } from './sublayers.js';
import {
  encodeWithTransformer,
  type HeadPlace,
  headsOff,
  projectSource,
  type Transformer,
  type TransformerOptions,
} from './transformer.js';

/** Which of the heads that look at the source stand for alpha; what is left out is averaged over. */
export interface AlphaChoice {
  readonly layer?: number;
  readonly head?: number;
}

/** One alpha `[batch, target, source]` from those of all layers, each `[batch, heads, target, source]`. */
export function chooseAlpha(cross: readonly tf.Tensor4D[], { layer, head }: AlphaChoice = {}): tf.Tensor3D {
  if (cross.length === 0) throw new Error('chooseAlpha: expected the alpha of at least one layer, got none');
  const heads = cross[0]!.shape[1];
  const fits = (n: number | undefined, count: number) =>
    n === undefined || (n >= 0 && n < count && n % 1 === 0);
  if (!fits(layer, cross.length) || !fits(head, heads))
    throw new Error(
      `transformer: alpha of layer ${layer}, head ${head} was asked for, but there are ${cross.length} layers of ${heads} heads`,
    );
  return tf.tidy(() => {
    const layers = layer === undefined ? cross : [cross[layer]!];
    const chosen = layers.map((each) =>
      head === undefined ? tf.mean(each, 1) : tf.gather(each, [head], 1).squeeze([1]),
    ) as tf.Tensor3D[];
    return tf.div(tf.addN(chosen), chosen.length);
  });
}

export interface TransformerDecoding {
  readonly step: DecoderStep;
  readonly initial: readonly tf.Tensor2D[];
  dispose(): void;
}

export interface TransformerDecodingOptions extends Pick<TransformerOptions, 'off'> {
  /** Rows of a step for each source; the initial state has one row a source all the same. Default 1. */
  readonly width?: number | undefined;
  readonly alpha?: AlphaChoice | undefined;
}

/**
 * Reads sources, ready for any way of decoding. The state of a step is the cache: keys and values of all symbols so far, of
 * each layer, flat as `[batch, time * units]`. So a symbol costs one position through the layers, not the whole output again.
 *
 * @throws for a width or a head that cannot be; a step throws where its symbols are not one a row of the sources, and where its state is
 *   not that of the step before
 */
export function openTransformer(
  transformer: Transformer,
  sources: readonly (readonly number[])[],
  { width = 1, alpha: choice = {}, off = [] }: TransformerDecodingOptions = {},
): TransformerDecoding {
  checkSizes('openTransformer', { width });
  const held = tf.tidy(() => {
    const { annotations, mask } = encodeWithTransformer(transformer, sources, { off });
    const memories = projectSource(transformer, annotations).map(({ keys, values }) => ({
      keys: repeatRows(keys, width),
      values: repeatRows(values, width),
    }));
    // A state must have rows before there is a cache.
    const initial = tf.zeros([sources.length, 1]);
    return { memories, mask: repeatRows(mask, width), initial } as unknown as tf.TensorContainer;
  }) as unknown as { memories: Seen[]; mask: tf.Tensor2D; initial: tf.Tensor2D };
  const { memories, mask, initial } = held;
  return {
    step: cachedStep(transformer, memories, mask, { choice, off }),
    initial: [initial],
    dispose: () => tf.dispose([...memories.flatMap(({ keys, values }) => [keys, values]), mask, initial]),
  };
}

function cachedStep(
  { config, params }: Transformer,
  memories: readonly Seen[],
  memoryMask: tf.Tensor2D,
  { choice, off }: { readonly choice: AlphaChoice; readonly off: readonly HeadPlace[] },
): DecoderStep {
  const { heads, norm } = config;
  const [rows] = memoryMask.shape;
  return (previous, state, time) => {
    checkSizes('transformer step', { time }, 0);
    const batch = previous.shape[0];
    if (batch !== rows)
      throw new Error(`transformer step: expected ${rows} symbols, one a row of the sources, got ${batch}`);
    const rotate = turning(config, 1, time);
    let x = enter(params.target, previous.expandDims(1), config, { rate: 0, random: null }, time);
    const looks = params.decoder.map((layer, n) => {
      const done = crossLayer(layer, x, {
        ...{ heads, norm, mask: null, causal: false, rotate },
        ...{
          memory: memories[n]!,
          memoryMask,
          past: time === 0 ? null : cached(state, n, { batch, time, units: config.units }),
        },
        ...{ offSelf: headsOff(off, 'decoder', n), offCross: headsOff(off, 'cross', n) },
      });
      x = done.x;
      return done;
    });
    const last = params.decoderNorm === undefined ? x : layerNorm(params.decoderNorm, x);
    return {
      logits: score(params, params.target, last).squeeze([1]) as tf.Tensor2D,
      alpha: chooseAlpha(
        looks.map(({ cross }) => cross),
        choice,
      ).squeeze([1]) as tf.Tensor2D,
      state: looks.flatMap(({ seen }) => [flat(seen.keys), flat(seen.values)]),
    };
  };
}

/** The cache of a layer before step `time`. @throws where the state is not that of the step before */
export function cached(
  state: readonly tf.Tensor2D[],
  layer: number,
  { batch, time, units }: { readonly batch: number; readonly time: number; readonly units: number },
): Seen {
  const [keys, values] = [2 * layer, 2 * layer + 1].map((at) => {
    const shape = state[at]?.shape ?? [];
    if (shape[0] !== batch || shape[1] !== time * units)
      throw new Error(
        `transformer step ${time}: expected keys and values of ${time} symbols for layer ${layer}, each [${batch}, ${time * units}], got ` +
          `${state[at] === undefined ? 'none' : `[${shape.join(', ')}]`}; pass the state that the step before it gave, of the same rows`,
      );
    return state[at]!.reshape([batch, time, units]);
  }) as [tf.Tensor3D, tf.Tensor3D];
  return { keys, values };
}

export const flat = (tensor: tf.Tensor3D): tf.Tensor2D =>
  tensor.reshape([tensor.shape[0], tensor.shape[1] * tensor.shape[2]]);
