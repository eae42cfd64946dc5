import * as tf from '@tensorflow/tfjs';
import type { KernelCall } from './kernel.js';

/** Where a window lies in the input and what it sees; a plane is a volume of depth 1. */
export interface Windows {
  readonly batch: number;
  readonly channels: number;
  readonly input: readonly [depth: number, height: number, width: number];
  readonly output: readonly [depth: number, height: number, width: number];
  readonly filter: readonly [depth: number, height: number, width: number];
  readonly stride: readonly [depth: number, height: number, width: number];
  readonly dilation: readonly [depth: number, height: number, width: number];
  readonly padding: readonly [front: number, top: number, left: number];
}

export function plane(info: tf.backend_util.Conv2DInfo): Windows {
  if (info.dataFormat !== 'channelsLast') {
    throw new Error(
      "gradients of convolution on wasm: expected data format 'NHWC', got 'NCHW'; transpose the input",
    );
  }
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    input: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    filter: [1, info.filterHeight, info.filterWidth],
    stride: [1, info.strideHeight, info.strideWidth],
    dilation: [1, info.dilationHeight, info.dilationWidth],
    padding: [0, info.padInfo.top, info.padInfo.left],
  };
}

export function volume(info: tf.backend_util.Conv3DInfo): Windows {
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    filter: [info.filterDepth, info.filterHeight, info.filterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilation: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    padding: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
  };
}

/** How many positions a box of these sizes has. */
export const positions = (sizes: readonly [number, number, number]): number => sizes[0] * sizes[1] * sizes[2];

/**
 * Calls `visit` for every pair of an output position and a filter position whose input position is not padding:
 * `row` counts outputs over the images `from` to `to`, `tap` filter positions, `pixel` inputs over all images.
 */
export function forEachTap(
  g: Windows,
  from: number,
  to: number,
  visit: (row: number, tap: number, pixel: number) => void,
): void {
  const [inDepth, inHeight, inWidth] = g.input;
  const [depth, height, width] = g.filter;
  let row = 0;
  for (let n = from; n < to; n++) {
    for (let outD = 0; outD < g.output[0]; outD++) {
      for (let outH = 0; outH < g.output[1]; outH++) {
        for (let outW = 0; outW < g.output[2]; outW++, row++) {
          for (let fd = 0; fd < depth; fd++) {
            const d = outD * g.stride[0] + fd * g.dilation[0] - g.padding[0];
            if (d < 0 || d >= inDepth) continue;
            for (let fh = 0; fh < height; fh++) {
              const h = outH * g.stride[1] + fh * g.dilation[1] - g.padding[1];
              if (h < 0 || h >= inHeight) continue;
              for (let fw = 0; fw < width; fw++) {
                const w = outW * g.stride[2] + fw * g.dilation[2] - g.padding[2];
                if (w < 0 || w >= inWidth) continue;
                visit(row, (fd * height + fh) * width + fw, ((n * inDepth + d) * inHeight + h) * inWidth + w);
              }
            }
          }
        }
      }
    }
  }
}

/** The windows of a 3-D pooling kernel, from its attributes. */
export function pooling3d(
  shape: number[],
  attrs: KernelCall['attrs'],
): { windows: Windows; outShape: number[] } {
  const { filterSize, strides, pad, dimRoundingMode, dataFormat } = attrs;
  const size = shape as [number, number, number, number, number];
  const format = dataFormat ?? 'NDHWC';
  const info = tf.backend_util.computePool3DInfo(size, filterSize, strides, 1, pad, dimRoundingMode, format);
  return { outShape: info.outShape, windows: volume(info) };
}

/** The windows of a 2-D pooling kernel, from its attributes. */
export function pooling2d(shape: number[], attrs: KernelCall['attrs']): Windows {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const size = shape as [number, number, number, number];
  return plane(tf.backend_util.computePool2DInfo(size, filterSize, strides, 1, pad, dimRoundingMode));
}
