import * as tf from '@tensorflow/tfjs';
import type { Direction } from '../backend/sequences.js';
import { checkShape } from '../core/shapes.js';

/** What the cells' sequence functions share. `State` is what one step hands to the next. */
export interface SequenceOptions<State> {
  /** Zeros where it is not given. */
  readonly initialState?: State;
  /** `[batch, time]`, 1 for real and 0 for padding; a masked step carries the state on. */
  readonly mask?: tf.Tensor2D | null;
  /** `forward` by default. */
  readonly direction?: Direction;
}

export interface SequenceResult<State> {
  /** Hidden state of every step, `[batch, time, units]`. */
  readonly outputs: tf.Tensor3D;
  /** The state after the last step in the direction of reading. */
  readonly state: State;
}

/** Checks what came in and turns it time first. */
export function timeFirst(
  label: string,
  inputs: tf.Tensor3D,
  mask: tf.Tensor2D | null | undefined,
  features: number,
): { readonly batch: number; readonly inputs: tf.Tensor3D; readonly mask: tf.Tensor2D | null } {
  const { batch, time } = checkShape(`${label} inputs`, inputs, 'batch time features', { features });
  if (time === 0)
    throw new Error(
      `${label} inputs: there is no step, the time axis of [${inputs.shape.join(', ')}] is empty`,
    );
  if (mask) checkShape(`${label} mask`, mask, 'batch time', { batch, time });
  return {
    batch,
    inputs: tf.transpose(inputs, [1, 0, 2]),
    mask: mask ? tf.transpose(mask) : null,
  };
}

/** `[time, batch, units]` to `[batch, time, units]`. */
export function batchFirst(states: tf.Tensor3D): tf.Tensor3D {
  return tf.transpose(states, [1, 0, 2]);
}

/** The state at the end of the reading, `[batch, units]`. */
export function lastState(states: tf.Tensor3D, direction: Direction): tf.Tensor2D {
  const [time, batch, units] = states.shape;
  const at = direction === 'forward' ? time - 1 : 0;
  return states.slice([at, 0, 0], [1, batch, units]).reshape([batch, units]);
}
