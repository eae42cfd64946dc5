import type * as tf from '@tensorflow/tfjs';
import { fusedKernel, withoutSecondDerivative } from './kernel.js';

interface LossAttributes {
  /** Share of the label that is spread evenly over all classes; 0 by default. */
  readonly smoothing?: number;
}

/**
 * Cross-entropy -log softmax(logits)[label] of every row: losses with the largest logit and the sum of exponentials of each
 * row, from which the gradient is formed. Neither probabilities nor one-hot labels are ever stored. `maskedCrossEntropy` takes
 * them for large vocabularies.
 */
export const crossEntropyKernels: tf.KernelConfig[] = [
  fusedKernel<LossAttributes>('HeedCrossEntropy', (module, { logits, labels }, { smoothing = 0 }) => {
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
      const chosen = values[i * classes + label]!;
      loss![i] = Math.log(sum![i]!) + (top![i]! - chosen);
      if (smoothing > 0) loss![i]! += smoothing * (chosen - meanOf(values, i * classes, classes));
    }
    return [losses, largest, sums];
  }),
  fusedKernel<LossAttributes>('HeedCrossEntropyGrad', (module, inputs, { smoothing = 0 }) => {
    const { logits, labels, largest, sums, dLosses } = inputs;
    const [rows, classes] = logits!.shape as [number, number];
    const out = module.output([rows, classes]);
    module.exports.crossEntropyGradient!(
      ...[logits, labels, largest, sums, dLosses, out].map((tensor) => module.address(tensor)),
      ...[rows, classes, smoothing],
    );
    return out;
  }),
];

function meanOf(values: ArrayLike<number>, from: number, count: number): number {
  let sum = 0;
  for (let k = from; k < from + count; k++) sum += values[k]!;
  return sum / count;
}

export const crossEntropyGradients = [withoutSecondDerivative('HeedCrossEntropyGrad')];
