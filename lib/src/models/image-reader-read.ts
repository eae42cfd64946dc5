import * as tf from '@tensorflow/tfjs';
import { checkOneOf } from '../core/options.js';
import { gruStep } from '../recurrent/gru.js';
import { batchesOf } from '../text/padding.js';
import { encodeOneRegion, regionCoordinates } from './image-encoder.js';
import {
  classify,
  encodePictures,
  gridsOf,
  lookAround,
  lookScores,
  scanKeys,
  softLook,
  startState,
} from './image-reader.js';
import { type ImageReader, stackPictures } from './image-reader-config.js';
import { likeliest } from './likeliest.js';

/** What a reader made of one picture. */
export interface ImageReading {
  /** The most probable class. */
  readonly label: number;
  readonly probabilities: Float32Array;
  /** alpha of each look over the regions, row by row from the top left. */
  readonly alpha: readonly Float32Array[];
  /** The region that each look took, or weighed most. */
  readonly places: readonly number[];
}

export interface ReadPicturesOptions {
  /** `soft` mixes all regions, `hard` takes the most probable one at each look. */
  readonly looks: 'soft' | 'hard';
  /** Pictures at a time; by default 100, which keeps memory below 100 MB. */
  readonly batch?: number;
}

/**
 * Reads pictures. A hard reader with a scan encodes the regions that it takes and no others.
 *
 * @throws where pictures differ in size or are smaller than a region, looks are neither soft nor hard, and where pixels or weights are
 *   no numbers
 */
export function readPictures(
  reader: ImageReader,
  pictures: readonly { readonly size: number; readonly pixels: Float32Array }[],
  { looks, batch = 100 }: ReadPicturesOptions,
): ImageReading[] {
  checkOneOf('readPictures', 'looks', looks, ['soft', 'hard']);
  const readings: ImageReading[] = [];
  for (const some of batchesOf(pictures, batch)) {
    tf.tidy(() => {
      const stacked = stackPictures(some);
      const skips = looks === 'hard' && reader.config.where === 'scan';
      readings.push(...(skips ? readChosen(reader, stacked) : readAll(reader, stacked, looks)));
    });
  }
  return readings;
}

/** All regions are encoded, then looked at. */
function readAll(reader: ImageReader, pictures: tf.Tensor4D, looks: 'soft' | 'hard'): ImageReading[] {
  const { logits, scores } = lookAround(
    reader,
    encodePictures(reader, pictures, 'predict'),
    looks === 'soft'
      ? softLook
      : (seen) => ({
          weights: tf.oneHot(tf.argMax(seen, 1), seen.shape[1]).cast('float32').expandDims(1) as tf.Tensor3D,
        }),
  );
  return readingsOf(logits, scores);
}

/** The coarse view says where; only what is taken is encoded. */
function readChosen(reader: ImageReader, pictures: tf.Tensor4D): ImageReading[] {
  const { config, params } = reader;
  const grids = gridsOf(reader, pictures);
  const keys = scanKeys(reader, pictures, grids, 'predict');
  const coordinates = regionCoordinates(grids.regions);
  let state = startState(reader, pictures.shape[0]);
  const scores: tf.Tensor2D[] = [];
  for (let look = 0; look < config.looks; look++) {
    const seen = lookScores(reader, state, keys);
    const places = tf.argMax(seen, 1) as tf.Tensor1D;
    const read = encodeOneRegion(params.encoder, config.encoder, pictures, grids.regions, places.dataSync());
    const context = tf.concat([read, tf.gather(coordinates, places)], 1) as tf.Tensor2D;
    state = gruStep(params.gru, context, state);
    scores.push(seen);
  }
  return readingsOf(classify(reader, state), scores);
}

function readingsOf(logits: tf.Tensor2D, scores: readonly tf.Tensor2D[]): ImageReading[] {
  const [batch, classes] = logits.shape;
  const probabilities = tf.softmax(logits).dataSync() as Float32Array;
  const alphas = scores.map((seen) => tf.softmax(seen).dataSync() as Float32Array);
  return Array.from({ length: batch }, (_, n) => {
    const own = probabilities.slice(n * classes, (n + 1) * classes);
    const alpha = alphas.map((values) => {
      const regions = values.length / batch;
      return values.slice(n * regions, (n + 1) * regions);
    });
    const largest = (values: Float32Array) => likeliest('image reader', `picture ${n} of its batch`, values);
    return { label: largest(own), probabilities: own, alpha, places: alpha.map(largest) };
  });
}
