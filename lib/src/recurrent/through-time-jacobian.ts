import * as tf from '@tensorflow/tfjs';
import type { ParamTree } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import type { Cell } from './cell.js';
import { gradientThroughTime, lengthOf } from './through-time.js';

/** The products of Jacobians dh_T/dh_t of one sequence, T the last time. */
export interface StateJacobians {
  readonly units: number;
  /** Element k * units + j of matrix t is d h_T[k] / d h_t[j]; the last is the identity. */
  readonly matrices: readonly Float32Array[];
  /** The largest factor by which dh_T/dh_t stretches any vector, for t = 0 ... T. */
  readonly spectralNorms: Float64Array;
}

/**
 * dh_T/dh_t for every t: the product of all Jacobians of one step in between. The sequence is read `units` times side by side,
 * each copy asking for one component of the last state.
 *
 * Source: Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", equations 5 to 7. For a linear cell
 * it is the power of the recurrent kernel; for tanh its norm is at most that of the kernel to the power T - t.
 *
 * @param inputs one sequence, `[1, time, features]`
 * @param options.initialState `[1, units]` a part
 */
export function stateJacobians<Params extends ParamTree, State>(
  cell: Cell<Params, State>,
  params: Params,
  inputs: tf.Tensor3D,
  options: { readonly initialState?: State } = {},
): StateJacobians {
  checkShape('stateJacobians inputs', inputs, 'batch time features', { batch: 1 });
  let result: StateJacobians | undefined;
  tf.tidy(() => {
    const { initialState } = options;
    const last = cell.sequence(params, inputs, initialState === undefined ? {} : { initialState });
    const units = cell.hidden(last.state).shape[1];
    const asked = tf.eye(units);
    const { gradients } = gradientThroughTime(
      cell,
      params,
      tf.tile(inputs, [units, 1, 1]),
      (_, state) => tf.sum(tf.mul(cell.hidden(state), asked)),
      initialState === undefined
        ? {}
        : {
            initialState: cell.fromParts(cell.parts(initialState).map((part) => tf.tile(part, [units, 1]))),
          },
    );
    const spectralNorms = Float64Array.from(gradients, (matrix) => spectralNorm(matrix, units));
    // Not returned from the tidy, which would look for tensors among all these numbers.
    result = { units, matrices: gradients, spectralNorms };
  });
  return result!;
}

/**
 * The largest singular value of a matrix, by power iteration on A^T A in float64.
 *
 * @param matrix row by row
 * @param columns its width
 */
export function spectralNorm(matrix: ArrayLike<number>, columns: number): number {
  const rows = matrix.length / columns;
  if (!Number.isSafeInteger(rows) || rows < 1)
    throw new Error(`spectralNorm: ${matrix.length} numbers are no matrix of ${columns} columns`);
  let scale = 0;
  for (let i = 0; i < matrix.length; i++) scale = Math.max(scale, Math.abs(matrix[i]!));
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  // Uneven components, so that the start is not orthogonal to what is looked for but by a rare accident.
  let vector = Float64Array.from({ length: columns }, (_, j) => 1 + Math.sin(7 * j + 1) / 2);
  let norm = 0;
  for (let round = 0; round < 10_000; round++) {
    const length = lengthOf(vector);
    const image = new Float64Array(rows);
    const back = new Float64Array(columns);
    for (let k = 0; k < rows; k++) {
      for (let j = 0; j < columns; j++)
        image[k]! += ((matrix[k * columns + j]! / scale) * vector[j]!) / length;
    }
    for (let k = 0; k < rows; k++) {
      for (let j = 0; j < columns; j++) back[j]! += (matrix[k * columns + j]! / scale) * image[k]!;
    }
    const found = lengthOf(image);
    if (found === 0) return 0;
    vector = back;
    if (Math.abs(found - norm) <= 1e-12 * found) return found * scale;
    norm = found;
  }
  return norm * scale;
}
