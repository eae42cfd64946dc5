import * as tf from '@tensorflow/tfjs';
import { fusedPatches, loadFused } from '../backend/fused/index.js';
import { createParam, type Initializer } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import type { Random } from '../random/random.js';

export type ConvParams = {
  /** `[height, width, channels, units]` */
  readonly kernel: tf.Variable<tf.Rank.R4>;
};

export interface ConvSizes {
  /** Height and width of the filter. */
  readonly filter: number;
  readonly channels: number;
  readonly units: number;
}

/**
 * Normal with variance 2 / (filter^2 channels): behind a relu, which zeroes one half, this keeps the size of activations (He
 * et al. 2015, equation 10).
 */
const heNormal: Initializer = (random, shape) => {
  const [height = 1, width = 1, channels = 1] = shape;
  const size = shape.reduce((product, axis) => product * axis, 1);
  return random.normals(size, 0, Math.sqrt(2 / (height * width * channels)));
};

/** No bias: batch norm, which follows, would subtract it. */
export function initConv(random: Random, { filter, channels, units }: ConvSizes): ConvParams {
  const shape: [number, number, number, number] = [filter, filter, channels, units];
  return { kernel: createParam<tf.Rank.R4>(random.child('kernel'), shape, heNormal) };
}

/**
 * y[i, j] = sum over the window of x[i stride + a, j stride + b] kernel[a, b], only where the whole window lies in the input:
 * what an output saw does not depend on where in a picture it was, so a part of a picture that is cut out gives the same
 * numbers as in the whole. Who wants a margin pads.
 *
 * @param inputs `[batch, height, width, channels]`
 * @returns `[batch, (height - filter) / stride + 1, (width - filter) / stride + 1, units]`, quotients rounded down
 * @throws where the channels are others than the kernel's, or the input is smaller than the filter
 */
export function conv2d(
  params: { readonly kernel: tf.Tensor4D },
  inputs: tf.Tensor4D,
  stride = 1,
): tf.Tensor4D {
  const [filter, , channels, units] = params.kernel.shape;
  const { batch, height, width } = checkShape('conv2d inputs', inputs, 'batch height width channels', {
    channels,
  });
  if (height < filter || width < filter) {
    throw new Error(
      `conv2d: expected inputs of at least ${filter} x ${filter}, the size of the filter, got ${height} x ${width}; pad them`,
    );
  }
  if (!loadFused().available) return tf.conv2d(inputs, params.kernel, stride, 'valid');
  return tf.tidy(() => {
    const weights = params.kernel.reshape([filter * filter * channels, units]) as tf.Tensor2D;
    const sums = tf.matMul(fusedPatches(inputs, filter, stride), weights);
    const positions = (size: number) => Math.floor((size - filter) / stride) + 1;
    return sums.reshape([batch, positions(height), positions(width), units]) as tf.Tensor4D;
  });
}
