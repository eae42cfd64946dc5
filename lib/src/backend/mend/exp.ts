import * as tf from '@tensorflow/tfjs';
import { floats, type KernelCall, type Mend } from './kernel.js';

/** Below, e^x is 0 in float32; above, it is infinite. */
const [lowest, highest] = [-104, 89];

/** 2^n for every n that the range above can need, at index n - first. */
const first = -151;
const powersOfTwo = Float64Array.from({ length: 282 }, (_, k) => 2 ** (first + k));

/**
 * e^x = 2^n e^r with n the whole number nearest to x / ln 2. Then |r| is below 0.35, where the Taylor polynomial of degree 7 is within
 * 6e-9 of e^r: far below the rounding to float32.
 */
function exp({ inputs, backend }: KernelCall): tf.TensorInfo {
  const x = inputs.x!;
  const out = backend.makeOutput(x.shape, 'float32');
  const from = floats(backend, x);
  const to = floats(backend, out);
  const powers = powersOfTwo;
  const count = to.length;
  for (let k = 0; k < count; k++) {
    const v = Math.max(lowest, Math.min(highest, from[k]!));
    const n = Math.floor(v * Math.LOG2E + 0.5);
    const r = v - n * Math.LN2;
    const r2 = r * r;
    const low = 1 + r + r2 * (1 / 2 + r * (1 / 6));
    const high = 1 / 24 + r * (1 / 120) + r2 * (1 / 720 + r * (1 / 5040));
    to[k] = (low + r2 * r2 * high) * powers[n - first]!;
  }
  return out;
}

export const expMend: Mend = {
  kernels: ['Exp'],
  why: 'one call of the C library per element, 15 ns each: most of a softmax cross-entropy over many words',
  build: (stock) => {
    const original = stock('Exp');
    return { Exp: (call) => (call.inputs.x!.dtype === 'float32' ? exp(call) : original(call)) };
  },
  proof: () => ({
    got: [
      tf.exp(tf.tensor1d([Number.NEGATIVE_INFINITY, -1, 0, 0.5, 3])),
      tf.exp(-80).mul(Math.exp(40)).mul(Math.exp(40)),
    ],
    expected: [[0, Math.exp(-1), 1, Math.exp(0.5), Math.exp(3)], [1]],
  }),
};
