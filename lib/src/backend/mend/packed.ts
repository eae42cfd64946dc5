import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { withAlias } from './kernel.js';

/** How many columns each right operand had when the backend packed it. Data that is freed takes its entry with it. */
const packedColumns = new WeakMap<object, number>();

/**
 * Makes `b` safe as the right operand of a stock product.
 *
 * The backend keeps a packed copy of it by the id of its data alone. The same numbers under another shape (after a reshape, which
 * shares its data) would be multiplied with the copy of the first shape: wrong results, a write outside its memory, or an abort.
 */
export function asRightOperand<Result>(
  backend: BackendWasm,
  b: tf.TensorInfo,
  use: (b: tf.TensorInfo) => Result,
): Result {
  if (tf.util.sizeFromShape(b.shape.slice(0, -2)) !== 1) return use(b);
  const columns = b.shape[b.shape.length - 1]!;
  const known = packedColumns.get(b.dataId);
  if (known !== undefined && known !== columns) return withAlias(backend, b, 0, b.shape, use);
  packedColumns.set(b.dataId, columns);
  return use(b);
}
