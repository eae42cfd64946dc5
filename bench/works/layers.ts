import * as tf from '@tensorflow/tfjs';
import { embed, maskedCrossEntropy } from 'heed';
import { drawer, forwardStep, ourForms, trainingStep, variables, type Work } from './work.js';

/** Ids that name every word of the vocabulary about equally often. */
function ids(shape: [number, number], vocab: number): tf.Tensor2D {
  const values = Int32Array.from({ length: shape[0] * shape[1] }, (_, k) => (k * 7919) % vocab);
  return tf.tensor2d(values, shape, 'int32');
}

/**
 * Look-up of 64 x 32 words in a table of 64 features. Naive: a product with one-hot rows, as stock wasm has no gradient of `gather`.
 */
export const embeddingWork: Work = {
  name: 'embedding-step',
  axes: 'batch, time, vocabulary, features',
  shapes: [
    [64, 32, 1000, 64],
    [64, 32, 10000, 64],
  ],
  start: (form, shape) => {
    // The library has one form of it; on wasm tf.layers cannot be trained.
    if (form === 'reference' || form === 'sequence') return undefined;
    const [batch, time, vocab, features] = shape as [number, number, number, number];
    const words = ids([batch, time], vocab);
    if (form === 'layers') {
      if (tf.getKernel('UnsortedSegmentSum', tf.getBackend()) === undefined) return undefined;
      const layer = tf.layers.embedding({ inputDim: vocab, outputDim: features });
      tf.dispose(layer.apply(words) as tf.Tensor);
      return trainingStep(form, null, () => (layer.apply(words) as tf.Tensor).square().mean());
    }
    const params = variables({ table: [vocab, features] });
    const table = params.table as tf.Tensor as tf.Tensor2D;
    const flat = words.reshape([batch * time]) as tf.Tensor1D;
    const look = () =>
      form === 'naive' ? tf.oneHot(flat, vocab).cast('float32').matMul(table) : embed({ table }, words);
    return trainingStep(form, params, () => look().square().mean() as tf.Scalar);
  },
};

/** Loss and its gradient by logits, one for each word of the vocabulary. */
export const crossEntropyWork: Work = {
  name: 'cross-entropy',
  axes: 'positions, vocabulary',
  shapes: [[512, 10000]],
  start: (form, shape) => {
    if (form === 'reference' || form === 'sequence' || form === 'layers') return undefined;
    const [positions, vocab] = shape as [number, number];
    const labels = ids([1, positions], vocab);
    const logits = drawer()<tf.Rank.R3>([1, positions, vocab]);
    const gradient = tf.valueAndGrad((x: tf.Tensor) => {
      if (form !== 'naive') return maskedCrossEntropy(x as tf.Tensor3D, labels);
      const wanted = tf.oneHot(labels, vocab).cast('float32');
      return tf.losses.softmaxCrossEntropy(wanted, x);
    });
    return forwardStep(() => {
      const { value, grad } = gradient(logits);
      return [value, grad];
    });
  },
};

/** Regions of pictures as a captioner reads them: three convolutions of stride 2 with relu, and the mean of the regions. */
export const convolutionWork: Work = {
  name: 'conv-step',
  axes: 'batch, height, width, channels',
  shapes: [[16, 32, 32, 3]],
  start: (form, shape) => {
    if (form === 'reference' || form === 'sequence' || form === 'layers') return undefined;
    // Stock wasm cannot train a convolution.
    if (tf.getKernel('Conv2DBackpropFilter', tf.getBackend()) === undefined) return undefined;
    const pictures = drawer()(shape, 1) as tf.Tensor4D;
    const widths = [shape[3]!, 16, 32, 64];
    const params = variables(
      Object.fromEntries([0, 1, 2].map((k) => [`filter${k}`, [3, 3, widths[k]!, widths[k + 1]!]])),
    );
    const filters = Object.values(params) as unknown as tf.Tensor4D[];
    return trainingStep(ourForms.includes(form) ? form : 'naive', params, () => {
      const regions = filters.reduce((x, filter) => tf.relu(tf.conv2d(x, filter, 2, 'same')), pictures);
      return regions.mean([1, 2]).square().mean() as tf.Scalar;
    });
  },
};
