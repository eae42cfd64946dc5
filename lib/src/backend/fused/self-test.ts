import * as tf from '@tensorflow/tfjs';
import { fusedTanh } from './activations.js';
import { lstm } from './lstm.js';
import { fusedMatMul } from './mat-mul.js';

/** Largest difference that rounding explains in the small cases below; a wrong kernel is off by far more. */
const TOLERANCE = 1e-5;

/** Some numbers between -1 and 1, always the same. */
function wave(shape: number[], phase: number): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + phase)),
    shape,
  );
}

function compare(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  for (let i = 0; i < expected.length; i++) {
    // A NaN fails the comparison too.
    if (!(Math.abs(actual[i]! - expected[i]!) <= TOLERANCE * Math.max(1, Math.abs(expected[i]!)))) {
      throw new Error(`self-test of ${what} gave ${actual[i]} where ${expected[i]} is right`);
    }
  }
}

function testProduct(): void {
  const [rows, depth, columns] = [5, 6, 11];
  const a = wave([rows, depth], 0);
  const b = wave([columns, depth], 1);
  const [left, right] = [a.dataSync(), b.dataSync()];
  const expected = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < depth; k++)
        expected[i * columns + j]! += left[i * depth + k]! * right[j * depth + k]!;
    }
  }
  compare('matMul', fusedMatMul(a, b, { b: true }).dataSync(), expected);
}

/** Two LSTM steps with their gradients against the plain operations. */
function testSequence(): void {
  const [batch, features, units] = [2, 3, 5];
  const inputs = wave([2, batch, features], 2) as tf.Tensor3D;
  const kernel = wave([features, 4 * units], 3) as tf.Tensor2D;
  const recurrentKernel = wave([units, 4 * units], 4) as tf.Tensor2D;
  const bias = wave([4 * units], 5) as tf.Tensor1D;
  const zeros = tf.zeros([batch, units]) as tf.Tensor2D;

  const plain = (w: tf.Tensor, u: tf.Tensor): tf.Scalar => {
    let [hidden, cell] = [zeros as tf.Tensor, zeros as tf.Tensor];
    for (const x of tf.unstack(inputs)) {
      const sums = x.matMul(w).add(hidden.matMul(u)).add(bias);
      const [i, f, g, o] = tf.split(sums, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      cell = f.sigmoid().mul(cell).add(i.sigmoid().mul(g.tanh()));
      hidden = o.sigmoid().mul(cell.tanh());
    }
    return hidden.square().add(cell).sum();
  };
  const fused = (w: tf.Tensor, u: tf.Tensor): tf.Scalar => {
    const weights = { kernel: w as tf.Tensor2D, recurrentKernel: u as tf.Tensor2D, bias };
    const { hidden, cell } = lstm(weights, inputs, { hidden: zeros, cell: zeros }, null, 'forward');
    const last = (states: tf.Tensor3D) => states.slice([1, 0, 0], [1, batch, units]);
    return last(hidden).square().add(last(cell)).sum();
  };
  const [expected, actual] = [plain, fused].map((loss) => tf.valueAndGrads(loss)([kernel, recurrentKernel]));
  compare('lstm', actual!.value.dataSync(), expected!.value.dataSync());
  for (const [i, gradient] of expected!.grads.entries()) {
    compare("lstm's gradient", actual!.grads[i]!.dataSync(), gradient.dataSync());
  }
}

/** Computes small known cases. @throws saying what was wrong with the first that does not come out right */
export function selfTest(): void {
  tf.tidy(() => {
    testProduct();
    const x = wave([9], 0);
    compare(
      'tanh',
      fusedTanh(x.mul(4)).dataSync(),
      x.dataSync().map((value) => Math.tanh(4 * value)),
    );
    testSequence();
  });
}
