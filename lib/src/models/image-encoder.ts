import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';
import { assignBatchNorm, type BatchNormParams, batchNorm, initBatchNorm } from '../layers/batch-norm.js';
import { type ConvParams, conv2d, initConv } from '../layers/conv.js';
import type { Random } from '../random/random.js';
import { type ConvLayer, type RegionGrid, regionCentre } from './image-grid.js';

export type EncoderLayerParams = ConvParams & { readonly norm: BatchNormParams };
export type ImageEncoderParams = readonly EncoderLayerParams[];

/**
 * `train`: batch norm by the batch, and its running averages are moved; `measure`: by the batch, averages stay (for a second
 * pass in one step); `predict`: by the running averages.
 */
export type EncoderMode = 'train' | 'measure' | 'predict';

export function initImageEncoder(
  random: Random,
  layers: readonly ConvLayer[],
  channels = 1,
): ImageEncoderParams {
  return layers.map(({ filter, units }, index) => {
    const own = random.child(index);
    const incoming = index === 0 ? channels : layers[index - 1]!.units;
    return {
      ...initConv(own, { filter, channels: incoming, units }),
      norm: initBatchNorm(own.child('norm'), units),
    };
  });
}

/** Convolution, batch norm and relu, layer after layer, without margins: `[batch, height, width, channels]` to `[batch, ., ., units]`. */
export function convolve(
  params: ImageEncoderParams,
  layers: readonly ConvLayer[],
  pictures: tf.Tensor4D,
  mode: EncoderMode,
): tf.Tensor4D {
  return tf.tidy(() =>
    layers.reduce((input, { stride }, index) => {
      const { norm, kernel } = params[index]!;
      const { outputs, state } = batchNorm(norm, norm.running, conv2d({ kernel }, input, stride), {
        mode: mode === 'predict' ? 'predict' : 'train',
        activation: 'relu',
      });
      if (mode === 'train') assignBatchNorm(norm.running, state);
      return outputs;
    }, pictures),
  );
}

/** Pictures `[batch, size, size, channels]` with the margin that their grid asks for. */
export function withMargin(pictures: tf.Tensor4D, { size, span, margin }: RegionGrid): tf.Tensor4D {
  const after = span - size - margin;
  return tf.pad(pictures, [
    [0, 0],
    [margin, after],
    [margin, after],
    [0, 0],
  ]);
}

/**
 * The annotation of every region, all at once: neighbours share what they both see.
 *
 * @param pictures `[batch, size, size, channels]`
 * @returns `[batch, regions, units]`
 * @throws where the pictures are not of the grid's size
 */
export function encodeRegions(
  params: ImageEncoderParams,
  layers: readonly ConvLayer[],
  pictures: tf.Tensor4D,
  grid: RegionGrid,
  mode: EncoderMode,
): tf.Tensor3D {
  const units = layers.at(-1)!.units;
  checkGrid('encodeRegions', pictures, grid);
  return tf.tidy(() =>
    convolve(params, layers, withMargin(pictures, grid), mode).reshape([-1, grid.regions, units]),
  );
}

/**
 * The annotation of one region a picture, from its own pixels alone: in prediction the same numbers as in
 * {@link encodeRegions}, at the cost of one region.
 *
 * @param places region of each picture
 * @returns `[batch, units]`
 * @throws where the pictures are not of the grid's size, or there is not one of its regions for each
 */
export function encodeOneRegion(
  params: ImageEncoderParams,
  layers: readonly ConvLayer[],
  pictures: tf.Tensor4D,
  grid: RegionGrid,
  places: ArrayLike<number>,
): tf.Tensor2D {
  return tf.tidy(() => {
    const crops = cropRegions(pictures, grid, places);
    return convolve(params, layers, crops, 'predict').reshape([-1, layers.at(-1)!.units]) as tf.Tensor2D;
  });
}

function checkGrid(label: string, pictures: tf.Tensor4D, { size }: RegionGrid) {
  return checkShape(`${label} pictures`, pictures, 'batch height width channels', {
    height: size,
    width: size,
  });
}

/** What one region of each picture sees, `[batch, field, field, channels]`; beyond the picture it is blank. */
export function cropRegions(pictures: tf.Tensor4D, grid: RegionGrid, places: ArrayLike<number>): tf.Tensor4D {
  const { batch, channels } = checkGrid('encodeOneRegion', pictures, grid);
  const { size, field, side, stride, margin, regions } = grid;
  if (places.length !== batch)
    throw new Error(
      `encodeOneRegion: expected one region for each of ${batch} pictures, got ${places.length}`,
    );
  for (let n = 0; n < batch; n++)
    if (!(Number.isInteger(places[n]) && places[n]! >= 0 && places[n]! < regions))
      throw new RangeError(
        `encodeOneRegion: regions are 0 to ${regions - 1}, got ${places[n]} for picture ${n}`,
      );
  const pixels = pictures.dataSync();
  const crops = new Float32Array(batch * field * field * channels);
  for (let n = 0; n < batch; n++) {
    const top = Math.floor(places[n]! / side) * stride - margin;
    const left = (places[n]! % side) * stride - margin;
    for (let y = Math.max(0, -top); y < Math.min(field, size - top); y++) {
      const [from, to] = [Math.max(0, -left), Math.min(field, size - left)];
      const start = ((n * size + top + y) * size + left + from) * channels;
      const row = pixels.subarray(start, start + (to - from) * channels);
      crops.set(row, ((n * field + y) * field + from) * channels);
    }
  }
  return tf.tensor4d(crops, [batch, field, field, channels]);
}

/** Where each region is, from -1 (top, left) to 1: `[regions, 2]`. */
export function regionCoordinates(grid: RegionGrid): tf.Tensor2D {
  const rows = Array.from({ length: grid.regions }, (_, region) =>
    regionCentre(grid, region).map((at) => (2 * at) / grid.size - 1),
  );
  return tf.tensor2d(rows, [grid.regions, 2]);
}

/** Vectors of regions `[batch, regions, units]` with their coordinates behind: `[batch, regions, units + 2]`. */
export function withCoordinates(vectors: tf.Tensor3D, grid: RegionGrid): tf.Tensor3D {
  const [batch, regions] = vectors.shape;
  return tf.tidy(() => {
    const places = regionCoordinates(grid).expandDims(0).tile([batch, 1, 1]) as tf.Tensor3D;
    return tf.concat([vectors, places.reshape([batch, regions, 2]) as tf.Tensor3D], 2);
  });
}
