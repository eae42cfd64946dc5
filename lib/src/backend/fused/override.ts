import * as tf from '@tensorflow/tfjs';
import { fusedBatchMatMul } from './mat-mul.js';
import { fusedModule, type WasmBackend } from './module.js';

/**
 * Rows below which the stock product stays: it keeps its packed copy of a right operand from call to call, and for few rows
 * packing is most of the work.
 */
const FEW_ROWS = 16;

/**
 * Registers our product as `BatchMatMul`. What was registered before stays in use where it is faster: plain 2-D products of
 * few rows.
 */
export function replaceMatMul(): void {
  const before = tf.getKernel('BatchMatMul', 'wasm');
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({
    ...before,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const attributes = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
      const plain =
        !attributes.transposeA && !attributes.transposeB && a.shape.length === 2 && b.shape.length === 2;
      if (plain && a.shape[0]! < FEW_ROWS) return before.kernelFunc(call);
      return fusedBatchMatMul(fusedModule(call.backend as unknown as WasmBackend), a, b, attributes);
    },
  });
}
