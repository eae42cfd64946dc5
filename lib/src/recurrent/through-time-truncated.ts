import * as tf from '@tensorflow/tfjs';
import { flattenParams, type ParamTree } from '../core/params.js';
import type { Cell } from './cell.js';

/** Steps from ... to - 1 of a sequence. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
}

/** Cuts `time` steps into chunks of a size, in their order; the last may be shorter. */
export function chunksOf(time: number, size: number): Chunk[] {
  for (const [name, value] of Object.entries({ time, size })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new Error(`chunksOf: ${name} must be a positive integer, got ${value}`);
  }
  return Array.from({ length: Math.ceil(time / size) }, (_, n) => ({
    from: n * size,
    to: Math.min(time, (n + 1) * size),
  }));
}

export interface TruncatedOptions<State> {
  /** All that is differentiated by. */
  readonly params: ParamTree;
  readonly chunks: readonly Chunk[];
  /** Before the first chunk; stays the caller's. */
  readonly initialState: State;
  /** Loss of a chunk from the state before it, and the state after it. */
  readonly loss: (chunk: Chunk, state: State) => { readonly loss: tf.Scalar; readonly state: State };
}

export interface TruncatedResult<State> {
  /** Sum over the chunks. */
  readonly loss: number;
  /** Sums over the chunks by parameter name; the caller disposes them. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  /** After the last chunk; the caller disposes its parts. */
  readonly state: State;
}

/**
 * Back-propagation through time, cut off at the chunks' borders: the state goes over a border as numbers, without its history,
 * so a gradient reaches back to the beginning of its chunk and no further. One chunk of the whole length is the full gradient.
 *
 * Source: Williams and Peng 1990, "An efficient gradient-based algorithm for on-line training of recurrent network
 * trajectories".
 */
export function truncatedGradients<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
  options: TruncatedOptions<State>,
): TruncatedResult<State> {
  const named = flattenParams(options.params).filter(([, variable]) => variable.trainable);
  const variables = named.map(([, variable]) => variable);
  const sums = new Map<string, tf.Tensor>();
  let state = options.initialState;
  let total = 0;
  for (const chunk of options.chunks) {
    let kept: tf.Tensor2D[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const result = options.loss(chunk, state);
      // Clones outlive the gradient's scope, and the next chunk's gradient knows nothing of how they came about.
      kept = cell.parts(result.state).map((part) => tf.keep(part.clone()));
      return result.loss;
    }, variables);
    total += value.dataSync()[0]!;
    value.dispose();
    for (const [name, variable] of named) {
      const gradient = grads[variable.name];
      if (!gradient) continue;
      const before = sums.get(name);
      sums.set(name, before ? tf.add(before, gradient) : gradient);
      if (before) tf.dispose([before, gradient]);
    }
    if (state !== options.initialState) tf.dispose([...cell.parts(state)]);
    state = cell.fromParts(kept);
  }
  return { loss: total, gradients: sums, state };
}

/** A state that goes from one training step to the next as numbers, for `train` over the chunks of a long text. */
export interface CarriedState<State> {
  /** Before the present chunk; undefined at the beginning and after a reset. */
  current(): State | undefined;
  /** Keeps a state for the next chunk, without its history; call it inside the loss. */
  carry(state: State): void;
  /** The next chunk begins anew. */
  reset(): void;
}

/** Call `reset` in the end: the state it keeps is a tensor. */
export function createCarriedState<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
): CarriedState<State> {
  let kept: State | undefined;
  const drop = () => {
    if (kept !== undefined) tf.dispose([...cell.parts(kept)]);
    kept = undefined;
  };
  return {
    current: () => kept,
    carry: (state) => {
      const next = cell.fromParts(cell.parts(state).map((part) => tf.keep(part.clone())));
      drop();
      kept = next;
    },
    reset: drop,
  };
}
