import type { Random } from '../random/random.js';
import { checkDistortion, cutFragment, drawDigit, stamp } from './cluttered-digits.js';
import { DIGIT_SIZE, type DigitSet } from './digits.js';
import type { Stretch } from './stretches.js';

/** A clip in which a digit shows for a moment. */
export interface MovingDigit {
  /** Which digit it is, 0 to 9. */
  readonly label: number;
  /** Number of frames. */
  readonly time: number;
  /** Height and width of a frame in pixels. */
  readonly size: number;
  /** `[time, size, size]`, frame after frame, row by row, from 0 to 1. */
  readonly pixels: Float32Array;
  /** The frames that show the digit, start ... end - 1. */
  readonly stretch: Stretch;
}

export interface MovingDigitsConfig {
  /** Frames a clip. */
  readonly time: number;
  /** Frames that show the digit, one after the other. */
  readonly clear: number;
  /** Height and width of a frame in pixels. */
  readonly size: number;
  /** Drifting fragments of other digits in a frame without the digit. */
  readonly fragments: number;
  /** Those that stay while the digit shows. */
  readonly beside: number;
  /** How far every second digit is turned, stretched and slanted at random, for training; see `distortDigit`. */
  readonly distortion: number;
}

export const defaultMovingDigits: MovingDigitsConfig = {
  time: 12,
  clear: 2, // one sixth of the clip: a mean over all frames is mostly clutter
  size: 32,
  fragments: 6, // about as much ink as a digit, so brightness does not give the frames away
  beside: 1,
  distortion: 0, // what is tested on is real handwriting
};

const FRAGMENT_SIZE = 9; // a third of a digit, from which no digit can be told

/**
 * Clips in which fragments of handwritten digits drift about and one whole digit passes for a few frames. All that tells the
 * digit is in those frames: the fragments are cut from digits that are drawn independently.
 *
 * @param digits handwriting to draw from: all clips of a split come from the digits of that split
 * @throws RangeError for sizes and a distortion that cannot be, where the digit does not fit, or there are not two frames
 */
export function movingDigits(
  digits: DigitSet,
  random: Random,
  count: number,
  options: Partial<MovingDigitsConfig> = {},
): MovingDigit[] {
  const config = { ...defaultMovingDigits, ...options };
  checkConfig(config, count);
  return Array.from({ length: count }, () => drawClip(digits, random, config));
}

function drawClip(digits: DigitSet, random: Random, config: MovingDigitsConfig): MovingDigit {
  const { time, clear, size, fragments, beside, distortion } = config;
  const { image, label } = drawDigit(digits, random, distortion);
  const start = random.integer(time - clear + 1);
  const stretch: Stretch = [start, start + clear];
  const passing = path(random, size - DIGIT_SIZE);
  const drifting = Array.from({ length: fragments }, () => ({
    image: cutFragment(digits, random, { fragmentSize: FRAGMENT_SIZE, distortion }),
    path: path(random, size - FRAGMENT_SIZE),
  }));
  const pixels = new Float32Array(time * size * size);
  for (let t = 0; t < time; t++) {
    const frame = pixels.subarray(t * size * size, (t + 1) * size * size);
    const shows = t >= stretch[0] && t < stretch[1];
    if (shows) stamp(frame, size, image, DIGIT_SIZE, passing(t));
    for (const fragment of shows ? drifting.slice(0, beside) : drifting)
      stamp(frame, size, fragment.image, FRAGMENT_SIZE, fragment.path(t));
  }
  return { label, time, size, pixels, stretch };
}

/** A straight way at up to 2 pixels a frame, thrown back by the edges: the upper left corner at each frame, 0 ... room. */
function path(random: Random, room: number): (t: number) => { readonly top: number; readonly left: number } {
  const axis = () => {
    const [from, speed] = [random.integer(room + 1), random.integer(5) - 2];
    return (t: number) => bounce(from + speed * t, room);
  };
  const [down, across] = [axis(), axis()];
  return (t) => ({ top: down(t), left: across(t) });
}

/** Where a ball is on 0 ... room that would be at `way` without the walls. */
function bounce(way: number, room: number): number {
  if (room === 0) return 0;
  const there = ((way % (2 * room)) + 2 * room) % (2 * room);
  return there <= room ? there : 2 * room - there;
}

function checkConfig(config: MovingDigitsConfig, count: number): void {
  const { time, clear, size, fragments, beside } = config;
  checkDistortion(config.distortion);
  const least = { count: [count, 1], time: [time, 2], clear: [clear, 1], size: [size, DIGIT_SIZE] } as const;
  const more = { fragments: [fragments, 0], beside: [beside, 0] } as const;
  for (const [name, [value, minimum]] of Object.entries({ ...least, ...more })) {
    if (!Number.isSafeInteger(value) || value < minimum)
      throw new RangeError(
        `movingDigits: ${name} must be a whole number of at least ${minimum}, got ${value}`,
      );
  }
  if (clear > time || beside > fragments)
    throw new RangeError(
      `movingDigits: expected clear <= time and beside <= fragments, got ${clear} of ${time} and ${beside} of ${fragments}`,
    );
}
