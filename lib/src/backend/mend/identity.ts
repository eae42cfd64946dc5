import * as tf from '@tensorflow/tfjs';
import type { Mend } from './kernel.js';

export const identity: Mend = {
  kernels: ['Identity'],
  why: 'copied its data where a second reference does',
  build: (stock) => {
    const original = stock('Identity');
    return {
      Identity: (call) => {
        const x = call.inputs.x!;
        if (x.dtype === 'string') return original(call);
        call.backend.incRef(x.dataId);
        return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
      },
    };
  },
  proof: () => {
    const x = tf.tensor1d([1, 2, 3]);
    const copy = tf.engine().runKernel('Identity', { x }) as tf.Tensor;
    x.dispose();
    return { got: [copy], expected: [[1, 2, 3]] };
  },
};
