import type { Random } from '../random/random.js';

/** Token sequences of one length with what is to be said at each place, row after row. */
export interface TokenBatch {
  readonly batch: number;
  readonly time: number;
  /** `[batch, time]` */
  readonly tokens: Int32Array;
  /** `[batch, time]` or `[batch]`, by task */
  readonly targets: Int32Array;
}

/** Throws unless every size is an integer of at least its minimum. */
export function checkSizes(
  task: string,
  sizes: Record<string, readonly [value: number, minimum: number]>,
): void {
  for (const [name, [value, minimum]] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(value) || value < minimum) {
      throw new Error(`${task}: ${name} must be an integer of at least ${minimum}, got ${value}`);
    }
  }
}

/** An integer in low ... high - 1. */
export const integerBetween = (random: Random, low: number, high: number): number =>
  low + random.integer(high - low);
