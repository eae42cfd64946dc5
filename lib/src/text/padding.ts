import { PADDING } from './vocabulary.js';

/** Sequences of different lengths as one rectangle, row after row: ready for `tf.tensor2d(ids, shape, 'int32')`. */
export interface PaddedBatch {
  /** `[batch, time]`, padding is 0. */
  readonly ids: Int32Array;
  /** `[batch, time]`, 1 for real, 0 for padding. */
  readonly mask: Float32Array;
  /** `[batch]` */
  readonly lengths: Int32Array;
  readonly shape: readonly [batch: number, time: number];
}

export interface PadOptions {
  /** Width of the rectangle. Default: the longest sequence of the batch. */
  readonly length?: number;
}

/**
 * Pads sequences of ids at their end.
 *
 * @throws RangeError when there is no sequence, one is empty (attention would have nothing to look at), longer than
 *   `length`, or holds the padding id or something that is no id
 */
export function padSequences(sequences: readonly ArrayLike<number>[], options: PadOptions = {}): PaddedBatch {
  const batch = sequences.length;
  if (batch === 0) throw new RangeError('Nothing to pad: expected at least one sequence, got none.');
  let longest = 0;
  for (const { length } of sequences) longest = Math.max(longest, length);
  const time = options.length ?? longest;
  const ids = new Int32Array(batch * time); // [batch, time]
  const mask = new Float32Array(batch * time); // [batch, time]
  sequences.forEach((sequence, row) => {
    checkSequence(sequence, row, time);
    ids.set(sequence, row * time);
    mask.fill(1, row * time, row * time + sequence.length);
  });
  return { ids, mask, lengths: Int32Array.from(sequences, ({ length }) => length), shape: [batch, time] };
}

function checkSequence(sequence: ArrayLike<number>, row: number, time: number): void {
  if (sequence.length === 0) {
    throw new RangeError(
      `Sequence ${row} is empty: expected at least one id. Leave empty texts out of the batch.`,
    );
  }
  if (sequence.length > time) {
    throw new RangeError(
      `Sequence ${row} has ${sequence.length} ids, more than the ${time} asked for: shorten it or give a larger length.`,
    );
  }
  for (let index = 0; index < sequence.length; index++) {
    const id = sequence[index]!;
    if (!Number.isInteger(id) || id <= PADDING) {
      throw new RangeError(
        `Sequence ${row} holds ${id} at ${index}: expected whole numbers above ${PADDING}, which is padding.`,
      );
    }
  }
}

/** Cuts items into batches, in their order; the last may be smaller. Shuffle before, if they should be shuffled. */
export function* batchesOf<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`Batch size ${size}: expected a whole number above 0.`);
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
