import * as tf from '@tensorflow/tfjs';
import { drawer, forwardStep, type Work } from './work.js';

/** One product a step; the name says which operands are stored transposed. */
function product(name: string, transposeA: boolean, transposeB: boolean, batched = false): Work {
  return {
    name: `matmul-${name}`,
    axes: 'batch, rows, inner, columns',
    shapes: batched ? [[64, 32, 128, 32]] : [[1, 512, 512, 512]],
    start: (form, shape) => {
      if (form !== 'fused' && form !== 'naive') return undefined;
      const [batch, rows, inner, columns] = shape as [number, number, number, number];
      const draw = drawer();
      const place = (height: number, width: number) => (batched ? [batch, height, width] : [height, width]);
      const a = draw<tf.Rank.R3>(transposeA ? place(inner, rows) : place(rows, inner));
      const b = draw<tf.Rank.R3>(transposeB ? place(columns, inner) : place(inner, columns));
      return forwardStep(() => tf.matMul(a, b, transposeA, transposeB));
    },
  };
}

export const matMulWorks: readonly Work[] = [
  product('ab', false, false),
  product('atb', true, false),
  product('abt', false, true),
  product('atbt', true, true),
  product('batched-ab', false, false, true),
  product('batched-atb', true, false, true),
  product('batched-abt', false, true, true),
  product('batched-atbt', true, true, true),
];
