import { positions, type Windows } from './windows.js';

/**
 * Writes what each output position of the images `from` to `to` saw, a row each; `patches` holds zeros for the padding.
 *
 * Filter positions along the width lie side by side in memory, in the input as in the row: each such stretch is copied at
 * once. Needs a dilation of 1 along the width. The two loops of this file are the inside of training a convolution and are
 * written out, since a function called for each stretch takes three times as long.
 */
export function gatherPatches(
  g: Windows,
  from: number,
  to: number,
  pixels: Float32Array,
  patches: Float32Array,
): void {
  const [inDepth, inHeight, inWidth] = g.input;
  const [outDepth, outHeight, outWidth] = g.output;
  const [depth, height, width] = g.filter;
  const [strideD, strideH, strideW] = g.stride;
  const [dilationD, dilationH] = g.dilation;
  const [front, top, side] = g.padding;
  const { channels } = g;
  const rowSize = positions(g.filter) * channels;
  let row = 0;
  for (let n = from; n < to; n++) {
    for (let outD = 0; outD < outDepth; outD++) {
      for (let outH = 0; outH < outHeight; outH++) {
        for (let outW = 0; outW < outWidth; outW++, row += rowSize) {
          const left = outW * strideW - side;
          const first = Math.max(0, -left);
          const length = (Math.min(width, inWidth - left) - first) * channels;
          for (let fd = 0; fd < depth; fd++) {
            const d = outD * strideD + fd * dilationD - front;
            if (d < 0 || d >= inDepth) continue;
            for (let fh = 0; fh < height; fh++) {
              const h = outH * strideH + fh * dilationH - top;
              if (h < 0 || h >= inHeight) continue;
              const patch = row + ((fd * height + fh) * width + first) * channels;
              const pixel = (((n * inDepth + d) * inHeight + h) * inWidth + left + first) * channels;
              for (let k = 0; k < length; k++) patches[patch + k] = pixels[pixel + k]!;
            }
          }
        }
      }
    }
  }
}

/** Adds each row of patches back to the inputs that it came from. */
export function scatterPatches(
  g: Windows,
  from: number,
  to: number,
  patches: Float32Array,
  pixels: Float32Array,
): void {
  const [inDepth, inHeight, inWidth] = g.input;
  const [outDepth, outHeight, outWidth] = g.output;
  const [depth, height, width] = g.filter;
  const [strideD, strideH, strideW] = g.stride;
  const [dilationD, dilationH] = g.dilation;
  const [front, top, side] = g.padding;
  const { channels } = g;
  const rowSize = positions(g.filter) * channels;
  let row = 0;
  for (let n = from; n < to; n++) {
    for (let outD = 0; outD < outDepth; outD++) {
      for (let outH = 0; outH < outHeight; outH++) {
        for (let outW = 0; outW < outWidth; outW++, row += rowSize) {
          const left = outW * strideW - side;
          const first = Math.max(0, -left);
          const length = (Math.min(width, inWidth - left) - first) * channels;
          for (let fd = 0; fd < depth; fd++) {
            const d = outD * strideD + fd * dilationD - front;
            if (d < 0 || d >= inDepth) continue;
            for (let fh = 0; fh < height; fh++) {
              const h = outH * strideH + fh * dilationH - top;
              if (h < 0 || h >= inHeight) continue;
              const patch = row + ((fd * height + fh) * width + first) * channels;
              const pixel = (((n * inDepth + d) * inHeight + h) * inWidth + left + first) * channels;
              for (let k = 0; k < length; k++) pixels[pixel + k]! += patches[patch + k]!;
            }
          }
        }
      }
    }
  }
}
