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
  const [term, other] = [terms[k]!, terms[1 - k] ?? ''];
  const operand = operands[k]!;
  const present = [...term].filter((label) => (output + other).includes(label)).join('');
  const needed = [...other].filter((label) => (output + term).includes(label)).join('');
  let part: tf.Tensor;
  if (other === '') {
    part = tf.einsum(`${output}->${present}`, dy);
  } else {
    // The rest of the other operand is summed here, since the cpu kernel of einsum gets a label of its own wrong.
    const lonely = [...other].flatMap((label, axis) => (needed.includes(label) ? [] : [axis]));
    const factor = lonely.length ? tf.sum(operands[1 - k]!, lonely) : operands[1 - k]!;
    part =
      needed === ''
        ? tf.mul(tf.einsum(`${output}->${present}`, dy), factor)
        : tf.einsum(`${output},${needed}->${present}`, dy, factor);
  }
  const spread = [...term].map((label, axis) => (present.includes(label) ? operand.shape[axis]! : 1));
  return tf.broadcastTo(tf.reshape(part, spread), operand.shape);
}

/** Position in an axis of `size` from which each position of its mirrored extension came. */
function mirrored(
  size: number,
  [before, after]: readonly [number, number],
  mode: 'reflect' | 'symmetric',
): number[] {
  const twice = mode === 'symmetric' ? 1 : 0; // whether the border itself is repeated
  return Array.from({ length: before + size + after }, (_, k) => {
    const at = k - before;
    if (at < 0) return -at - twice;
    return at < size ? at : 2 * size - 2 - at + twice;
  });
}

/** Each padded position's error goes back to where its number came from: one selection per axis. */
function mirrorPadGradient(dy: tf.Tensor, shape: number[], attrs: tf.MirrorPadAttrs): tf.Tensor {
  return shape.reduce((error, size, axis) => {
    const order = [...shape.keys()].filter((k) => k !== axis).concat(axis);
    const last = tf.transpose(error, order);
    const from = mirrored(size, attrs.paddings[axis]!, attrs.mode);
    const selection = tf.cast(tf.oneHot(tf.tensor1d(from, 'int32'), size), 'float32') as tf.Tensor2D;
    const rows = tf.matMul(tf.reshape(last, [-1, from.length]), selection);
    return tf.transpose(
      tf.reshape(rows, [...last.shape.slice(0, -1), size]),
      [...shape.keys()].map((k) => order.indexOf(k)),
    );
  }, dy);
}

function rewrap(kernelName: string, wrap: (stock: tf.GradFunc) => tf.GradFunc): void {
  const stock = tf.getGradient(kernelName);
  tf.unregisterGradient(kernelName);
  tf.registerGradient({ ...stock, gradFunc: wrap(stock.gradFunc) });
}

/**
 * Gives TensorFlow.js the gradients that its core lacks or has wrong on every backend: `einsum`, `matMul` with a broadcast batch,
 * `unstack` and `split` into a single part, `cumsum` along any axis, `mirrorPad`, and comparisons inside a condition (`tf.where(tf.greater(x, 0), ...)`), whose gradient is zero.
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
  // Core transposes the result for every axis but the last.
  rewrap('Cumsum', () => (dy, _, attrs) => {
    const { axis, exclusive, reverse } = attrs as unknown as tf.CumsumAttrs;
    return { x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse) };
  });
  // Core drops the error of the mirrored copies.
  tf.unregisterGradient('MirrorPad');
  tf.registerGradient({
    kernelName: 'MirrorPad',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attrs) => ({
      x: () => mirrorPadGradient(dy as tf.Tensor, x!.shape, attrs as unknown as tf.MirrorPadAttrs),
    }),
  });
  // The engine hands over a bare tensor where there is one output; these two expect a list.
  for (const kernelName of ['Unpack', 'SplitV']) {
    rewrap(kernelName, (stock) => (dy, saved, attrs) => stock(Array.isArray(dy) ? dy : [dy], saved, attrs));
  }
}
