import * as tf from '@tensorflow/tfjs';
import { fusedKernel, runFused } from './kernel.js';
import type { FusedModule } from './module.js';
import { multiply } from './products.js';

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Offsets, in matrices, of each result's operand: batch axes of size 1 (or absent ones) are used again and again. */
function batchOffsets(axes: readonly number[], result: readonly number[]): number[] {
  let offsets = [0];
  const missing = result.length - axes.length;
  for (const [axis, size] of result.entries()) {
    const own = axis < missing ? 1 : axes[axis - missing]!;
    const next: number[] = [];
    for (const offset of offsets) {
      for (let i = 0; i < size; i++) next.push(offset * own + (own === 1 ? 0 : i));
    }
    offsets = next;
  }
  return offsets;
}

/**
 * Matrix product of `[..., rows, depth]` and `[..., depth, columns]`, either transposed, batch axes broadcast.
 *
 * @throws for other types than float32, for inner sizes that differ, for batch axes that do not fit each other
 */
export function fusedBatchMatMul(
  module: FusedModule,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: MatMulAttributes,
): tf.TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') {
    throw new Error(`matMul: operands must be float32, got ${a.dtype} and ${b.dtype}: use cast('float32')`);
  }
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [inner, columns] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (depth !== inner) {
    throw new Error(
      `matMul: inner sizes ${depth} and ${inner} differ, shapes [${a.shape}] and [${b.shape}], transposeA ${transposeA}, transposeB ${transposeB}`,
    );
  }
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = module.output([...batch, rows, columns]);
  if (rows * columns * depth === 0) {
    module.view(out).fill(0);
    return out;
  }
  const fromA = batchOffsets(a.shape.slice(0, -2), batch);
  const fromB = batchOffsets(b.shape.slice(0, -2), batch);
  const [aAt, bAt, cAt] = [module.address(a), module.address(b), module.address(out)];
  for (let i = 0; i < fromA.length; i++) {
    const left = { at: aAt + 4 * fromA[i]! * rows * depth, columns: aColumns, transpose: transposeA };
    const right = { at: bAt + 4 * fromB[i]! * depth * columns, columns: bColumns, transpose: transposeB };
    multiply(module, left, right, cAt + 4 * i * rows * columns, { rows, columns, depth });
  }
  return out;
}

export const matMulKernels: tf.KernelConfig[] = [
  fusedKernel<MatMulAttributes>('HeedMatMul', (module, { a, b }, attributes) =>
    fusedBatchMatMul(module, a!, b!, attributes),
  ),
];

/** The gradient of a matrix product is again two of them, so all derivatives exist. */
export const matMulGradients: tf.GradConfig[] = [
  { ...tf.getGradient('BatchMatMul'), kernelName: 'HeedMatMul' },
];

/** `tf.matMul` by the packed kernel, whatever is registered for `BatchMatMul`. */
export function fusedMatMul(
  a: tf.Tensor,
  b: tf.Tensor,
  transposes: { readonly a?: boolean; readonly b?: boolean } = {},
): tf.Tensor {
  const attributes = { transposeA: transposes.a ?? false, transposeB: transposes.b ?? false };
  return runFused('HeedMatMul', { a, b }, attributes)[0]!;
}
