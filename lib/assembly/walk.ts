import { bytes } from './vectors';

/** What every sequence shares: the order of its steps, and which row of a step is padding. */

/** The index in time of step `i`. */
@inline
export function timeOf(i: i32, time: i32, backward: bool): i32 {
  return backward ? time - 1 - i : i;
}

/** The state before step `i`: the initial one, or the output of the neighbour that was visited before. */
@inline
export function stateBefore(i: i32, initial: usize, states: usize, time: i32, step: usize, backward: bool): usize {
  if (i == 0) return initial;
  return states + <usize>timeOf(i - 1, time, backward) * step;
}

/** The mask of one time, `batch` floats; 0 where there is no mask at all. */
@inline
export function maskAt(mask: usize, t: i32, batch: i32): usize {
  return mask == 0 ? 0 : mask + bytes(t * batch);
}

@inline
export function isPadding(mask: usize, row: i32): bool {
  return mask != 0 && load<f32>(mask + bytes(row)) == 0;
}
