import * as tf from '@tensorflow/tfjs';
import type { AttentionMemory } from '../backend/sequences.js';
import { maskedCrossEntropy } from '../core/losses.js';
import { bridgeStates } from '../seq2seq/bridge.js';
import { attentionMemory, type DecodedSteps, decodeSteps } from '../seq2seq/decoder.js';
import { doublyStochasticPenalty } from '../seq2seq/doubly-stochastic.js';
import { padSequences } from '../text/padding.js';
import { END, START } from '../text/vocabulary.js';
import {
  type Captioner,
  type CaptionPicture,
  captionerDecoder,
  captionerGrid,
  checkPictures,
} from './captioner-config.js';
import { type EncoderMode, encodeRegions, withCoordinates } from './image-encoder.js';

/** A picture and the ids of its caption, without start and end. */
export interface CaptionedPicture {
  readonly picture: CaptionPicture;
  readonly ids: readonly number[];
}

/** Pictures that were read: what every word looks at, and the state before the first. */
export interface PictureReading {
  /** Keys and values `[batch, regions, .]`; no region is padding. */
  readonly memory: AttentionMemory;
  readonly state: readonly tf.Tensor2D[];
}

/**
 * Encodes pictures. The first state comes from the mean of all annotations, one dense layer for each of the LSTM's two states (Xu
 * et al. 2015, section 3.1.2).
 *
 * @param mode of batch norm
 * @throws where a picture has another size or depth than the captioner was made for
 */
export function readCaptionPictures(
  { config, params }: Captioner,
  pictures: readonly CaptionPicture[],
  mode: EncoderMode,
): PictureReading {
  checkPictures(config, pictures);
  const { size, depth } = config;
  const [keys, values, ...state] = tf.tidy(() => {
    const numbers = new Float32Array(pictures.length * size * size * depth);
    for (const [n, { pixels }] of pictures.entries()) numbers.set(pixels, n * pixels.length);
    const stacked = tf.tensor4d(numbers, [pictures.length, size, size, depth]);
    const grid = captionerGrid(config);
    const found = encodeRegions(params.encoder, config.encoder, stacked, grid, mode);
    const annotations = withCoordinates(found, grid); // [batch, regions, features]
    const memory = attentionMemory(params.decoder, annotations, null, captionerDecoder);
    const mean = tf.mean(annotations, 1) as tf.Tensor2D;
    return [memory.keys, annotations, ...bridgeStates(params.bridge, [mean, mean])];
  }) as [tf.Tensor3D, tf.Tensor3D, ...tf.Tensor2D[]];
  return { memory: { keys, values, mask: null }, state };
}

/** The ids that the steps are given and that they should give, padded: `[batch, target]`. */
export interface CaptionTargets {
  readonly previous: tf.Tensor2D;
  readonly labels: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
}

export function captionTargets(batch: readonly CaptionedPicture[]): CaptionTargets {
  const given = padSequences(batch.map(({ ids }) => [START, ...ids]));
  const wanted = padSequences(batch.map(({ ids }) => [...ids, END]));
  return {
    previous: tf.tensor2d(given.ids, [...given.shape], 'int32'),
    labels: tf.tensor2d(wanted.ids, [...wanted.shape], 'int32'),
    mask: tf.tensor2d(wanted.mask, [...wanted.shape]),
  };
}

/** The captions with the right words given (teacher forcing) and soft looks: logits `[batch, target, vocab]` and alphas. */
export function teacherForceCaptions(
  captioner: Captioner,
  batch: readonly CaptionedPicture[],
  mode: EncoderMode,
): Omit<DecodedSteps, 'state' | 'making'> {
  const [logits, alphas] = tf.tidy(() => {
    const { memory, state } = readCaptionPictures(
      captioner,
      batch.map(({ picture }) => picture),
      mode,
    );
    const { previous } = captionTargets(batch);
    const steps = decodeSteps(captioner.params.decoder, { ...captionerDecoder, memory, state, previous });
    return [steps.logits, steps.alphas];
  }) as [tf.Tensor3D, tf.Tensor3D];
  return { logits, alphas };
}

export interface CaptionLossOptions {
  /** lambda, the weight of `doublyStochasticPenalty`; 0 by default. */
  readonly doublyStochastic?: number;
  /** Of batch norm; `train` by default. */
  readonly mode?: EncoderMode;
}

/**
 * Mean of -ln P(word) over the words of the captions and their ends, in nats, with soft looks, and lambda times the doubly
 * stochastic penalty; a scalar with a gradient.
 *
 * @throws where the weight is negative
 */
export function captionLoss(
  captioner: Captioner,
  batch: readonly CaptionedPicture[],
  { doublyStochastic = 0, mode = 'train' }: CaptionLossOptions = {},
): tf.Scalar {
  if (!(doublyStochastic >= 0 && Number.isFinite(doublyStochastic)))
    throw new Error(`captionLoss: doublyStochastic must be a number of at least 0, got ${doublyStochastic}`);
  return tf.tidy(() => {
    const { logits, alphas } = teacherForceCaptions(captioner, batch, mode);
    const { labels, mask } = captionTargets(batch);
    const loss = maskedCrossEntropy(logits, labels, mask);
    if (doublyStochastic === 0) return loss;
    return tf.add(loss, tf.mul(doublyStochastic, doublyStochasticPenalty(alphas, mask))) as tf.Scalar;
  });
}
