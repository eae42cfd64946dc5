import type * as tf from '@tensorflow/tfjs';
import { checkNotEmpty } from './checks.js';
import { differentiable, fusedKernel, runFused, withoutSecondDerivative } from './kernel.js';

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
        throw new RangeError(`fusedCrossEntropy: label ${label} of row ${i} is not from 0 to ${classes - 1}`);
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

/**
 * Cross-entropy -log softmax(logits)[label] of every row, for large vocabularies: neither probabilities nor one-hot labels
 * are ever stored, the gradient is formed from the logits and two numbers a row.
 *
 * @param logits `[rows, classes]`
 * @param labels `[rows]`, int32
 * @returns losses `[rows]`; rows whose loss gets no gradient (padding) cost nothing backward
 * @throws for a label that is no class
 */
export function fusedCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  if (logits.rank !== 2 || logits.dtype !== 'float32') {
    throw new Error(
      `fusedCrossEntropy: logits must be float32 [rows, classes], got ${logits.dtype} [${logits.shape}]`,
    );
  }
  checkNotEmpty('fusedCrossEntropy', { rows: logits.shape[0], classes: logits.shape[1] });
  if (labels.dtype !== 'int32' || labels.rank !== 1 || labels.shape[0] !== logits.shape[0]) {
    throw new Error(
      `fusedCrossEntropy: labels must be int32 [rows] = [${logits.shape[0]}], got ${labels.dtype} [${labels.shape}]`,
    );
  }
  const [losses] = differentiable(
    { logits },
    (save) => {
      const [losses, largest, sums] = runFused('HeedCrossEntropy', { logits, labels });
      save([logits, labels, largest!, sums!]);
      return [losses!];
    },
    ([dLosses], [logits, labels, largest, sums]) => ({
      logits: () => runFused('HeedCrossEntropyGrad', { logits, labels, largest, sums, dLosses })[0]!,
    }),
  );
  return losses as tf.Tensor1D;
}
