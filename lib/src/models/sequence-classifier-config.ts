import type * as tf from '@tensorflow/tfjs';
import { type AdditiveParams, initAdditive } from '../attention/index.js';
import { uniform } from '../core/initializers.js';
import { checkOneOf, checkSizes } from '../core/options.js';
import { createParam, type ParamTree } from '../core/params.js';
import { type DenseParams, initDense } from '../layers/index.js';
import type { Random } from '../random/random.js';
import { type BidirectionalParams, initBidirectional } from '../recurrent/bidirectional.js';
import { type GruParams, gruCell, initGru } from '../recurrent/gru.js';

/** Sizes and choices of a classifier of sequences; all that is needed to build it again. */
export interface SequenceClassifierConfig {
  /** Numbers a frame. */
  readonly features: number;
  readonly classes: number;
  /** Frames to each side that the layer on a frame sees with it; 0 for the frame alone. */
  readonly context: number;
  /** Of the layer on each frame, and of each direction of a recurrent one. */
  readonly units: number;
  /** What reads the encoded frames one after the other before they are scored; `none` keeps every key local. */
  readonly recurrent: 'none' | 'gru' | 'bidirectional';
  /**
   * What alpha mixes: the `frames` as the layer on each frame left them, so that what is paid for must stand there; or the
   * `states` of the recurrent reader, which know their neighbours.
   */
  readonly values: 'frames' | 'states';
  /** `mean` gives every real frame the same weight: the thing to compare with. */
  readonly pooling: 'attention' | 'mean';
  /** Width of the hidden layer that scores. */
  readonly attention: number;
  /** Rate of dropout on the encoded frames and on the mixture, in training. */
  readonly dropout: number;
}

export const defaultSequenceClassifier: Omit<SequenceClassifierConfig, 'features' | 'classes'> = {
  context: 1, // alpha can then be at most one frame beside the place
  units: 48,
  recurrent: 'none', // a recurrent reader needs `values: 'frames'` to keep alpha on its place
  values: 'frames',
  pooling: 'attention',
  attention: 32,
  dropout: 0,
};

/**
 * Turns frames of any shape, `[batch, time, ...]`, into features `[batch, time, features]`: a small convolutional network for
 * pictures, say. Its parameters are trained and saved with the classifier's.
 */
export interface FrameEncoder {
  readonly params: ParamTree;
  readonly encode: (frames: tf.Tensor) => tf.Tensor3D;
}

export type SequenceClassifierParams = {
  readonly frames: DenseParams;
  readonly encoder?: ParamTree;
  readonly recurrent?: GruParams | BidirectionalParams<GruParams>;
  /** Not there where the pooling is `mean`. */
  readonly attention?: {
    /** What asks: one learnt vector, `[1, units]`. */
    readonly query: tf.Variable<tf.Rank.R2>;
    readonly score: AdditiveParams;
  };
  readonly output: DenseParams;
};

/** Parameters with the sizes they were made for. */
export interface SequenceClassifier {
  readonly config: SequenceClassifierConfig;
  readonly params: SequenceClassifierParams;
  readonly encoder?: FrameEncoder;
}

/** Makes a classifier with random weights. @throws for sizes and choices that cannot be */
export function initSequenceClassifier(
  random: Random,
  options: Partial<SequenceClassifierConfig> & Pick<SequenceClassifierConfig, 'features' | 'classes'>,
  encoder?: FrameEncoder,
): SequenceClassifier {
  const config: SequenceClassifierConfig = { ...defaultSequenceClassifier, ...options };
  checkConfig(config);
  const { features, classes, context, units, recurrent, values, attention } = config;
  const read = recurrent === 'bidirectional' ? 2 * units : units;
  const sizes = { input: units, units };
  const reader = random.child('recurrent');
  const params: SequenceClassifierParams = {
    frames: initDense(random.child('frames'), { input: (2 * context + 1) * features, units }),
    ...(encoder && { encoder: encoder.params }),
    ...(recurrent === 'gru' && { recurrent: initGru(reader, sizes) }),
    ...(recurrent === 'bidirectional' && { recurrent: initBidirectional(gruCell, reader, sizes) }),
    ...(config.pooling === 'attention' && {
      attention: {
        query: createParam<tf.Rank.R2>(random.child('query'), [1, attention], uniform(1)),
        score: initAdditive(random.child('score'), { query: attention, key: read, units: attention }),
      },
    }),
    output: initDense(random.child('output'), {
      input: values === 'states' ? read : units,
      units: classes,
    }),
  };
  return { config, params, ...(encoder && { encoder }) };
}

function checkConfig(config: SequenceClassifierConfig): void {
  const { features, classes, context, units, attention, recurrent, values, pooling } = config;
  const owner = 'sequence classifier';
  checkSizes(owner, { features, units, attention });
  checkSizes(owner, { classes }, 2);
  checkSizes(owner, { context }, 0);
  checkOneOf(owner, 'recurrent', recurrent, ['none', 'gru', 'bidirectional']);
  checkOneOf(owner, 'values', values, ['frames', 'states']);
  checkOneOf(owner, 'pooling', pooling, ['attention', 'mean']);
  if (config.values === 'states' && config.recurrent === 'none')
    throw new Error(
      'sequence classifier: values "states" needs a recurrent reader, got recurrent "none"; take values "frames"',
    );
  if (!(config.dropout >= 0 && config.dropout < 1))
    throw new Error(`sequence classifier: dropout must be in [0, 1), got ${config.dropout}`);
}
