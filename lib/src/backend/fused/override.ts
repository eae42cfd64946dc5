import * as tf from '@tensorflow/tfjs';
import { fusedBatchMatMul } from './mat-mul.js';
import { fusedModule, type WasmBackend } from './module.js';

/**
 * Registers our product as `BatchMatMul` for floats; other types go where they went before.
 *
 * Plain 2-D products are taken over too. The stock one keeps a packed copy of a right operand that it has seen, and is then
 * about as fast as ours; but a copy is made anew whenever the weights have changed, which is every step of a training, and
 * costs ten to thirty times what a product of few rows takes here.
 */
export function replaceMatMul(): void {
  const before = tf.getKernel('BatchMatMul', 'wasm');
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({
    ...before,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      if (a.dtype !== 'float32' || b.dtype !== 'float32') return before.kernelFunc(call);
      const attributes = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
      return fusedBatchMatMul(fusedModule(call.backend as unknown as WasmBackend), a, b, attributes);
    },
  });
}
