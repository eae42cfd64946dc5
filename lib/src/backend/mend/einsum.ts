import * as tf from '@tensorflow/tfjs';
import { type KernelCall, type Mend, one, type Stock, shaped } from './kernel.js';

/** 'bij,bjk->bik' as ['bij', 'bjk'] and 'bik'; checked by core before any kernel sees it. */
export function parseEinsum(equation: string): { terms: string[]; output: string } {
  const [left, output] = equation.replace(/\s/g, '').split('->') as [string, string];
  return { terms: left.split(','), output };
}

interface Labelled {
  readonly tensor: tf.TensorInfo;
  readonly labels: string;
}

/** One or two operands as sums, transpositions and a single batched product. */
function einsum({ inputs, attrs, backend }: KernelCall, stock: Stock): tf.TensorInfo {
  const [sum, transpose, matMul, identity] = ['Sum', 'Transpose', 'BatchMatMul', 'Identity'].map(
    stock,
  ) as ReturnType<Stock>[];
  const { terms, output } = parseEinsum(attrs.equation);
  const operands = Object.values(inputs);
  if (operands.length > 2)
    throw new Error(`einsum '${attrs.equation}': ${operands.length} operands, expected 1 or 2`);
  const { idDims } = tf.backend_util.decodeEinsumEquation(attrs.equation, operands.length);
  tf.backend_util.checkEinsumDimSizes(new Set(terms.join('')).size, idDims, operands as tf.Tensor[]);
  const temporaries: tf.TensorInfo[] = [];
  const keep = (result: tf.TensorInfo | tf.TensorInfo[]) => {
    temporaries.push(one(result));
    return one(result);
  };
  const extent: Record<string, number> = {};
  terms.forEach((term, k) => {
    [...term].forEach((label, axis) => {
      extent[label] = operands[k]!.shape[axis]!;
    });
  });
  const sizeOf = (labels: readonly string[]) => labels.reduce((size, label) => size * extent[label]!, 1);

  /** Sums out labels that occur nowhere else. */
  const reduced = (k: number): Labelled => {
    const labels = [...terms[k]!];
    const elsewhere = output + (terms[1 - k] ?? '');
    const axis = labels.flatMap((label, at) => (elsewhere.includes(label) ? [] : [at]));
    const tensor = axis.length
      ? keep(sum({ inputs: { x: operands[k]! }, backend, attrs: { axis, keepDims: false } }))
      : operands[k]!;
    return { tensor, labels: labels.filter((label) => elsewhere.includes(label)).join('') };
  };
  const ordered = ({ tensor, labels }: Labelled, order: readonly string[]): tf.TensorInfo => {
    const perm = order.map((label) => labels.indexOf(label));
    return perm.every((axis, k) => axis === k)
      ? tensor
      : keep(transpose({ inputs: { x: tensor }, backend, attrs: { perm } }));
  };

  let result: Labelled;
  const a = reduced(0);
  if (operands.length === 1) {
    result = a;
  } else {
    const b = reduced(1);
    const shared = [...a.labels].filter((label) => b.labels.includes(label));
    const batch = shared.filter((label) => output.includes(label));
    const inner = shared.filter((label) => !output.includes(label));
    const rows = [...a.labels].filter((label) => !shared.includes(label));
    const columns = [...b.labels].filter((label) => !shared.includes(label));
    const left = shaped(ordered(a, [...batch, ...rows, ...inner]), [
      sizeOf(batch),
      sizeOf(rows),
      sizeOf(inner),
    ]);
    const right = shaped(ordered(b, [...batch, ...inner, ...columns]), [
      sizeOf(batch),
      sizeOf(inner),
      sizeOf(columns),
    ]);
    const attrs = { transposeA: false, transposeB: false };
    const flat = keep(matMul({ inputs: { a: left, b: right }, backend, attrs }));
    const labels = [...batch, ...rows, ...columns];
    result = {
      tensor: shaped(
        flat,
        labels.map((label) => extent[label]!),
      ),
      labels: labels.join(''),
    };
  }
  // A reference of its own, since the last tensor may be an input or one of the temporaries.
  const out = one(identity({ inputs: { x: ordered(result, [...output]) }, backend, attrs: {} }));
  for (const { dataId } of temporaries) backend.disposeData(dataId);
  return out;
}

export const einsumMend: Mend = {
  kernels: ['Einsum'],
  why: 'missing on wasm',
  build: (stock) => ({ Einsum: (call) => einsum(call, stock) }),
  proof: () => {
    const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    return {
      got: [tf.einsum('ij,kj->ki', a, tf.tensor2d([1, 0, 2, 1, 0, 1], [2, 3])), tf.einsum('ij->j', a)],
      expected: [
        [7, 16, 4, 10],
        [5, 7, 9],
      ],
    };
  },
};
