import { checkOneOf } from '../core/options.js';
import type { ConvLayer } from './image-grid.js';
import { COORDINATES, type ImageReaderConfig, readerGrids } from './image-reader-config.js';

/** Multiply-adds of reading one picture. */
export interface ReadingCost {
  /** What it takes to know where to look: the coarse view and its encoder if there is one, and the scores. */
  readonly where: number;
  /** Encoding regions, and mixing them. */
  readonly what: number;
  /** State and answer. */
  readonly rest: number;
  readonly total: number;
}

/**
 * Multiply-adds that `readPictures` makes for one picture, counted layer by layer; one addition a pixel for the coarse view.
 * Elementwise operations (batch norm, relu, tanh, softmax) are left out: they grow as the layers' outputs do, a hundredth of
 * the products.
 *
 * A soft reader encodes every region; neighbours share what they both see, so this is a convolution over the whole picture
 * and not a region's cost times their number. A hard reader that scans encodes one region a look; one that scores
 * annotations encodes all of them like the soft one.
 *
 * @throws RangeError where the picture is smaller than a region, and where looks are neither soft nor hard
 */
export function readingCost(config: ImageReaderConfig, size: number, looks: 'soft' | 'hard'): ReadingCost {
  checkOneOf('readingCost', 'looks', looks, ['soft', 'hard']);
  const { encoder, scan, shrink, units, attentionUnits, classes } = config;
  const grids = readerGrids(config, size);
  const { regions, span, field } = grids.regions;
  const scans = config.where === 'scan';
  const value = encoder.at(-1)!.units + COORDINATES;
  const key = scans ? scan.at(-1)!.units + COORDINATES : value;
  const one = looks === 'hard' && scans;

  const coarse = scans ? (grids.scan.span * shrink) ** 2 + convolutionCost(scan, grids.scan.span) : 0;
  const scores = units * attentionUnits + regions * attentionUnits;
  const where = coarse + regions * key * attentionUnits + config.looks * scores;
  const what = one
    ? config.looks * convolutionCost(encoder, field)
    : convolutionCost(encoder, span) + config.looks * regions * value;
  const rest = config.looks * (value + units) * 3 * units + units * units + units * classes;
  return { where, what, rest, total: where + what + rest };
}

/** Multiply-adds of a stack of convolutions without margins on one channel of `size` x `size`. */
function convolutionCost(layers: readonly ConvLayer[], size: number): number {
  let [side, channels, sum] = [size, 1, 0];
  for (const { filter, stride, units } of layers) {
    side = Math.floor((side - filter) / stride) + 1;
    sum += side * side * filter * filter * channels * units;
    channels = units;
  }
  return sum;
}
