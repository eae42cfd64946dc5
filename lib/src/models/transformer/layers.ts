import * as tf from '@tensorflow/tfjs';
import { checkOneOf } from '../../core/options.js';
import { initLayerNorm, type LayerNormParams, layerNorm } from '../../layers/layer-norm.js';
import type { Random } from '../../random/random.js';
import type { StackConfig } from './config.js';
import type { Rotation } from './positions.js';
import {
  type AttentionParams,
  drop,
  type FeedForwardParams,
  feedForward,
  initAttention,
  initFeedForward,
  lookAt,
  type Noise,
  project,
  quiet,
  type Seen,
} from './sublayers.js';

/** A layer that looks at its own sequence: of the encoder, and of a decoder without a source. */
export type SelfLayerParams = {
  readonly self: AttentionParams;
  readonly selfNorm: LayerNormParams;
  readonly forward: FeedForwardParams;
  readonly forwardNorm: LayerNormParams;
};

/** A layer of the decoder: it looks at its own sequence, then at the source. */
export type CrossLayerParams = SelfLayerParams & {
  readonly cross: AttentionParams;
  readonly crossNorm: LayerNormParams;
};

export function initSelfLayer(random: Random, { units, inner }: StackConfig): SelfLayerParams {
  const norm = (name: string) => initLayerNorm(random.child(name), { features: units });
  return {
    self: initAttention(random.child('self'), units),
    selfNorm: norm('selfNorm'),
    forward: initFeedForward(random.child('forward'), units, inner),
    forwardNorm: norm('forwardNorm'),
  };
}

export function initCrossLayer(random: Random, config: StackConfig): CrossLayerParams {
  const { units } = config;
  return {
    ...initSelfLayer(random, config),
    cross: initAttention(random.child('cross'), units),
    crossNorm: initLayerNorm(random.child('crossNorm'), { features: units }),
  };
}

/** How one layer runs. */
export interface LayerRun {
  readonly heads: number;
  readonly norm: 'pre' | 'post';
  /** `[batch, time]` of the layer's own sequence */
  readonly mask: tf.Tensor2D | null;
  readonly causal: boolean;
  readonly rotate?: Rotation | null;
  readonly noise?: Noise;
  /** Keys and values of earlier positions of the same sequence. */
  readonly past?: Seen | null;
  readonly offSelf?: readonly number[];
}

export interface LayerOutput {
  /** `[batch, time, units]` */
  readonly x: tf.Tensor3D;
  /** `[batch, heads, time, source]` */
  readonly alpha: tf.Tensor4D;
  /** Keys and values of all positions so far. */
  readonly seen: Seen;
}

/** x + f(norm(x)), or norm(x + f(x)). */
function residual(
  x: tf.Tensor3D,
  norm: LayerNormParams,
  { norm: place, noise = quiet }: LayerRun,
  f: (x: tf.Tensor3D) => tf.Tensor3D,
): tf.Tensor3D {
  checkOneOf('transformer layer', 'norm', place, ['pre', 'post']);
  if (place === 'post') return layerNorm(norm, tf.add(x, drop(f(x), noise)));
  return tf.add(x, drop(f(layerNorm(norm, x)), noise));
}

function lookAtSelf(params: SelfLayerParams, x: tf.Tensor3D, run: LayerRun): LayerOutput {
  const { heads, mask, causal, rotate = null, past = null, offSelf } = run;
  let alpha: tf.Tensor4D | undefined;
  let seen: Seen | undefined;
  const after = residual(x, params.selfNorm, run, (input) => {
    const now = project(params.self, input, rotate);
    seen = past === null ? now : joined(past, now);
    const looked = lookAt(params.self, input, seen, {
      ...{ heads, mask, causal, rotate },
      ...(offSelf !== undefined && { off: offSelf }),
    });
    alpha = looked.alpha;
    return looked.output;
  });
  return { x: after, alpha: alpha!, seen: seen! };
}

const joined = (past: Seen, now: Seen): Seen => ({
  keys: tf.concat([past.keys, now.keys], 1),
  values: tf.concat([past.values, now.values], 1),
});

/**
 * A layer of attention to the own sequence and a feed-forward part, each with its residual and layer norm
 * (Vaswani et al. 2017, section 3.1; `pre`: Xiong et al. 2020, figure 1b). Its numbers are those of PyTorch's
 * `nn.TransformerEncoderLayer`.
 *
 * @param x `[batch, time, units]`
 * @throws where shapes differ, the mask leaves a row nothing to look at, or the norm is unknown
 */
export function selfLayer(params: SelfLayerParams, x: tf.Tensor3D, run: LayerRun): LayerOutput {
  const looked = lookAtSelf(params, x, run);
  return {
    ...looked,
    x: residual(looked.x, params.forwardNorm, run, (input) => feedForward(params.forward, input)),
  };
}

export interface CrossRun extends LayerRun {
  /** The source, projected by this layer. */
  readonly memory: Seen;
  /** `[batch, source]` */
  readonly memoryMask: tf.Tensor2D | null;
  readonly offCross?: readonly number[];
}

/** The same with attention to a source between the two. Its numbers are those of PyTorch's `nn.TransformerDecoderLayer`. */
export function crossLayer(
  params: CrossLayerParams,
  x: tf.Tensor3D,
  run: CrossRun,
): LayerOutput & { readonly cross: tf.Tensor4D } {
  const { heads, memory, memoryMask, offCross } = run;
  const looked = lookAtSelf(params, x, run);
  let cross: tf.Tensor4D | undefined;
  const told = residual(looked.x, params.crossNorm, run, (input) => {
    const read = lookAt(params.cross, input, memory, {
      ...{ heads, mask: memoryMask },
      ...(offCross !== undefined && { off: offCross }),
    });
    cross = read.alpha;
    return read.output;
  });
  return {
    ...looked,
    x: residual(told, params.forwardNorm, run, (input) => feedForward(params.forward, input)),
    cross: cross!,
  };
}
