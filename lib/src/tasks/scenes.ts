import type { Random } from '../random/random.js';
import type { Box } from './cluttered-digits.js';
import { DIGIT_SIZE, type DigitSet } from './digits.js';
import { distortDigit } from './distort-digit.js';
import { describeScene, type SceneLayout, type ScenePlace } from './scene-captions.js';
import { cropInk, drawShape, type Ink, SHAPE_NAMES } from './scene-shapes.js';

/** What scenes are made of: things with names, each drawn anew whenever it is wanted. */
export interface SceneThings {
  readonly names: readonly string[];
  /** At most `CELL` x `CELL` pixels. @throws RangeError for a name that it does not have */
  draw(name: string, random: Random): Ink;
}

/** Drawn shapes of random size, turn and darkness. */
export const shapeThings: SceneThings = { names: SHAPE_NAMES, draw: drawShape };

export const DIGIT_NAMES: readonly string[] = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine',
]; // biome-ignore format: one line

/**
 * Handwritten digits: of each name any that the set has.
 *
 * @param options.distortion how far a digit is turned, stretched and slanted at random, for training; 0, the default, leaves it as it
 *   was written
 */
export function digitThings(digits: DigitSet, { distortion = 0 }: { distortion?: number } = {}): SceneThings {
  const places = DIGIT_NAMES.map((_, digit) =>
    Array.from({ length: digits.count }, (_, k) => k).filter((k) => digits.labels[k] === digit),
  );
  const size = DIGIT_SIZE * DIGIT_SIZE;
  const crop = (pixels: Float32Array) => cropInk({ height: DIGIT_SIZE, width: DIGIT_SIZE, pixels });
  return {
    names: DIGIT_NAMES,
    draw: (name, random) => {
      const of = places[DIGIT_NAMES.indexOf(name)];
      if (of === undefined || of.length === 0)
        throw new RangeError(
          `digitThings: there is no digit "${name}"; known are ${DIGIT_NAMES.join(', ')}.`,
        );
      const at = random.choice(of) * size;
      const written = digits.pixels.subarray(at, at + size);
      if (distortion === 0) return crop(written);
      const drawn = crop(distortDigit(written, random, distortion));
      // A digit that was as large as its cell before may not fit any more.
      return drawn.height <= CELL && drawn.width <= CELL ? drawn : crop(written);
    },
  };
}

/** Cells of a picture, in each direction. */
export const SCENE_CELLS = 3;
/** Height and width of a cell in pixels: as much as the ink of a digit of MNIST, which was scaled to fit into 20 x 20. */
export const CELL = 20;
/** Height and width of a picture in pixels. */
export const SCENE_SIZE = SCENE_CELLS * CELL;

export interface SceneObject extends ScenePlace {
  /** The cell that it stands in. */
  readonly cell: Box;
  /** The least box that holds its ink. */
  readonly ink: Box;
}

/** A picture with its caption. */
export interface Scene {
  /** Height and width in pixels. */
  readonly size: number;
  /** `[size, size]`, row by row, from 0 to 1. */
  readonly pixels: Float32Array;
  /** In the order of the caption. */
  readonly objects: readonly SceneObject[];
  readonly layout: SceneLayout;
  readonly caption: string;
  readonly words: readonly string[];
  /** The object that each word names, null for the words between. */
  readonly named: readonly (SceneObject | null)[];
}

export interface SceneChoice {
  /** Things in a picture. */
  readonly objects: 2 | 3;
  /** Scenes with an ordered pair of names that is held out (`isHeldOut`), only such without, or any. */
  readonly combinations: 'trained' | 'held out' | 'any';
  /** Names that do not occur. */
  readonly without: readonly string[];
  /** A name that does; undefined for any. */
  readonly including: string | undefined;
}

export const defaultSceneChoice: SceneChoice = {
  objects: 2,
  combinations: 'any',
  without: [],
  including: undefined,
};

/**
 * Whether a caption that names `first` somewhere before `second` is kept out of training: one second for each first, so that
 * every name is trained in both places, and the pair never.
 */
export function isHeldOut(names: readonly string[], first: string, second: string): boolean {
  return names[(names.indexOf(first) + 3) % names.length] === second;
}

/**
 * Pictures of two or three things on a grid of cells, in one row, one column or around a corner, each at a random place in its
 * cell, with the caption that says how they stand.
 *
 * @throws RangeError where the count is no whole number from 1, or the choice leaves nothing to draw
 */
export function drawScenes(
  things: SceneThings,
  random: Random,
  count: number,
  choice: Partial<SceneChoice> = {},
): Scene[] {
  const full = { ...defaultSceneChoice, ...choice };
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`drawScenes: expected a whole number of scenes from 1, got ${count}.`);
  const names = allowedNames(things.names, full);
  return Array.from({ length: count }, () => drawScene(things, random, random.choice(names)));
}

/** The names of a picture in the order of its caption, all that a choice allows. */
export function allowedNames(
  names: readonly string[],
  { objects, combinations, without, including }: SceneChoice,
): string[][] {
  const unknown = [...without, ...(including === undefined ? [] : [including])].find(
    (name) => !names.includes(name),
  );
  if (unknown !== undefined)
    throw new RangeError(`drawScenes: unknown name "${unknown}"; known are ${names.join(', ')}.`);
  if (objects !== 2 && objects !== 3)
    throw new RangeError(`drawScenes: a picture has 2 or 3 objects, got ${objects}.`);
  if (!['trained', 'held out', 'any'].includes(combinations))
    throw new RangeError(
      `drawScenes: combinations are "trained", "held out" or "any", got ${JSON.stringify(combinations)}.`,
    );
  const kept = names.filter((name) => !without.includes(name));
  let tuples: string[][] = [[]];
  for (let k = 0; k < objects; k++) tuples = tuples.flatMap((tuple) => kept.map((name) => [...tuple, name]));
  const heldOut = (tuple: readonly string[]) =>
    tuple.some((second, k) => tuple.slice(0, k).some((first) => isHeldOut(names, first, second)));
  const allowed = tuples.filter(
    (tuple) =>
      (including === undefined || tuple.includes(including)) &&
      (combinations === 'any' || heldOut(tuple) === (combinations === 'held out')),
  );
  if (allowed.length === 0)
    throw new RangeError(
      `drawScenes: no scene has ${objects} objects, combinations "${combinations}", without [${without.join(', ')}]` +
        `${including === undefined ? '' : `, including "${including}"`}; leave one of the conditions out.`,
    );
  return allowed;
}

/**
 * One picture of the given names, at random places that make the caption name them in this order.
 *
 * @throws RangeError for other than two or three names, for a name that there is not, and for a thing that is larger than a cell
 */
export function drawScene(things: SceneThings, random: Random, names: readonly string[]): Scene {
  if (names.length !== 2 && names.length !== 3)
    throw new RangeError(
      `drawScene: a picture has 2 or 3 objects, got ${names.length} names: ${names.join(', ') || 'none'}.`,
    );
  const places = drawPlaces(random, names);
  const pixels = new Float32Array(SCENE_SIZE * SCENE_SIZE);
  const objects = places.map((place): SceneObject => {
    const drawn = things.draw(place.name, random);
    if (drawn.height > CELL || drawn.width > CELL)
      throw new RangeError(
        `drawScene: a "${place.name}" of ${drawn.height} x ${drawn.width} pixels does not fit into a cell of ${CELL} x ${CELL}.`,
      );
    const [y, x] = [place.row * CELL, place.column * CELL];
    const top = y + random.integer(CELL - drawn.height + 1);
    const left = x + random.integer(CELL - drawn.width + 1);
    for (let row = 0; row < drawn.height; row++) {
      const line = drawn.pixels.subarray(row * drawn.width, (row + 1) * drawn.width);
      pixels.set(line, (top + row) * SCENE_SIZE + left);
    }
    return {
      ...place,
      cell: { top: y, left: x, bottom: y + CELL, right: x + CELL },
      ink: { top, left, bottom: top + drawn.height, right: left + drawn.width },
    };
  });
  const { words, named, layout } = describeScene(objects);
  return {
    size: SCENE_SIZE,
    pixels,
    objects,
    layout,
    caption: words.join(' '),
    words,
    named: named.map((number) => (number === null ? null : objects[number]!)),
  };
}

/** Places for names so that the caption names them in this order. */
function drawPlaces(random: Random, names: readonly string[]): ScenePlace[] {
  const layouts: readonly SceneLayout[] =
    names.length === 2 ? ['row', 'column'] : ['row', 'column', 'corner'];
  const layout = random.choice(layouts);
  /** Different cells along a line, ascending. */
  const along = (count: number) =>
    random
      .permutation(SCENE_CELLS)
      .slice(0, count)
      .sort((a, b) => a - b);
  if (layout === 'corner') {
    const [row = 0, below = 0] = along(2);
    const [column = 0, beside = 0] = along(2);
    return [
      { name: names[0]!, row, column },
      { name: names[1]!, row, column: beside },
      { name: names[2]!, row: below, column },
    ];
  }
  const across = random.integer(SCENE_CELLS);
  return along(names.length).map((cell, k) =>
    layout === 'row'
      ? { name: names[k]!, row: across, column: cell }
      : { name: names[k]!, row: cell, column: across },
  );
}
