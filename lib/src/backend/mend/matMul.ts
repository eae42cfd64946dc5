import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { floats, ints, type Kernel, type KernelCall, type Mend, one, shaped, withAlias } from './kernel.js';
import { asRightOperand } from './packed.js';

/**
 * Whether one slice of a batch is worth the fast product. Measured: the stock loop takes 1 ns per multiplication; the fast way
 * some 8 us per call and 4 ns per number of the right operand, which it packs, and next to nothing for the product itself.
 */
function worthPacking(rows: number, inner: number, columns: number): boolean {
  return inner * columns * (rows - 4) > 8000;
}

const untransposedAttrs = { transposeA: false, transposeB: false };

/** a and b as [batch, rows, inner] and [batch, inner, columns]. */
interface Plain {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  readonly temporaries: readonly tf.TensorInfo[];
}

function batchOf(tensor: tf.TensorInfo): number {
  return tf.util.sizeFromShape(tensor.shape.slice(0, -2));
}

function transposeLast(transpose: Kernel, backend: BackendWasm, x: tf.TensorInfo): tf.TensorInfo {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const batch = batchOf(x);
  // Rank 2 has a transposition of its own in the backend, faster than the general one.
  const rank = batch === 1 ? 2 : 3;
  const flat = shaped(x, rank === 2 ? [rows, columns] : [batch, rows, columns]);
  const perm = rank === 2 ? [1, 0] : [0, 2, 1];
  const turned = one(transpose({ inputs: { x: flat }, backend, attrs: { perm } }));
  return shaped(turned, [...x.shape.slice(0, -2), columns, rows]);
}

function untransposed(transpose: Kernel, { inputs, attrs, backend }: KernelCall): Plain {
  const temporaries: tf.TensorInfo[] = [];
  const turn = (x: tf.TensorInfo) => {
    const turned = transposeLast(transpose, backend, x);
    temporaries.push(turned);
    return turned;
  };
  const a = attrs.transposeA ? turn(inputs.a!) : inputs.a!;
  const b = attrs.transposeB ? turn(inputs.b!) : inputs.b!;
  return { a, b, temporaries };
}

/** Products of whole numbers (a confusion matrix is one), exact in 32 bits. */
function integerProduct(a: tf.TensorInfo, b: tf.TensorInfo, backend: BackendWasm): tf.TensorInfo {
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const columns = b.shape[b.shape.length - 1]!;
  const batchA = batchOf(a);
  const batchB = batchOf(b);
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = backend.makeOutput([...outer, rows, columns], 'int32');
  const [left, right, product] = [ints(backend, a), ints(backend, b), ints(backend, out)];
  product.fill(0);
  for (let n = 0; n < Math.max(batchA, batchB); n++) {
    const aAt = (n % batchA) * rows * inner;
    const bAt = (n % batchB) * inner * columns;
    for (let i = 0; i < rows; i++) {
      const outAt = (n * rows + i) * columns;
      for (let k = 0; k < inner; k++) {
        const factor = left[aAt + i * inner + k]!;
        if (factor === 0) continue;
        for (let j = 0; j < columns; j++)
          product[outAt + j]! += Math.imul(factor, right[bAt + k * columns + j]!);
      }
    }
  }
  return out;
}

/** Slice by slice through the fast product, each written to its place in the output. */
function batchedProduct(
  stock: Kernel,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  backend: BackendWasm,
): tf.TensorInfo {
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const columns = b.shape[b.shape.length - 1]!;
  const batch = batchOf(a);
  const out = backend.makeOutput([...a.shape.slice(0, -2), rows, columns], 'float32');
  for (let n = 0; n < batch; n++) {
    const slice = withAlias(backend, a, n * rows * inner, [rows, inner], (left) =>
      withAlias(backend, b, n * inner * columns, [inner, columns], (right) =>
        one(
          stock({
            inputs: { a: left, b: right },
            backend,
            attrs: untransposedAttrs,
          }),
        ),
      ),
    );
    floats(backend, out).set(floats(backend, slice), n * rows * columns);
    backend.disposeData(slice.dataId);
  }
  return out;
}

/** Rows of both operands that one partial product takes; what it touches then stays in the cache. */
const blockRows = 256;

/**
 * a^T b over many rows (a weight's gradient over a whole sequence): in blocks of rows, which lie contiguously in both operands.
 * A block's packed copy fits the cache; measured 1.1 times as fast on an idle machine, twice on a busy one.
 */
function blockedProduct(stock: Kernel, transpose: Kernel, { inputs, backend }: KernelCall): tf.TensorInfo {
  const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  const [inner, rows] = a.shape.slice(-2) as [number, number];
  const columns = b.shape[b.shape.length - 1]!;
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = backend.makeOutput([...outer, rows, columns], 'float32');
  floats(backend, out).fill(0);
  for (let from = 0; from < inner; from += blockRows) {
    const block = Math.min(blockRows, inner - from);
    const left = withAlias(backend, a, from * rows, [block, rows], (x) =>
      transposeLast(transpose, backend, x),
    );
    const part = withAlias(backend, b, from * columns, [block, columns], (right) =>
      one(stock({ inputs: { a: left, b: right }, backend, attrs: untransposedAttrs })),
    );
    const sum = floats(backend, out);
    const add = floats(backend, part);
    const count = sum.length;
    for (let k = 0; k < count; k++) sum[k]! += add[k]!;
    backend.disposeData(left.dataId);
    backend.disposeData(part.dataId);
  }
  return out;
}

/** The product of two tensors on the last two axes, by whichever way is fast for its shapes. */
export function product(stock: Kernel, transpose: Kernel, call: KernelCall): tf.TensorInfo {
  const { inputs, attrs, backend } = call;
  const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  const batch = batchOf(a);
  if (batch > 1 && batchOf(b) > 1 && !tf.util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2))) {
    throw new Error(
      `matMul: batches [${a.shape.slice(0, -2)}] and [${b.shape.slice(0, -2)}], expected equal ones or a batch of 1; broadcast with tf.tile first`,
    );
  }
  const integers = a.dtype !== 'float32' && a.dtype === b.dtype;
  const single = batch === 1 && batchOf(b) === 1;
  const plainAlready = !attrs.transposeA && !attrs.transposeB;
  const direct = (a: tf.TensorInfo, b: tf.TensorInfo) =>
    asRightOperand(backend, b, (right) =>
      one(stock({ inputs: { a, b: right }, backend, attrs: untransposedAttrs })),
    );
  if (!integers) {
    if (single && plainAlready) return direct(a, b);
    if (single && !attrs.transposeB && longInner(call)) return blockedProduct(stock, transpose, call);
    if (!single && !fastBatch(call)) return one(stock(call));
  }
  const plain = untransposed(transpose, call);
  const out = integers
    ? integerProduct(plain.a, plain.b, backend)
    : single
      ? direct(plain.a, plain.b)
      : batchedProduct(stock, plain.a, plain.b, backend);
  for (const temporary of plain.temporaries) backend.disposeData(temporary.dataId);
  return out;
}

function longInner({ inputs }: KernelCall): boolean {
  const [a, b] = [inputs.a!.shape, inputs.b!.shape];
  return a[a.length - 2] === b[b.length - 2] && a[a.length - 2]! >= 2 * blockRows;
}

function fastBatch({ inputs, attrs }: KernelCall): boolean {
  const [a, b] = [inputs.a!, inputs.b!];
  const [rows, inner] = attrs.transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
  const [innerB, columns] = attrs.transposeB ? b.shape.slice(-2).reverse() : b.shape.slice(-2);
  const alike = tf.util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2)) && inner === innerB;
  return alike && worthPacking(rows!, inner!, columns!);
}

export const matMul: Mend = {
  kernels: ['BatchMatMul'],
  why: 'twenty times slower for a transposed operand or a batch, that is for every gradient; no product of integers',
  build: (stock) => {
    const original = stock('BatchMatMul');
    const transpose = stock('Transpose');
    return { BatchMatMul: (call) => product(original, transpose, call) };
  },
  proof: () => {
    const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const b = tf.tensor2d([1, 0, 2, 1, 0, 1], [2, 3]);
    // Slices of 32 x 32 x 32 so that the fast way is the one tested: a scaled identity each.
    const eye = tf.eye(32).mul(tf.tensor3d([2, 3], [2, 1, 1])) as tf.Tensor3D;
    const ramp = tf.range(0, 2048).reshape([2, 32, 32]);
    return {
      got: [
        tf.matMul(a, b, false, true),
        tf.matMul(a, b, true, false),
        tf.matMul(eye, ramp),
        tf.matMul(a.toInt(), b.toInt(), false, true),
      ],
      expected: [
        [7, 4, 16, 10],
        [5, 0, 6, 7, 0, 9, 9, 0, 12],
        Array.from({ length: 2048 }, (_, n) => (n < 1024 ? 2 * n : 3 * n)),
        [7, 4, 16, 10],
      ],
    };
  },
};
