import { positions, type Windows } from './windows.js';

/**
 * Where an image and its patches (a row for what each output position sees) hold the same numbers, as triples: place in the
 * patches, place in the image, length. Padding is in none.
 *
 * Filter positions along the width lie side by side in memory, in the input as in the row: each such stretch is moved at
 * once. Needs a dilation of 1 along the width. A list, since it is made once for all images of a batch: their loops are the inside
 * of training a convolution, and a function called for each stretch takes three times as long.
 */
function stretchesOf(g: Windows): Int32Array {
  const [inDepth, inHeight, inWidth] = g.input;
  const [outDepth, outHeight, outWidth] = g.output;
  const [depth, height, width] = g.filter;
  const [strideD, strideH, strideW] = g.stride;
  const [dilationD, dilationH] = g.dilation;
  const [front, top, side] = g.padding;
  const { channels } = g;
  const stretches = new Int32Array(3 * positions(g.output) * depth * height);
  let count = 0;
  let row = 0;
  for (let outD = 0; outD < outDepth; outD++) {
    for (let outH = 0; outH < outHeight; outH++) {
      for (let outW = 0; outW < outWidth; outW++, row += depth * height * width) {
        const left = outW * strideW - side;
        const first = Math.max(0, -left);
        const length = Math.min(width, inWidth - left) - first;
        if (length <= 0) continue;
        for (let fd = 0; fd < depth; fd++) {
          const d = outD * strideD + fd * dilationD - front;
          if (d < 0 || d >= inDepth) continue;
          for (let fh = 0; fh < height; fh++) {
            const h = outH * strideH + fh * dilationH - top;
            if (h < 0 || h >= inHeight) continue;
            stretches[count++] = (row + (fd * height + fh) * width + first) * channels;
            stretches[count++] = ((d * inHeight + h) * inWidth + left + first) * channels;
            stretches[count++] = length * channels;
          }
        }
      }
    }
  }
  return stretches.subarray(0, count);
}

/** Writes what each output position of the images `from` to `to` saw, a row each; `patches` holds zeros for the padding. */
export function gatherPatches(
  g: Windows,
  from: number,
  to: number,
  pixels: Float32Array,
  patches: Float32Array,
): void {
  const stretches = stretchesOf(g);
  const [image, rows] = sizesOf(g);
  for (let n = from; n < to; n++) {
    for (let s = 0; s < stretches.length; s += 3) {
      const patch = (n - from) * rows + stretches[s]!;
      const pixel = n * image + stretches[s + 1]!;
      const length = stretches[s + 2]!;
      for (let k = 0; k < length; k++) patches[patch + k] = pixels[pixel + k]!;
    }
  }
}

/**
 * Adds each row of patches back to the inputs that it came from. One loop for both directions, with a choice at each stretch, was
 * measured: up to 5 % slower here.
 */
export function scatterPatches(
  g: Windows,
  from: number,
  to: number,
  patches: Float32Array,
  pixels: Float32Array,
): void {
  const stretches = stretchesOf(g);
  const [image, rows] = sizesOf(g);
  for (let n = from; n < to; n++) {
    for (let s = 0; s < stretches.length; s += 3) {
      const patch = (n - from) * rows + stretches[s]!;
      const pixel = n * image + stretches[s + 1]!;
      const length = stretches[s + 2]!;
      for (let k = 0; k < length; k++) pixels[pixel + k]! += patches[patch + k]!;
    }
  }
}

/** Numbers of an image, and of its patches. */
const sizesOf = (g: Windows): [image: number, patches: number] => [
  positions(g.input) * g.channels,
  positions(g.output) * positions(g.filter) * g.channels,
];
