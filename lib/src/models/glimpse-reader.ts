import * as tf from '@tensorflow/tfjs';
import { scoreFunctionLoss } from '../attention/hard/score-function.js';
import { checkSizes } from '../core/options.js';
import { checkShape } from '../core/shapes.js';
import { type DenseParams, dense, initDense } from '../layers/dense.js';
import type { Random } from '../random/random.js';
import { type GruParams, gruStep, initGru } from '../recurrent/gru.js';
import { defaultGlimpse, type GlimpseConfig, takeGlimpse } from './glimpse.js';
import { stackPictures } from './image-reader-config.js';
import { checkPictureLabels, likeliest } from './likeliest.js';

export interface GlimpseReaderConfig extends GlimpseConfig {
  /** Glimpses before the answer; the first is taken at a random place. */
  readonly looks: number;
  readonly units: number;
  readonly classes: number;
  /** Standard deviation of a place around the one that the reader aims at, in half widths of the picture, while training. */
  readonly deviation: number;
}

export const defaultGlimpseReader: GlimpseReaderConfig = {
  ...defaultGlimpse,
  looks: 4, // the paper's least for clutter
  units: 128, // half the paper's, for a processor
  classes: 10,
  deviation: 0.15, // some pixels: enough to try other places, little enough to stay on a digit
};

export type GlimpseReaderParams = {
  /** What was seen, and where, each to half the units. */
  readonly what: DenseParams;
  readonly where: DenseParams;
  readonly gru: GruParams;
  /** Where to aim next. */
  readonly aim: DenseParams;
  readonly output: DenseParams;
};

export interface GlimpseReader {
  readonly config: GlimpseReaderConfig;
  readonly params: GlimpseReaderParams;
}

/** @throws where a number is not a positive integer, or the deviation not above 0 */
export function initGlimpseReader(random: Random, options: Partial<GlimpseReaderConfig> = {}): GlimpseReader {
  const config = { ...defaultGlimpseReader, ...options };
  const { side, scales, looks, units, classes, deviation } = config;
  checkSizes('glimpse reader', { side, scales, looks, units });
  checkSizes('glimpse reader', { classes }, 2);
  if (!(deviation > 0)) throw new Error(`glimpse reader: deviation must be above 0, got ${deviation}`);
  return {
    config,
    params: {
      what: initDense(random.child('what'), { input: scales * side * side, units }),
      where: initDense(random.child('where'), { input: 2, units }),
      gru: initGru(random.child('gru'), { input: units, units }),
      aim: initDense(random.child('aim'), { input: units, units: 2 }),
      output: initDense(random.child('output'), { input: units, units: classes }),
    },
  };
}

type Places = [y: number, x: number][];

interface Walk {
  /** `[rows, classes]` */
  readonly logits: tf.Tensor2D;
  /** `[rows]`: ln of the density of the places that were drawn; of the first, which nothing chose, it has no part. */
  readonly logProb: tf.Tensor1D;
  readonly places: readonly Places[];
}

/**
 * Glimpse after glimpse: g = relu(W_what seen) * relu(W_where place), s = GRU(g, s), next place = tanh(W_aim s) + noise (Mnih
 * et al. 2014, section 3.1, with a GRU for its plain network).
 */
function walk(reader: GlimpseReader, pictures: tf.Tensor4D, start: Places, noise: Random | null): Walk {
  const { config, params } = reader;
  const rows = pictures.shape[0];
  let state = tf.zeros([rows, config.units]) as tf.Tensor2D;
  let logProb = tf.zeros([rows]) as tf.Tensor1D;
  const places = [start];
  for (let look = 0; look < config.looks; look++) {
    const here = places[look]!;
    const seen = tf.relu(dense(params.what, takeGlimpse(pictures, here, config))) as tf.Tensor2D;
    const place = tf.relu(dense(params.where, tf.tensor2d(here, [rows, 2]))) as tf.Tensor2D;
    state = gruStep(params.gru, tf.mul(seen, place), state);
    if (look === config.looks - 1) break;
    const aim = tf.tanh(dense(params.aim, state)) as tf.Tensor2D;
    const drift = noise?.child(look).normals(2 * rows, 0, config.deviation) ?? new Float32Array(2 * rows);
    const aimed = aim.dataSync();
    const next = Array.from({ length: rows }, (_, n): [number, number] => [
      aimed[2 * n]! + drift[2 * n]!,
      aimed[2 * n + 1]! + drift[2 * n + 1]!,
    ]);
    const miss = tf.sub(tf.tensor2d(next, [rows, 2]), aim);
    const density = tf.div(tf.sum(tf.square(miss), 1), -2 * config.deviation ** 2);
    logProb = tf.add(logProb, density) as tf.Tensor1D;
    places.push(next);
  }
  return { logits: dense(params.output, state), logProb, places };
}

const anyPlaces = (random: Random, rows: number): Places =>
  Array.from({ length: rows }, () => [random.uniform(-0.7, 0.7), random.uniform(-0.7, 0.7)]);

/**
 * Mean of -ln p(label) after the last glimpse; its gradient to where the reader aims is REINFORCE's, the other walks of the
 * same picture as baseline.
 *
 * @param pictures `[batch, size, size, 1]`
 * @param labels int32 `[batch]`
 * @throws where pictures are not square and grey, labels are not one class a picture, and for fewer than 2 samples
 */
export function glimpseLoss(
  reader: GlimpseReader,
  pictures: tf.Tensor4D,
  labels: tf.Tensor1D,
  { random, samples = 4 }: { readonly random: Random; readonly samples?: number },
): tf.Scalar {
  const { batch, size } = checkShape('glimpse reader pictures', pictures, 'batch size size channels', {
    channels: 1,
  });
  checkPictureLabels('glimpse reader', labels, { batch, classes: reader.config.classes });
  checkSizes('glimpseLoss', { samples }, 2);
  return tf.tidy(() => {
    // Walks of one picture begin at one place, so that they differ by what the reader chose.
    const begun = anyPlaces(random.child('start'), batch);
    const start = begun.flatMap((place) => Array.from({ length: samples }, () => place));
    const many = pictures
      .expandDims(1)
      .tile([1, samples, 1, 1, 1])
      .reshape([batch * samples, size, size, 1]);
    const { logits, logProb } = walk(reader, many as tf.Tensor4D, start, random.child('noise'));
    const logs = tf.logSoftmax(logits).reshape([batch, samples, reader.config.classes]);
    const hot = tf.oneHot(labels, reader.config.classes).cast('float32').expandDims(1);
    const losses = tf.neg(tf.sum(tf.mul(logs, hot), 2)) as tf.Tensor2D;
    const chosen = logProb.reshape([batch, samples]) as tf.Tensor2D;
    return scoreFunctionLoss({ losses, logProb: chosen, baseline: 'leave-one-out' }).loss;
  });
}

export interface GlimpseReading {
  readonly label: number;
  /** Centre of each glimpse, from -1 (top, left) to 1. */
  readonly places: readonly (readonly [y: number, x: number])[];
}

/** Reads pictures without noise. @param random draws where the first glimpse is taken */
export function readGlimpses(
  reader: GlimpseReader,
  pictures: readonly { readonly size: number; readonly pixels: Float32Array }[],
  random: Random,
): GlimpseReading[] {
  if (pictures.length === 0) return [];
  let readings: GlimpseReading[] = [];
  tf.tidy(() => {
    const { logits, places } = walk(
      reader,
      stackPictures(pictures),
      anyPlaces(random, pictures.length),
      null,
    );
    const scores = logits.arraySync();
    readings = pictures.map((_, n) => ({
      label: likeliest('glimpse reader', `picture ${n}`, scores[n]!),
      places: places.map((look) => look[n]!),
    }));
  });
  return readings;
}

/** Multiply-adds of one picture: the same for every size, as only the glimpses are read. */
export function glimpseCost({ side, scales, looks, units, classes }: GlimpseReaderConfig): number {
  const pixels = Array.from({ length: scales }, (_, scale) => (side * 2 ** scale) ** 2).reduce(
    (a, b) => a + b,
  );
  const look = pixels + scales * side * side * units + 2 * units + 6 * units * units;
  return looks * look + (looks - 1) * 2 * units + units * classes;
}
