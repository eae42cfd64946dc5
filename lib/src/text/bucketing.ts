import type { Random } from '../random/random.js';

export interface BucketOptions<Item> {
  /** Items of a batch; the last may have fewer. */
  readonly batch: number;
  /** Batches whose items are sorted together. */
  readonly window?: number;
  /** Where the order of the items and of the batches comes from. */
  readonly random: Random;
  /** Lengths of an item, the one that costs most first. Default: of `target`, then of `source`. */
  readonly lengths?: (item: Item) => readonly number[];
}

/** Large enough for batches of nearly one length, small enough that a batch still differs from epoch to epoch. */
export const DEFAULT_WINDOW = 50;

/** What has two sides, such as a pair to be translated. */
interface Sided {
  readonly source: ArrayLike<unknown>;
  readonly target: ArrayLike<unknown>;
}

/**
 * Batches of items of about equal lengths, so that little of a rectangle is padding: shuffles all, sorts each window of
 * batches by length, cuts it into batches, and shuffles these. Every item stands in exactly one batch.
 *
 * @throws RangeError when batch or window is no whole number above 0
 */
export function bucketByLength<Item = Sided>(items: readonly Item[], options: BucketOptions<Item>): Item[][] {
  const { batch, window, random } = checkBuckets(options);
  const shuffled = random.shuffle(items);
  const batches: Item[][] = [];
  for (let from = 0; from < shuffled.length; from += batch * window)
    batches.push(...bucketWindow(shuffled.slice(from, from + batch * window), options));
  return random.shuffle(batches);
}

/** One window: sorted by length, cut, and its batches shuffled. */
export function bucketWindow<Item>(items: readonly Item[], options: BucketOptions<Item>): Item[][] {
  const lengths = options.lengths ?? (sidesOf as (item: Item) => readonly number[]);
  const sorted = items.map((item) => ({ item, key: lengths(item) }));
  // Items of equal lengths keep their order, which is random.
  sorted.sort((a, b) => {
    for (let at = 0; at < a.key.length; at++) {
      const difference = a.key[at]! - b.key[at]!;
      if (difference !== 0) return difference;
    }
    return 0;
  });
  const batches: Item[][] = [];
  for (let from = 0; from < sorted.length; from += options.batch)
    batches.push(sorted.slice(from, from + options.batch).map(({ item }) => item));
  return options.random.shuffle(batches);
}

/** Share of the rectangles of all batches that is padding, for one length of an item. */
export function paddedShare<Item>(
  batches: readonly (readonly Item[])[],
  length: (item: Item) => number,
): number {
  let real = 0;
  let cells = 0;
  for (const batch of batches) {
    const lengths = batch.map(length);
    real += lengths.reduce((sum, each) => sum + each, 0);
    cells += batch.length * lengths.reduce((longest, each) => Math.max(longest, each), 0);
  }
  if (cells === 0)
    throw new RangeError('Padding of no batch is not defined: expected an item with a length.');
  return 1 - real / cells;
}

/** Fills in the window and checks. */
export function checkBuckets<Item>(options: BucketOptions<Item>): BucketOptions<Item> & { window: number } {
  const { batch, window = DEFAULT_WINDOW } = options;
  for (const [name, value] of Object.entries({ batch, window })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`Bucketing: ${name} ${value}; expected a whole number above 0.`);
  }
  return { ...options, window };
}

function sidesOf(item: Sided): readonly number[] {
  const { source, target } = item;
  if (source?.length === undefined || target?.length === undefined) {
    throw new TypeError(
      'Bucketing: an item has no source and target with a length; say what its lengths are with { lengths }.',
    );
  }
  return [target.length, source.length];
}
