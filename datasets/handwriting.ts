import { createRequire } from 'node:module';
import { type Digits, loadDigits } from '../lib/src/tasks/digits.js';

const require = createRequire(import.meta.url);

/** The digits of the package `mnist`. */
export const handwriting = (): Digits => loadDigits((digit) => require(`mnist/src/digits/${digit}.json`));

/** Pixels in 256 steps of grey: what is hashed, so that a last bit of a float changes nothing. */
export const greys = (pixels: Float32Array): Uint8Array =>
  Uint8Array.from(pixels, (value) => Math.round(255 * value));
