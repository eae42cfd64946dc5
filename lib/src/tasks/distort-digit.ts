import type { Random } from '../random/random.js';
import { DIGIT_SIZE } from './digits.js';

// At a distortion of 1: about what differs between writers, and never enough to turn a 6 into something else.
const TURN = 0.2; // radians
const STRETCH = 0.15;
const SLANT = 0.2;
const SHIFT = 1.5; // pixels

/**
 * The same digit by another hand: turned, stretched, slanted and shifted about its centre, all four uniformly at random. Each
 * pixel looks up where it came from, between four pixels linearly.
 *
 * @param strength how far; 1 is up to 11 degrees, 15 %, a slant of 0.2 and 1.5 pixels
 */
export function distortDigit(image: Float32Array, random: Random, strength: number): Float32Array {
  const spread = (most: number) => strength * random.uniform(-most, most);
  const [turn, tall, wide, slant] = [spread(TURN), 1 + spread(STRETCH), 1 + spread(STRETCH), spread(SLANT)];
  const [shiftY, shiftX] = [spread(SHIFT), spread(SHIFT)];
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  const centre = (DIGIT_SIZE - 1) / 2;
  const pixel = (y: number, x: number) =>
    y < 0 || x < 0 || y >= DIGIT_SIZE || x >= DIGIT_SIZE ? 0 : image[y * DIGIT_SIZE + x]!;
  const out = new Float32Array(image.length);
  for (let y = 0; y < DIGIT_SIZE; y++) {
    for (let x = 0; x < DIGIT_SIZE; x++) {
      const [v, u] = [y - centre - shiftY, x - centre - shiftX];
      const fromY = centre + (cos * v - sin * u) * tall;
      const fromX = centre + (sin * v + cos * u) * wide + slant * v;
      const [y0, x0] = [Math.floor(fromY), Math.floor(fromX)];
      const [b, a] = [fromY - y0, fromX - x0];
      out[y * DIGIT_SIZE + x] =
        (1 - b) * ((1 - a) * pixel(y0, x0) + a * pixel(y0, x0 + 1)) +
        b * ((1 - a) * pixel(y0 + 1, x0) + a * pixel(y0 + 1, x0 + 1));
    }
  }
  return out;
}
