import * as tf from '@tensorflow/tfjs';
import { parseEinsum } from './einsum.js';

/** Kernels that compare: their result does not move with their operands, so nothing flows back. */
const comparisons = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'];

/** Sums over the axes along which `gradient` was broadcast from `shape`. */
function summedTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length ? tf.sum(gradient, axes) : gradient, shape);
}

/** The output's error takes operand k's place in the equation; labels that were summed out alone are spread again. */
function einsumGradient(dy: tf.Tensor, operands: tf.Tensor[], k: number, equation: string): tf.Tensor {
  const { terms, output } = parseEinsum(equation);
  const operand = operands[k]!;
  const other = terms[1 - k];
  const present = [...terms[k]!].filter((label) => (output + (other ?? '')).includes(label)).join('');
  const part =
    other === undefined
      ? tf.einsum(`${output}->${present}`, dy)
      : tf.einsum(`${output},${other}->${present}`, dy, operands[1 - k]!);
  const spread = [...terms[k]!].map((label, axis) => (present.includes(label) ? operand.shape[axis]! : 1));
  return tf.broadcastTo(tf.reshape(part, spread), operand.shape);
}

function rewrap(kernelName: string, wrap: (stock: tf.GradFunc) => tf.GradFunc): void {
  const stock = tf.getGradient(kernelName);
  tf.unregisterGradient(kernelName);
  tf.registerGradient({ ...stock, gradFunc: wrap(stock.gradFunc) });
}

/**
 * Gives TensorFlow.js the gradients that its core lacks on every backend: `einsum`, `matMul` with a broadcast batch,
 * `unstack` and `split` into a single part, and comparisons inside a condition (`tf.where(tf.greater(x, 0), ...)`), whose gradient is zero.
 * For any backend. A second call does nothing.
 */
export function mendGradients(): void {
  if (tf.getGradient('Einsum')) return;
  tf.registerGradient({
    kernelName: 'Einsum',
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => {
      const equation = attrs.equation as unknown as string;
      return Object.fromEntries(
        saved.map((_, k) => [k, () => einsumGradient(dy as tf.Tensor, saved, k, equation)]),
      );
    },
  });
  for (const kernelName of comparisons) {
    if (tf.getGradient(kernelName)) continue;
    tf.registerGradient({
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (_, [a, b]) => ({ a: () => tf.zeros(a!.shape), b: () => tf.zeros(b!.shape) }),
    });
  }
  rewrap('BatchMatMul', (stock) => (dy, saved, attrs) => {
    const { a, b } = stock(dy, saved, attrs) as { a: () => tf.Tensor; b: () => tf.Tensor };
    return { a: () => summedTo(a(), saved[0]!.shape), b: () => summedTo(b(), saved[1]!.shape) };
  });
  // The engine hands over a bare tensor where there is one output; these two expect a list.
  for (const kernelName of ['Unpack', 'SplitV']) {
    rewrap(kernelName, (stock) => (dy, saved, attrs) => stock(Array.isArray(dy) ? dy : [dy], saved, attrs));
  }
}
