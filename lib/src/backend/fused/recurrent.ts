import type * as tf from '@tensorflow/tfjs';
import type { Direction } from '../sequences.js';
import { checkAxes, checkNotEmpty, sizes3 } from './checks.js';

/** What the sequence kernels are told beside their tensors. */
export interface Walk {
  readonly backward: boolean;
}

export interface SequenceSizes {
  readonly time: number;
  readonly batch: number;
  readonly features: number;
  readonly units: number;
}

/** Sizes of a sequence and its weights, checked against each other; `gates` is 1, 3 or 4. */
export function sequenceSizes(
  operation: string,
  gates: number,
  inputs: tf.Tensor3D,
  weights: { readonly kernel: tf.Tensor; readonly recurrentKernel: tf.Tensor; readonly bias: tf.Tensor },
  states: Readonly<Record<string, tf.Tensor>>,
): SequenceSizes {
  const [time, batch, features] = sizes3(operation, 'inputs', inputs, 'time, batch, features');
  const units = weights.recurrentKernel.shape[0] ?? 0;
  checkNotEmpty(operation, { time, batch, features, units });
  const wide = gates === 1 ? 'units' : `${gates} units`;
  checkAxes(operation, 'inputs', inputs, { time, batch, features });
  checkAxes(operation, 'kernel', weights.kernel, { features, [wide]: gates * units });
  // One object cannot hold the name "units" twice, so the RNN's second axis is named apart.
  const columns = gates === 1 ? 'same units' : wide;
  checkAxes(operation, 'recurrentKernel', weights.recurrentKernel, { units, [columns]: gates * units });
  checkAxes(operation, 'bias', weights.bias, { [wide]: gates * units });
  for (const [name, state] of Object.entries(states)) checkAxes(operation, name, state, { batch, units });
  return { time, batch, features, units };
}

export function walk(operation: string, direction: Direction): Walk {
  if (direction !== 'forward' && direction !== 'backward') {
    throw new Error(`${operation}: direction must be 'forward' or 'backward', got '${String(direction)}'`);
  }
  return { backward: direction === 'backward' };
}
