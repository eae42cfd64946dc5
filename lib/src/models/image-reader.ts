import * as tf from '@tensorflow/tfjs';
import { chooseSampled } from '../attention/hard/choose.js';
import { attentionEntropy } from '../attention/hard/entropy.js';
import { scoreFunctionLoss } from '../attention/hard/score-function.js';
import { additiveScores, projectAdditiveKeys } from '../attention/score.js';
import { checkSizes } from '../core/options.js';
import { checkShape } from '../core/shapes.js';
import { dense } from '../layers/dense.js';
import type { Random } from '../random/random.js';
import { gruStep } from '../recurrent/gru.js';
import { convolve, type EncoderMode, encodeRegions, withCoordinates } from './image-encoder.js';
import { type ImageReader, type ReaderGrids, readerGrids } from './image-reader-config.js';
import { checkPictureLabels } from './likeliest.js';

/** The regions of a batch of pictures, ready to be looked at. */
export interface Regions {
  /** Projected keys, `[batch, regions, attention units]` */
  readonly keys: tf.Tensor3D;
  /** Annotations with coordinates, `[batch, regions, units + 2]` */
  readonly values: tf.Tensor3D;
}

/** Which regions a look takes: `[rows, regions]` scores to weights of one sample or many. */
export type Look = (scores: tf.Tensor2D, look: number) => LookWeights;

export interface LookWeights {
  /** `[rows, samples, regions]`; only the first look may have more samples than one */
  readonly weights: tf.Tensor3D;
  /** `[rows, samples]`: ln of the probability of a sampled choice */
  readonly logProb?: tf.Tensor2D;
}

/** Grids of pictures `[batch, size, size, 1]`. @throws where they have another shape or are smaller than a region */
export function gridsOf(reader: ImageReader, pictures: tf.Tensor4D): ReaderGrids {
  const { height } = checkShape('image reader pictures', pictures, 'batch height width channels', {
    channels: 1,
  });
  checkShape('image reader pictures', pictures, 'batch height width channels', { width: height });
  return readerGrids(reader.config, height);
}

/**
 * What says where to look, `[batch, regions, attention units]`, from the coarse view alone.
 *
 * The view is the mean of shrink x shrink pixels.
 */
export function scanKeys(
  { config, params }: ImageReader,
  pictures: tf.Tensor4D,
  grids: ReaderGrids,
  mode: EncoderMode,
): tf.Tensor3D {
  const { regions, scan } = grids;
  return tf.tidy(() => {
    const more = scan.span * config.shrink - regions.size;
    const before = Math.round(more / 2);
    const margins = [before, more - before] as [number, number];
    const whole = tf.pad(pictures, [[0, 0], margins, margins, [0, 0]]);
    const coarse = tf.avgPool(whole, config.shrink, config.shrink, 'valid');
    const found = convolve(params.scan, config.scan, coarse, mode);
    const units = config.scan.at(-1)!.units;
    const keys = withCoordinates(found.reshape([-1, regions.regions, units]) as tf.Tensor3D, regions);
    return projectAdditiveKeys(params.score, keys);
  });
}

/** Encodes all regions. @param pictures `[batch, size, size, 1]` */
export function encodePictures(reader: ImageReader, pictures: tf.Tensor4D, mode: EncoderMode): Regions {
  const { config, params } = reader;
  const grids = gridsOf(reader, pictures);
  return tf.tidy(() => {
    const annotations = encodeRegions(params.encoder, config.encoder, pictures, grids.regions, mode);
    const values = withCoordinates(annotations, grids.regions);
    const keys =
      config.where === 'scan'
        ? scanKeys(reader, pictures, grids, mode)
        : projectAdditiveKeys(params.score, values);
    return { keys, values };
  }) as unknown as Regions;
}

/** State before the first look, one row a picture. */
export function startState({ params }: ImageReader, batch: number): tf.Tensor2D {
  return tf.tidy(() => params.start.expandDims(0).tile([batch, 1]) as tf.Tensor2D);
}

/** e = v . tanh(W state + U key) of every region: states `[batch * samples, units]` to `[batch * samples, regions]`. */
export function lookScores({ params }: ImageReader, state: tf.Tensor2D, keys: tf.Tensor3D): tf.Tensor2D {
  const [batch, regions] = keys.shape;
  const [rows, units] = state.shape;
  return tf.tidy(
    () =>
      additiveScores(params.score, state.reshape([batch, rows / batch, units]) as tf.Tensor3D, keys).reshape([
        rows,
        regions,
      ]) as tf.Tensor2D,
  );
}

/** What the reader says after its last look: `[rows, classes]`. */
export function classify({ params }: ImageReader, state: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => dense(params.output, tf.relu(dense(params.hidden, state)) as tf.Tensor2D));
}

/**
 * Looks, one after the other: scores from the state, weights from the scores, their mixture of the annotations into the
 * state.
 *
 *   e_t = v . tanh(W s_(t-1) + U keys),  s_t = GRU(sum_j w_tj values_j, s_(t-1))
 *
 * @returns logits `[batch * samples, classes]`, and of each look its scores `[rows, regions]` and what `look` gave
 */
export function lookAround(
  reader: ImageReader,
  { keys, values }: Regions,
  look: Look,
): { logits: tf.Tensor2D; scores: tf.Tensor2D[]; choices: LookWeights[] } {
  const [batch, regions, units] = values.shape;
  let state = startState(reader, batch);
  const scores: tf.Tensor2D[] = [];
  const choices: LookWeights[] = [];
  for (let index = 0; index < reader.config.looks; index++) {
    const seen = lookScores(reader, state, keys);
    const choice = look(seen, index);
    const rows = choice.weights.shape[0] * choice.weights.shape[1];
    const weights = choice.weights.reshape([batch, rows / batch, regions]) as tf.Tensor3D;
    const context = tf.matMul(weights, values).reshape([rows, units]) as tf.Tensor2D;
    // After the first look of many samples the one state goes on as many.
    if (rows > state.shape[0]) state = repeatEach(state, rows / state.shape[0]);
    state = gruStep(reader.params.gru, context, state);
    scores.push(seen);
    choices.push(choice);
  }
  return { logits: classify(reader, state), scores, choices };
}

/** Soft looks: every region by its weight. */
export const softLook: Look = (scores) => ({ weights: tf.softmax(scores).expandDims(1) as tf.Tensor3D });

/** -ln p(label), `[batch, samples]` from logits `[batch * samples, classes]`. */
function readingLosses(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor2D {
  const [rows, classes] = logits.shape;
  const batch = labels.size;
  const hot = tf.oneHot(labels, classes).cast('float32').expandDims(1);
  const logs = tf.logSoftmax(logits).reshape([batch, rows / batch, classes]);
  return tf.neg(tf.sum(tf.mul(logs, hot), 2)) as tf.Tensor2D;
}

/**
 * Mean of -ln p(label) with soft looks, in nats, in training mode.
 *
 * @param pictures `[batch, size, size, 1]`
 * @param labels int32 `[batch]`
 * @throws where pictures are smaller than a region or of another shape, and where labels are not one class a picture
 */
export function softReadingLoss(reader: ImageReader, pictures: tf.Tensor4D, labels: tf.Tensor1D): tf.Scalar {
  checkPictureLabels('image reader', labels, { batch: pictures.shape[0], classes: reader.config.classes });
  return tf.tidy(() => {
    const { logits } = lookAround(reader, encodePictures(reader, pictures, 'train'), softLook);
    return tf.mean(readingLosses(logits, labels)) as tf.Scalar;
  });
}

export interface HardReadingOptions {
  readonly random: Random;
  /** Ways of looking that are tried on each picture; their regions are encoded once. Default 4. */
  readonly samples?: number;
  /** Weight of the entropy's bonus, in nats of loss a nat of entropy. Default 0. */
  readonly entropy?: number;
}

/**
 * As {@link softReadingLoss} with sampled looks: the value is the mean loss of the samples less the bonus, the gradient
 * REINFORCE's with the leave-one-out baseline (Xu et al. 2015, section 4.1; Kool et al. 2019).
 *
 * @throws as `softReadingLoss`, and for fewer than 2 samples or an entropy that is no number
 */
export function hardReadingLoss(
  reader: ImageReader,
  pictures: tf.Tensor4D,
  labels: tf.Tensor1D,
  { random, samples = 4, entropy = 0 }: HardReadingOptions,
): tf.Scalar {
  checkPictureLabels('image reader', labels, { batch: pictures.shape[0], classes: reader.config.classes });
  checkSizes('hardReadingLoss', { samples }, 2);
  if (!Number.isFinite(entropy))
    throw new Error(`hardReadingLoss: entropy must be a finite number, got ${entropy}`);
  return tf.tidy(() => {
    const regions = encodePictures(reader, pictures, 'train');
    const { logits, scores, choices } = lookAround(reader, regions, (seen, look) =>
      chooseSampled(seen, { random: random.child(look), samples: look === 0 ? samples : 1, check: false }),
    );
    const losses = readingLosses(logits, labels);
    const logProb = choices
      .map((choice) => choice.logProb!.reshape([labels.size, samples]) as tf.Tensor2D)
      .reduce((sum, part) => tf.add(sum, part) as tf.Tensor2D);
    const { loss } = scoreFunctionLoss({ losses, logProb, baseline: 'leave-one-out' });
    if (entropy === 0) return loss;
    const spread = tf.addN(scores.map((seen) => tf.mean(attentionEntropy(seen))));
    return tf.sub(loss, tf.mul(spread, entropy)) as tf.Scalar;
  });
}

function repeatEach(rows: tf.Tensor2D, times: number): tf.Tensor2D {
  const [count, units] = rows.shape;
  return rows
    .expandDims(1)
    .tile([1, times, 1])
    .reshape([count * times, units]) as tf.Tensor2D;
}
