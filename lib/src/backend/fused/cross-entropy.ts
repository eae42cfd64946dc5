import type * as tf from '@tensorflow/tfjs';
import { fusedKernel, withoutSecondDerivative } from './kernel.js';

/**
 * Cross-entropy -log softmax(logits)[label] of every row: losses with the largest logit and the sum of exponentials of each
 * row, from which the gradient is formed. Neither probabilities nor one-hot labels are ever stored. `maskedCrossEntropy` takes
 * them for large vocabularies.
 */
export const crossEntropyKernels: tf.KernelConfig[] = [
  fusedKernel('HeedCrossEntropy', (module, { logits, labels }) => {
    const [rows, classes] = logits!.shape as [number, number];
    const losses = module.output([rows]);
    const largest = module.output([rows]);
    const sums = module.output([rows]);
    module.exports.softmaxStatistics!(
      ...[logits, largest, sums].map((tensor) => module.address(tensor)),
      ...[rows, classes],
    );
    const ids = module.view(labels!);
    const values = module.view(logits!);
    const [loss, top, sum] = [losses, largest, sums].map((tensor) => module.view(tensor));
    for (let i = 0; i < rows; i++) {
      const label = ids[i]!;
      if (label < 0 || label >= classes) {
        throw new RangeError(`cross-entropy: label ${label} of row ${i} is not from 0 to ${classes - 1}`);
      }
      loss![i] = Math.log(sum![i]!) + (top![i]! - values[i * classes + label]!);
    }
    return [losses, largest, sums];
  }),
  fusedKernel('HeedCrossEntropyGrad', (module, { logits, labels, largest, sums, dLosses }) => {
    const [rows, classes] = logits!.shape as [number, number];
    const out = module.output([rows, classes]);
    module.exports.crossEntropyGradient!(
      ...[logits, labels, largest, sums, dLosses, out].map((tensor) => module.address(tensor)),
      ...[rows, classes],
    );
    return out;
  }),
];

export const crossEntropyGradients = [withoutSecondDerivative('HeedCrossEntropyGrad')];
