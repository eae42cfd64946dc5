import type * as tf from '@tensorflow/tfjs';

/** Sizes by name, in the order of a tensor's axes. */
export type Axes = Readonly<Record<string, number>>;

/** @throws unless the tensor is float32 of exactly these axes */
export function checkAxes(operation: string, what: string, tensor: tf.Tensor, axes: Axes): void {
  const expected = Object.values(axes);
  if (tensor.rank !== expected.length || expected.some((size, axis) => size !== tensor.shape[axis])) {
    throw new Error(
      `${operation}: ${what} must be [${Object.keys(axes).join(', ')}] = [${expected.join(', ')}], got [${tensor.shape.join(', ')}]`,
    );
  }
  if (tensor.dtype !== 'float32') {
    throw new Error(`${operation}: ${what} must be float32, got ${tensor.dtype}: use cast('float32')`);
  }
}

/** @throws naming the first axis whose size is 0 */
export function checkNotEmpty(operation: string, axes: Axes): void {
  for (const [name, size] of Object.entries(axes)) {
    if (!(size > 0)) throw new Error(`${operation}: ${name} is ${size}, must be at least 1`);
  }
}

/** The three sizes of a tensor that must have three axes. @throws for another rank, naming the axes */
export function sizes3(
  operation: string,
  what: string,
  tensor: tf.Tensor,
  names: string,
): [number, number, number] {
  if (tensor.rank !== 3) {
    throw new Error(`${operation}: ${what} must be [${names}], got [${tensor.shape.join(', ')}]`);
  }
  return tensor.shape as [number, number, number];
}

/** Kernels read masks as floats; other types are converted. @throws for another shape */
export function floatMask(operation: string, mask: tf.Tensor2D | null, axes: Axes): tf.Tensor2D | undefined {
  if (mask === null) return undefined;
  const converted = mask.dtype === 'float32' ? mask : mask.cast('float32');
  checkAxes(operation, 'mask', converted, axes);
  return converted as tf.Tensor2D;
}
