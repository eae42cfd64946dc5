import * as tf from '@tensorflow/tfjs';
import { checkSizes } from '../core/options.js';
import { checkShape } from '../core/shapes.js';
import { type ConvParams, conv2d, initConv } from '../layers/conv.js';
import type { Random } from '../random/random.js';
import type { FrameEncoder } from './sequence-classifier-config.js';

export interface PictureEncoderSizes {
  /** Height and width of a frame in pixels, at least 15. */
  readonly size: number;
  /** Filters of the two convolutions. Default 8 and 16: enough for digits at a few milliseconds a batch. */
  readonly filters?: readonly [number, number];
}

/** An encoder of pictures, and how many numbers it makes of one. */
export interface PictureEncoder extends FrameEncoder {
  readonly features: number;
}

/**
 * Two convolutions of stride 2 (filters of 5 and 3 pixels) with rectifiers, for frames of one channel: `[batch, time, size, size]`
 * to `[batch, time, features]`. Each frame by itself.
 *
 * @throws for frames of fewer than 15 pixels, of which less than 2 x 2 places would be left, and for filters that cannot be
 */
export function initPictureEncoder(
  random: Random,
  { size, filters = [8, 16] }: PictureEncoderSizes,
): PictureEncoder {
  checkSizes('picture encoder', { size }, 15);
  const [first, second] = filters;
  checkSizes('picture encoder', { 'filters[0]': first, 'filters[1]': second });
  const params: { readonly first: ConvParams; readonly second: ConvParams } = {
    first: initConv(random.child('first'), { filter: 5, channels: 1, units: first }),
    second: initConv(random.child('second'), { filter: 3, channels: first, units: second }),
  };
  const half = (pixels: number, filter: number) => Math.floor((pixels - filter) / 2) + 1;
  const features = half(half(size, 5), 3) ** 2 * second;
  const encode = (frames: tf.Tensor): tf.Tensor3D => {
    const { batch, time } = checkShape('picture encoder', frames, 'batch time height width', {
      height: size,
      width: size,
    });
    return tf.tidy(() => {
      const pictures = frames.reshape([batch * time, size, size, 1]) as tf.Tensor4D;
      const edges = tf.relu(conv2d(params.first, pictures, 2));
      const parts = tf.relu(conv2d(params.second, edges, 2));
      return parts.reshape([batch, time, features]);
    });
  };
  return { params, encode, features };
}
