import * as tf from '@tensorflow/tfjs';
import { differentiable, fusedKernel, runFused } from './kernel.js';

interface EmbeddingAttributes {
  readonly vocabulary: number;
}

export const embeddingKernels: tf.KernelConfig[] = [
  fusedKernel<EmbeddingAttributes>('HeedEmbeddingGrad', (module, { ids, dOutput }, { vocabulary }) => {
    const width = dOutput!.shape.at(-1)!;
    const count = tf.util.sizeFromShape(ids!.shape);
    const out = module.output([vocabulary, width]);
    const [at, d, to] = [ids, dOutput, out].map((tensor) => module.address(tensor));
    // Before anything is written: an id outside the table would be an address outside the tensor.
    for (const id of module.view(ids!)) {
      if (id < 0 || id >= vocabulary) {
        throw new RangeError(`fusedEmbedding: id ${id} is not from 0 to ${vocabulary - 1}`);
      }
    }
    module.exports.embeddingGradient!(at!, d!, to!, count, vocabulary, width);
    return out;
  }),
];

/** The gradient of the scatter is the lookup, so every derivative exists. */
export const embeddingGradients: tf.GradConfig[] = [
  {
    kernelName: 'HeedEmbeddingGrad',
    inputsToSave: ['ids'],
    gradFunc: (dTable, [ids]) => ({
      ids: () => tf.zerosLike(ids!),
      dOutput: () => tf.gather(dTable as tf.Tensor, ids as tf.Tensor1D),
    }),
  },
];

/**
 * Gradient of a lookup: rows of `dOutput` `[..., width]` added up by the ids `[...]` (int32) into `[vocabulary, width]`.
 *
 * @throws for an id outside the vocabulary
 */
export function embeddingGradient(ids: tf.Tensor, dOutput: tf.Tensor, vocabulary: number): tf.Tensor2D {
  if (ids.dtype !== 'int32') throw new Error(`embeddingGradient: ids must be int32, got ${ids.dtype}`);
  if (dOutput.shape.slice(0, -1).join() !== ids.shape.join() || dOutput.dtype !== 'float32') {
    throw new Error(
      `embeddingGradient: dOutput must be float32 [${[...ids.shape, 'width']}], got ${dOutput.dtype} [${dOutput.shape}]`,
    );
  }
  return runFused('HeedEmbeddingGrad', { ids, dOutput }, { vocabulary })[0] as tf.Tensor2D;
}

/** Rows of `table` `[vocabulary, width]` by `ids` (int32): `[...ids, width]`, with a gradient that wasm lacks otherwise. */
export function fusedEmbedding(table: tf.Tensor2D, ids: tf.Tensor): tf.Tensor {
  if (ids.dtype !== 'int32') throw new Error(`fusedEmbedding: ids must be int32, got ${ids.dtype}`);
  const [output] = differentiable(
    { table },
    (save) => {
      save([ids]);
      return [tf.gather(table, ids as tf.Tensor1D)];
    },
    ([dOutput], [saved]) => ({ table: () => embeddingGradient(saved!, dOutput!, table.shape[0]) }),
  );
  return output!;
}
