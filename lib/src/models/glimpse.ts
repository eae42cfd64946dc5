import * as tf from '@tensorflow/tfjs';
import { checkSizes } from '../core/options.js';
import { checkShape } from '../core/shapes.js';

/** What a glimpse takes in: squares around one place, each twice as wide as the one before and seen half as sharply. */
export interface GlimpseConfig {
  /** Height and width of the sharpest square, and of what each of them is shrunk to. */
  readonly side: number;
  /** How many squares. */
  readonly scales: number;
}

export const defaultGlimpse: GlimpseConfig = {
  side: 12, // Mnih et al. 2014, section 4.1, for pictures of 60 x 60
  scales: 3, // 12, 24 and 48 pixels wide: the last sees most of a picture, as a blur that tells where to go
};

/**
 * The glimpse sensor of Mnih et al. 2014, section 3.1: around a place of each picture, `scales` squares of side, 2 side, 4 side ...
 * pixels, each averaged down to side x side. Only the pixels of the squares are read: the cost does not grow with the picture.
 *
 * @param pictures `[batch, size, size, 1]`
 * @param places `[batch]` centres from -1 (top, left) to 1; beyond the picture it is blank
 * @returns `[batch, scales * side * side]`, a constant: no gradient goes to the place
 * @throws where the sizes are not positive integers, pictures are not square and grey, or there is not one place a picture, two numbers
 */
export function takeGlimpse(
  pictures: tf.Tensor4D,
  places: readonly (readonly [y: number, x: number])[],
  { side, scales }: GlimpseConfig,
): tf.Tensor2D {
  checkSizes('takeGlimpse', { side, scales });
  const { batch, size } = checkShape('takeGlimpse pictures', pictures, 'batch size size channels', {
    channels: 1,
  });
  if (places.length !== batch)
    throw new Error(`takeGlimpse: expected one place for each of ${batch} pictures, got ${places.length}`);
  const lost = places.findIndex((place) => !place.every(Number.isFinite));
  if (lost >= 0)
    throw new Error(
      `takeGlimpse: the place of picture ${lost} is [${places[lost]!.join(', ')}], expected two numbers; pixels or weights are none`,
    );
  const pixels = pictures.dataSync();
  const seen = new Float32Array(batch * scales * side * side);
  let at = 0;
  for (const [n, [placeY, placeX]] of places.entries()) {
    const [centreY, centreX] = [((placeY + 1) / 2) * size, ((placeX + 1) / 2) * size];
    for (let scale = 0; scale < scales; scale++) {
      const shrink = 2 ** scale;
      const top = Math.round(centreY - (side * shrink) / 2);
      const left = Math.round(centreX - (side * shrink) / 2);
      for (let i = 0; i < side; i++) {
        for (let j = 0; j < side; j++) {
          seen[at++] = mean(pixels, n * size * size, size, top + i * shrink, left + j * shrink, shrink);
        }
      }
    }
  }
  return tf.tensor2d(seen, [batch, scales * side * side]);
}

/** Mean of a square of `width` pixels, blank beyond the picture. */
function mean(
  pixels: ArrayLike<number>,
  start: number,
  size: number,
  top: number,
  left: number,
  width: number,
): number {
  let sum = 0;
  for (let y = Math.max(0, top); y < Math.min(size, top + width); y++) {
    for (let x = Math.max(0, left); x < Math.min(size, left + width); x++)
      sum += pixels[start + y * size + x]!;
  }
  return sum / (width * width);
}
