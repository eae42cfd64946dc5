import * as tf from '@tensorflow/tfjs';
import { type AdditiveParams, initAdditive } from '../attention/score.js';
import { zeros } from '../core/initializers.js';
import { checkOneOf, checkSizes } from '../core/options.js';
import { createParam } from '../core/params.js';
import { type DenseParams, initDense } from '../layers/dense.js';
import type { Random } from '../random/random.js';
import { type GruParams, initGru } from '../recurrent/gru.js';
import { type ImageEncoderParams, initImageEncoder } from './image-encoder.js';
import { type ConvLayer, type RegionGrid, receptiveField, regionGrid } from './image-grid.js';

export interface ImageReaderConfig {
  /** What turns a region's pixels into its annotation. */
  readonly encoder: readonly ConvLayer[];
  /**
   * What says where to look: `annotations`, the encoded regions themselves, as in Xu et al. 2015; or `scan`, a coarse view of
   * the whole picture with a small encoder of its own. Only the second lets a hard reader leave the other regions unread.
   */
  readonly where: 'annotations' | 'scan';
  /** The coarse view's encoder; its neighbours must stand as far apart as the regions. */
  readonly scan: readonly ConvLayer[];
  /** Pixels of the picture in one pixel of the coarse view, in each direction. */
  readonly shrink: number;
  /** Regions that are looked at, one after the other. */
  readonly looks: number;
  /** Units of the state that looks and remembers what it saw. */
  readonly units: number;
  /** Units of the score. */
  readonly attentionUnits: number;
  /** What a picture can be. */
  readonly classes: number;
}

export const defaultImageReader: ImageReaderConfig = {
  // Regions of 33 x 33 pixels, 8 apart: a digit of 28 x 28 lies whole in the region of its centre.
  encoder: [
    { filter: 5, stride: 2, units: 16 },
    { filter: 3, stride: 2, units: 32 },
    { filter: 3, stride: 2, units: 48 },
    { filter: 3, stride: 1, units: 128 },
  ],
  where: 'annotations', // the paper's
  // Sees 36 x 36 pixels, so that the extent of a digit tells it from a fragment; a few hundredths of the encoder's products.
  scan: [
    { filter: 3, stride: 1, units: 8 },
    { filter: 3, stride: 2, units: 8 },
    { filter: 3, stride: 1, units: 16 },
  ],
  shrink: 4, // a stroke is two or three pixels wide: still visible as grey
  looks: 1, // one digit: one look is enough
  units: 96, // between an annotation's and the classes'
  attentionUnits: 32, // a digit is easily told from a fragment
  classes: 10, // digits
};

export type ImageReaderParams = {
  readonly encoder: ImageEncoderParams;
  /** Empty where annotations say where to look. */
  readonly scan: ImageEncoderParams;
  /** State before the first look, `[units]`. */
  readonly start: tf.Variable<tf.Rank.R1>;
  readonly score: AdditiveParams;
  readonly gru: GruParams;
  readonly hidden: DenseParams;
  readonly output: DenseParams;
};

export interface ImageReader {
  readonly config: ImageReaderConfig;
  readonly params: ImageReaderParams;
}

/** Two numbers say where a region is. */
export const COORDINATES = 2;

/** @throws where a number is not a positive integer, or scan and encoder do not stand on one grid */
export function initImageReader(random: Random, options: Partial<ImageReaderConfig> = {}): ImageReader {
  const config = { ...defaultImageReader, ...options };
  checkConfig(config);
  const annotation = config.encoder.at(-1)!.units + COORDINATES;
  const scanned = config.where === 'scan';
  const key = scanned ? config.scan.at(-1)!.units + COORDINATES : annotation;
  const { units, attentionUnits, classes } = config;
  return {
    config,
    params: {
      encoder: initImageEncoder(random.child('encoder'), config.encoder),
      scan: scanned ? initImageEncoder(random.child('scan'), config.scan) : [],
      start: createParam<tf.Rank.R1>(random.child('start'), [units], zeros),
      score: initAdditive(random.child('score'), { query: units, key, units: attentionUnits }),
      gru: initGru(random.child('gru'), { input: annotation, units }),
      hidden: initDense(random.child('hidden'), { input: units, units }),
      output: initDense(random.child('output'), { input: units, units: classes }),
    },
  };
}

/**
 * The grid of the regions and, where a scan says where to look, that of the coarse view: the same centres, counted in its
 * own pixels, each of which is `shrink` pixels wide.
 */
export interface ReaderGrids {
  readonly regions: RegionGrid;
  readonly scan: RegionGrid;
}

/** @throws RangeError where the picture is smaller than a region */
export function readerGrids({ encoder, scan }: ImageReaderConfig, size: number): ReaderGrids {
  const regions = regionGrid(encoder, size);
  const { field, stride } = receptiveField(scan);
  return { regions, scan: regionGrid(scan, field + (regions.side - 1) * stride) };
}

function checkConfig(config: ImageReaderConfig): void {
  const { encoder, scan, shrink, looks, units, attentionUnits, classes } = config;
  checkSizes('image reader', { shrink, looks, units, attentionUnits });
  checkSizes('image reader', { classes }, 2);
  checkOneOf('image reader', 'where', config.where, ['annotations', 'scan']);
  if (encoder.length === 0 || (config.where === 'scan' && scan.length === 0))
    throw new Error('image reader: expected at least one layer in each encoder, got none');
  const [fine, coarse] = [receptiveField(encoder).stride, receptiveField(scan).stride * shrink];
  if (config.where === 'scan' && fine !== coarse) {
    throw new Error(
      `image reader: regions stand ${fine} pixels apart, those of the scan ${coarse} (its stride times shrink): make them equal`,
    );
  }
}

/** Pictures as a tensor `[batch, size, size, 1]`. @throws where there is none, they are not square, differ in size, or hold what is no number */
export function stackPictures(
  pictures: readonly { readonly size: number; readonly pixels: Float32Array }[],
): tf.Tensor4D {
  if (pictures.length === 0) throw new Error('stackPictures: expected at least one picture, got none');
  const size = pictures[0]!.size;
  const values = new Float32Array(pictures.length * size * size);
  for (const [n, { size: own, pixels }] of pictures.entries()) {
    if (own !== size || pixels.length !== size * size) {
      throw new Error(
        `stackPictures: expected grey pictures of ${size} x ${size}, ${size * size} numbers, got ${pixels.length} numbers of ${own} x ${own} (picture ${n})`,
      );
    }
    const bad = pixels.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new Error(`stackPictures: pixel ${bad} of picture ${n} is ${pixels[bad]}, not a number`);
    values.set(pixels, n * size * size);
  }
  return tf.tensor4d(values, [pictures.length, size, size, 1]);
}
