import type { Random } from '../random/random.js';

/** A drawn thing without margin: the first and last row and column have ink. */
export interface Ink {
  readonly height: number;
  readonly width: number;
  /** `[height, width]`, row by row: 0 for paper, 1 for full ink. */
  readonly pixels: Float32Array;
}

/** Whether a point belongs to the shape; x to the right and y downwards, the shape about between -1 and 1. */
type Inside = (x: number, y: number) => boolean;

const shapes: Readonly<Record<string, Inside>> = {
  circle: (x, y) => x * x + y * y <= 1,
  ring: (x, y) => x * x + y * y <= 1 && x * x + y * y >= 0.3,
  moon: (x, y) => x * x + y * y <= 1 && (x - 0.55) ** 2 + y * y >= 0.64,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.85,
  diamond: (x, y) => Math.abs(x) + Math.abs(y) <= 1,
  triangle: (x, y) => y <= 0.8 && Math.abs(x) <= (y + 1) * 0.55,
  cross: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 1 && Math.min(Math.abs(x), Math.abs(y)) <= 0.28,
  star: insideStar,
};

/** Where the points of the star are, one of them upwards. */
const starPoints = [0, 1, 2, 3, 4].map((k) => [
  Math.sin((2 * Math.PI * k) / 5),
  -Math.cos((2 * Math.PI * k) / 5),
]) as [number, number][];
const starEdge = Math.cos((2 * Math.PI) / 5);

/** The pentagram: inside of its five lines but for one at most. */
function insideStar(x: number, y: number): boolean {
  let beyond = 0;
  for (const [px, py] of starPoints) if (x * px + y * py > starEdge) beyond++;
  return beyond <= 1 && x * x + y * y <= 1;
}

export const SHAPE_NAMES: readonly string[] = Object.keys(shapes);

/** Least and greatest half extent in pixels: none leaves a cell of 20 x 20. */
const HALF = [6, 9] as const;
/** A shape is turned by at most this, in radians: no square becomes a diamond. */
const TURN = 0.2;
/** Greyscale of the ink. */
const DARKNESS = [0.6, 1] as const;
/** Points a pixel is asked at, in each direction; their share inside is its grey. */
const POINTS = 3;

/** Draws a shape of random size, turn and darkness. @throws RangeError for an unknown name */
export function drawShape(name: string, random: Random): Ink {
  const inside = shapes[name];
  if (inside === undefined)
    throw new RangeError(`drawShape: unknown shape "${name}"; known are ${SHAPE_NAMES.join(', ')}.`);
  const half = random.uniform(...HALF);
  const turn = random.uniform(-TURN, TURN);
  const darkness = random.uniform(...DARKNESS);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const side = 2 * Math.ceil(half) + 2; // a turned square reaches further than its half extent
  const pixels = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let hits = 0;
      for (let k = 0; k < POINTS * POINTS; k++) {
        const x = (column + ((k % POINTS) + 0.5) / POINTS - side / 2) / half;
        const y = (row + (Math.floor(k / POINTS) + 0.5) / POINTS - side / 2) / half;
        if (inside(cos * x + sin * y, cos * y - sin * x)) hits++;
      }
      pixels[row * side + column] = (darkness * hits) / (POINTS * POINTS);
    }
  }
  return cropInk({ height: side, width: side, pixels });
}

/** What is left without the blank margin. @throws RangeError where nothing is drawn */
export function cropInk({ height, width, pixels }: Ink): Ink {
  let [top, bottom, left, right] = [height, 0, width, 0];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (!(pixels[row * width + column]! > 0)) continue;
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
      [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    }
  }
  if (bottom === 0)
    throw new RangeError('cropInk: there is no ink in the picture; expected a pixel above 0.');
  const cropped = new Float32Array((bottom - top) * (right - left));
  for (let row = top; row < bottom; row++)
    cropped.set(pixels.subarray(row * width + left, row * width + right), (row - top) * (right - left));
  return { height: bottom - top, width: right - left, pixels: cropped };
}
