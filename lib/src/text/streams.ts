import type { Random } from '../random/random.js';
import { type BucketOptions, bucketWindow, checkBuckets } from './bucketing.js';
import type { TextPair } from './corpus.js';
import type { Tokeniser } from './tokeniser.js';

type Items<Item> = AsyncIterable<Item> | Iterable<Item>;

export interface ShuffleOptions {
  /** Items held. An item moves forward by less than this; as large as the stream: a true shuffle. */
  readonly size: number;
  readonly random: Random;
}

/**
 * Shuffles a stream that need not fit in memory: holds `size` items and gives a random one of them for each that comes.
 * Files sorted by topic or length need a buffer as large as a topic, or a shuffled file.
 */
export async function* shuffleStream<Item>(
  items: Items<Item>,
  { size, random }: ShuffleOptions,
): AsyncGenerator<Item> {
  checkSize('shuffleStream: size', size);
  const held: Item[] = [];
  for await (const item of items) {
    if (held.length < size) {
      held.push(item);
      continue;
    }
    const at = random.integer(size);
    yield held[at]!;
    held[at] = item;
  }
  yield* random.shuffle(held);
}

/** Batches in the order of the stream; the last may be smaller. */
export async function* batchStream<Item>(items: Items<Item>, batch: number): AsyncGenerator<Item[]> {
  checkSize('batchStream: batch', batch);
  let begun: Item[] = [];
  for await (const item of items) {
    begun.push(item);
    if (begun.length < batch) continue;
    yield begun;
    begun = [];
  }
  if (begun.length > 0) yield begun;
}

/** Batches of about equal lengths from a stream: `bucketByLength` for one window after the other. */
export async function* bucketStream<Item>(
  items: Items<Item>,
  options: BucketOptions<Item>,
): AsyncGenerator<Item[]> {
  const { batch, window } = checkBuckets(options);
  for await (const part of batchStream(items, batch * window)) yield* bucketWindow(part, options);
}

/** Passes over a corpus without end: `pass` counts from 0. @throws where a pass gives nothing */
export async function* repeatStream<Item>(open: (pass: number) => Items<Item>): AsyncGenerator<Item> {
  for (let pass = 0; ; pass++) {
    let given = false;
    for await (const item of open(pass)) {
      given = true;
      yield item;
    }
    if (!given)
      throw new Error(`Pass ${pass} over the corpus gave nothing: it is empty, or all of it was left out.`);
  }
}

/** Pairs of text as ids, without start and end; tokens that are not known become the unknown id. */
export async function* encodePairs(
  pairs: Items<Pick<TextPair, 'source' | 'target'>>,
  { source, target }: { readonly source: Tokeniser; readonly target: Tokeniser },
): AsyncGenerator<{ readonly source: number[]; readonly target: number[] }> {
  for await (const pair of pairs) {
    yield {
      source: source.encode(pair.source, { unknown: 'id' }),
      target: target.encode(pair.target, { unknown: 'id' }),
    };
  }
}

function checkSize(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`${name} ${value}; expected a whole number above 0.`);
}
