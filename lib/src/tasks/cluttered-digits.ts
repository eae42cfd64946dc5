import type { Random } from '../random/random.js';
import { DIGIT_SIZE, type DigitSet } from './digits.js';
import { distortDigit } from './distort-digit.js';

/** Rows `top` ... `bottom - 1` and columns `left` ... `right - 1`, in pixels. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A whole digit in a picture. */
export interface PlacedDigit {
  /** Which digit it is, 0 to 9. */
  readonly label: number;
  /** Where its 28 x 28 pixels lie. */
  readonly box: Box;
  /** The least box that holds all its ink. */
  readonly ink: Box;
}

/** A picture of whole digits among fragments of others. */
export interface ClutteredDigit {
  /** Height and width in pixels. */
  readonly size: number;
  /** `[size, size]`, row by row, from 0 to 1. */
  readonly pixels: Float32Array;
  /** The digits that are whole; in the base task one. */
  readonly digits: readonly PlacedDigit[];
  /** The one that the question asks for: the base task asks "which digit is whole?". */
  readonly asked: PlacedDigit;
}

export interface ClutteredDigitsConfig {
  /** Height and width of a picture in pixels. */
  readonly size: number;
  /** Fragments in a picture of 60 x 60; larger pictures get as many for their area. */
  readonly fragments: number;
  /** Height and width of a fragment in pixels. */
  readonly fragmentSize: number;
  /**
   * How far digits are turned, stretched and slanted at random, for training; 0 leaves all as they were written. It is done to
   * every second one, fragments included: distortion blurs a little, and a reader must not take sharpness for a sign.
   */
  readonly distortion: number;
}

export const defaultClutteredDigits: ClutteredDigitsConfig = {
  size: 60, // the smaller one of Mnih et al. 2014, section 4.1
  fragments: 6, // about as much ink as the digit has
  fragmentSize: 9, // a third of a digit: a bend or a crossing, from which no digit can be told
  distortion: 0, // what is tested on is real handwriting
};

// Less than this is a blank with a speck, which distracts nobody.
const LEAST_INK = 8;
const INK = 0.1;

/** Fragments of a picture: as many for its area as the configuration has for 60 x 60. */
export function fragmentCount({ size, fragments }: ClutteredDigitsConfig): number {
  return Math.round((fragments * size * size) / 3600);
}

/**
 * Pictures in which one digit is whole, at a place that is as likely as any other, among fragments of other digits (Mnih et
 * al. 2014, section 4.1). Where ink overlaps, the darker pixel is seen.
 *
 * @param digits handwriting to draw from: all pictures of a split come from the digits of that split
 * @throws RangeError for a count that is no whole number from 1, and where a digit or a fragment does not fit into the picture
 */
export function clutteredDigits(
  digits: DigitSet,
  random: Random,
  count: number,
  options: Partial<ClutteredDigitsConfig> = {},
): ClutteredDigit[] {
  const config = { ...defaultClutteredDigits, ...options };
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`clutteredDigits: expected a whole number of pictures from 1, got ${count}.`);
  checkConfig(config);
  return Array.from({ length: count }, () => drawPicture(digits, random, config));
}

function drawPicture(digits: DigitSet, random: Random, config: ClutteredDigitsConfig): ClutteredDigit {
  const { size, fragmentSize, distortion } = config;
  const pixels = new Float32Array(size * size);
  const { image, label } = drawDigit(digits, random, distortion);
  const top = random.integer(size - DIGIT_SIZE + 1);
  const left = random.integer(size - DIGIT_SIZE + 1);
  stamp(pixels, size, image, DIGIT_SIZE, { top, left });
  for (let k = fragmentCount(config); k > 0; k--) {
    const fragment = cutFragment(digits, random, config);
    const place = {
      top: random.integer(size - fragmentSize + 1),
      left: random.integer(size - fragmentSize + 1),
    };
    stamp(pixels, size, fragment, fragmentSize, place);
  }
  const box = { top, left, bottom: top + DIGIT_SIZE, right: left + DIGIT_SIZE };
  const asked = { label, box, ink: inkBox(image, top, left) };
  return { size, pixels, digits: [asked], asked };
}

export function drawDigit(
  digits: DigitSet,
  random: Random,
  distortion: number,
): { image: Float32Array; label: number } {
  const which = random.integer(digits.count);
  const length = DIGIT_SIZE * DIGIT_SIZE;
  const written = digits.pixels.subarray(which * length, (which + 1) * length);
  const changed = distortion > 0 && random.uniform() < 0.5;
  return {
    image: changed ? distortDigit(written, random, distortion) : written,
    label: digits.labels[which]!,
  };
}

/** A square out of a digit, at a place where there is ink. */
export function cutFragment(
  digits: DigitSet,
  random: Random,
  { fragmentSize: side, distortion }: Pick<ClutteredDigitsConfig, 'fragmentSize' | 'distortion'>,
): Float32Array {
  const fragment = new Float32Array(side * side);
  for (;;) {
    const { image } = drawDigit(digits, random, distortion);
    const top = random.integer(DIGIT_SIZE - side + 1);
    const left = random.integer(DIGIT_SIZE - side + 1);
    let ink = 0;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const value = image[(top + y) * DIGIT_SIZE + left + x]!;
        fragment[y * side + x] = value;
        ink += value;
      }
    }
    if (ink >= LEAST_INK) return fragment;
  }
}

export function stamp(
  onto: Float32Array,
  size: number,
  image: Float32Array,
  side: number,
  { top, left }: Pick<Box, 'top' | 'left'>,
): void {
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = (top + y) * size + left + x;
      onto[at] = Math.max(onto[at]!, image[y * side + x]!);
    }
  }
}

function inkBox(image: Float32Array, top: number, left: number): Box {
  let [first, last, west, east] = [DIGIT_SIZE, -1, DIGIT_SIZE, -1];
  for (let y = 0; y < DIGIT_SIZE; y++) {
    for (let x = 0; x < DIGIT_SIZE; x++) {
      if (image[y * DIGIT_SIZE + x]! < INK) continue;
      [first, last] = [Math.min(first, y), Math.max(last, y)];
      [west, east] = [Math.min(west, x), Math.max(east, x)];
    }
  }
  return { top: top + first, left: left + west, bottom: top + last + 1, right: left + east + 1 };
}

function checkConfig({ size, fragments, fragmentSize, distortion }: ClutteredDigitsConfig): void {
  const whole = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  if (!whole(size, DIGIT_SIZE))
    throw new RangeError(
      `A picture of ${size} pixels has no room for a digit: size must be a whole number from ${DIGIT_SIZE}.`,
    );
  if (!whole(fragmentSize, 3) || fragmentSize > DIGIT_SIZE)
    throw new RangeError(`fragmentSize must be a whole number from 3 to ${DIGIT_SIZE}, got ${fragmentSize}.`);
  if (!whole(fragments, 0))
    throw new RangeError(`fragments must be a whole number from 0, got ${fragments}.`);
  checkDistortion(distortion);
}

/** @throws RangeError for more than leaves a digit to be read */
export function checkDistortion(distortion: number): void {
  if (!(distortion >= 0 && distortion <= 2))
    throw new RangeError(`distortion must be from 0 to 2, got ${distortion}.`);
}
