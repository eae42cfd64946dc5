import type { Random } from '../random/random.js';

/** Positions start ... end - 1. */
export type Stretch = readonly [start: number, end: number];

/**
 * Places for pieces of the given sizes in 0 ... length - 1, in random order and none upon another; what is left over falls
 * before, between and after them at random.
 *
 * @returns one stretch a size
 */
export function placeApart(random: Random, length: number, sizes: readonly number[]): Stretch[] {
  const free = length - sizes.reduce((sum, size) => sum + size, 0);
  if (free < 0) throw new RangeError(`Pieces of ${sizes.join(', ')} do not fit into ${length}.`);
  const gaps = sizes.map(() => random.integer(free + 1)).sort((a, b) => a - b);
  const places: Stretch[] = [];
  let before = 0;
  for (const [rank, piece] of random.permutation(sizes.length).entries()) {
    const start = gaps[rank]! + before;
    places[piece] = [start, start + sizes[piece]!];
    before += sizes[piece]!;
  }
  return places;
}
