import type * as tf from '@tensorflow/tfjs';
import type { Direction } from '../sequences.js';
import { fusedKernel, runFused, withoutSecondDerivative } from './kernel.js';
import type { FusedModule } from './module.js';

/** Rows and columns in memory of a `[..., columns]` tensor whose leading axes are taken together. */
function flat(tensor: tf.TensorInfo): [rows: number, columns: number] {
  const columns = tensor.shape.at(-1)!;
  return [tensor.shape.slice(0, -1).reduce((product, size) => product * size, 1), columns];
}

interface FlatProduct {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly shape: number[];
}

/** c = a b on matrices at addresses; a transposed operand is only read in another order. */
export function multiply(
  module: FusedModule,
  a: { readonly at: number; readonly columns: number; readonly transpose: boolean },
  b: { readonly at: number; readonly columns: number; readonly transpose: boolean },
  c: number,
  sizes: { readonly rows: number; readonly columns: number; readonly depth: number },
): void {
  const strides = (operand: { columns: number; transpose: boolean }) =>
    operand.transpose ? [4, 4 * operand.columns] : [4 * operand.columns, 4];
  const [aRow, aColumn] = strides(a) as [number, number];
  const [bRow, bColumn] = strides(b) as [number, number];
  const { rows, columns, depth } = sizes;
  const scratch = module.scratch();
  module.exports.product!(
    a.at,
    aRow,
    aColumn,
    b.at,
    bRow,
    bColumn,
    c,
    4 * columns,
    rows,
    columns,
    depth,
    0,
    scratch,
  );
}

/**
 * The long products that the gradient of a whole sequence ends with. Leading axes count as rows, so time and batch need no
 * reshape.
 */
export const productKernels: tf.KernelConfig[] = [
  fusedKernel<FlatProduct>('HeedFlatProduct', (module, { a, b }, { transposeA, transposeB, shape }) => {
    const [aRows, aColumns] = flat(a!);
    const [bRows, bColumns] = flat(b!);
    const out = module.output(shape);
    const sizes = {
      rows: transposeA ? aColumns : aRows,
      columns: transposeB ? bRows : bColumns,
      depth: transposeA ? aRows : aColumns,
    };
    const left = { at: module.address(a), columns: aColumns, transpose: transposeA };
    const right = { at: module.address(b), columns: bColumns, transpose: transposeB };
    multiply(module, left, right, module.address(out), sizes);
    return out;
  }),
  fusedKernel('HeedColumnSum', (module, { x }) => {
    const [rows, columns] = flat(x!);
    const out = module.output([columns]);
    module.exports.columnSum!(module.address(x), module.address(out), rows, columns);
    return out;
  }),
  fusedKernel<{ backward: boolean }>('HeedRecurrentKernelGrad', (module, inputs, { backward }) => {
    const { initial, hidden, dz } = inputs;
    const [time, batch, units] = hidden!.shape as [number, number, number];
    const wide = dz!.shape[2]!;
    const out = module.output([units, wide]);
    const scratch = module.scratch();
    const [start, states, d, to] = [initial, hidden, dz, out].map((tensor) => module.address(tensor));
    module.exports.recurrentKernelGradient!(
      start!,
      states!,
      d!,
      to!,
      time,
      batch,
      units,
      wide,
      Number(backward),
      scratch,
    );
    return out;
  }),
];

export const productGradients = productKernels.map(({ kernelName }) => withoutSecondDerivative(kernelName));

/** dz kernel^T: gradient of what a kernel was applied to. */
export function gradientOfInputs(dz: tf.Tensor, kernel: tf.Tensor, shape: number[]): tf.Tensor {
  return runFused(
    'HeedFlatProduct',
    { a: dz, b: kernel },
    { transposeA: false, transposeB: true, shape },
  )[0]!;
}

/** x^T dz summed over time and batch: gradient of a kernel. */
export function gradientOfKernel(x: tf.Tensor, dz: tf.Tensor): tf.Tensor {
  const shape = [x.shape.at(-1)!, dz.shape.at(-1)!];
  return runFused('HeedFlatProduct', { a: x, b: dz }, { transposeA: true, transposeB: false, shape })[0]!;
}

/** Gradient of the kernel that is applied to the state before each step. */
export function gradientOfRecurrentKernel(
  initial: tf.Tensor,
  hidden: tf.Tensor,
  dz: tf.Tensor,
  direction: Direction,
): tf.Tensor {
  return runFused(
    'HeedRecurrentKernelGrad',
    { initial, hidden, dz },
    { backward: direction === 'backward' },
  )[0]!;
}

/** Sum over time and batch: gradient of a bias. */
export function gradientOfBias(dz: tf.Tensor): tf.Tensor {
  return runFused('HeedColumnSum', { x: dz })[0]!;
}
