import type * as tf from '@tensorflow/tfjs';

/** A shape as layers are told it, null where a size is known only when the data comes. */
export type Shape = (number | null)[];

/** What an attention layer was called with. */
export interface LayerInputs<T> {
  readonly query: T;
  readonly value: T;
  /** The value, where no key was given. */
  readonly key: T;
  readonly mask: T | null;
}

/**
 * Tells the inputs of an attention layer apart: `[query, value]` or `[query, value, key]`, and a mask at the end of either.
 * The mask has rank 2, the others rank 3.
 *
 * @throws where they are not two to four of these ranks
 */
export function namedInputs<T>(
  layer: string,
  inputs: T | readonly T[],
  rank: (input: T) => number,
): LayerInputs<T> {
  const given = (Array.isArray(inputs) ? inputs : [inputs]) as readonly T[];
  const last = given[given.length - 1];
  const mask = given.length > 2 && last !== undefined && rank(last) === 2 ? last : null;
  const [query, value, key = value, ...rest] = mask === null ? given : given.slice(0, -1);
  const ranks = given.map(rank);
  const fits = [query, value, key].every((part) => part !== undefined && rank(part) === 3);
  if (!fits || rest.length > 0) {
    throw new Error(
      `${layer}: expected the inputs [query, value], [query, value, key] of rank 3 and possibly a mask of rank 2 after them, got ${given.length} input(s) of rank ${ranks.join(', ')}`,
    );
  }
  return { query: query as T, value: value as T, key: key as T, mask };
}

/** The mask of the source: the one given as an input or, where a sequence attends to itself, the one it carries. */
export function sourceMask(
  { query, value, mask }: LayerInputs<tf.Tensor>,
  carried: tf.Tensor | tf.Tensor[] | null | undefined,
): tf.Tensor2D | null {
  const own = Array.isArray(carried) ? carried[0] : carried;
  const found = mask ?? (query === value ? own : null);
  return found ? (found.cast('float32') as tf.Tensor2D) : null;
}

/**
 * The mask that goes on: the query's.
 *
 * A layer of several inputs is called with the mask of its first input alone, so a mask that the value carries (from an
 * embedding with `maskZero`, a masking layer) cannot be used. To pass it over in silence would be attention to padding.
 *
 * @throws where the value carries a mask and none was given as an input
 */
export function outputMask(
  layer: string,
  inputs: tf.Tensor | tf.Tensor[],
  masks: tf.Tensor | tf.Tensor[] | null | undefined,
): tf.Tensor | null {
  const all = Array.isArray(masks) ? masks : [masks];
  const given = namedInputs(layer, inputs, (input) => input.rank);
  if (all[1] && given.mask === null && given.query !== given.value) {
    throw new Error(
      `${layer}: the value carries a mask that TensorFlow.js does not hand to a layer of several inputs; give the mask as the last input, for example from paddingMaskLayer`,
    );
  }
  return all[0] ?? null;
}
