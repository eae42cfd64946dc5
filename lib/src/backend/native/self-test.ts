import * as tf from '@tensorflow/tfjs';
import { lstm } from './lstm.js';

/** Largest difference that rounding explains in the small case below; a wrong gate order is off by far more. */
const TOLERANCE = 1e-5;

/** Some numbers between -1 and 1, always the same. */
function wave(shape: number[], phase: number): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, k) =>
    Math.sin(1.7 * k + phase),
  );
  return tf.tensor(values, shape);
}

/** The equations, one step after the other; the second row ends after its first step. */
function plain(
  x: tf.Tensor,
  w: tf.Tensor,
  u: tf.Tensor,
  b: tf.Tensor,
  h: tf.Tensor,
  c: tf.Tensor,
): tf.Scalar {
  let [hidden, cell] = [h, c];
  tf.unstack(x).forEach((input, t) => {
    const sums = input.matMul(w).add(hidden.matMul(u)).add(b);
    const [i, f, g, o] = tf.split(sums, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const nextCell = f.sigmoid().mul(cell).add(i.sigmoid().mul(g.tanh()));
    const nextHidden = o.sigmoid().mul(nextCell.tanh());
    const real = tf.tensor2d([1, t === 0 ? 1 : 0], [2, 1]);
    const carried = tf.sub(1, real);
    hidden = real.mul(nextHidden).add(carried.mul(hidden));
    cell = real.mul(nextCell).add(carried.mul(cell));
  });
  return hidden.square().add(cell).sum();
}

/** Computes a small case with its gradients in two ways. @throws saying what came out wrong */
export function selfTest(): void {
  const [time, batch, features, units] = [2, 2, 3, 5];
  const mask = [1, 1, 1, 0];
  const shapes = [
    [time, batch, features],
    [features, 4 * units],
    [units, 4 * units],
    [4 * units],
    [batch, units],
    [batch, units],
  ];
  const native: typeof plain = (x, w, u, b, h, c) => {
    const weights = { kernel: w as tf.Tensor2D, recurrentKernel: u as tf.Tensor2D, bias: b as tf.Tensor1D };
    const initial = { hidden: h as tf.Tensor2D, cell: c as tf.Tensor2D };
    const marks = tf.tensor2d(mask, [time, batch]);
    const { hidden, cell } = lstm(weights, x as tf.Tensor3D, initial, marks, 'forward');
    const last = (states: tf.Tensor3D) => states.slice([time - 1, 0, 0], [1, batch, units]);
    return last(hidden).square().add(last(cell)).sum() as tf.Scalar;
  };
  tf.tidy(() => {
    const inputs = shapes.map(wave);
    const [expected, actual] = [plain, native].map((loss) => {
      const { value, grads } = tf.valueAndGrads(loss as never)(inputs);
      return [value, ...grads].map((tensor) => tensor.dataSync());
    });
    for (const [k, values] of expected!.entries()) {
      for (const [n, right] of values.entries()) {
        const got = actual![k]![n]!;
        // A NaN fails the comparison too.
        if (!(Math.abs(got - right) <= TOLERANCE * Math.max(1, Math.abs(right)))) {
          throw new Error(
            `self-test of lstm${k > 0 ? `, gradient of operand ${k - 1},` : ''} gave ${got} where ${right} is right`,
          );
        }
      }
    }
  });
}
