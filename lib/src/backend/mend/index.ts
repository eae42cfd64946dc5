import * as tf from '@tensorflow/tfjs';
import { avgPools } from './avgPool.js';
import { convolutions } from './convolution.js';
import { einsumMend } from './einsum.js';
import { expMend } from './exp.js';
import { fusedMatMul } from './fusedMatMul.js';
import { gatherMend } from './gather.js';
import { mendGradients } from './gradients.js';
import { identity } from './identity.js';
import { type Mend, wasmKernel } from './kernel.js';
import { matMul } from './matMul.js';
import { maxPools } from './maxPool.js';
import { segmentSum } from './segmentSum.js';
import { slices } from './slice.js';
import { sum } from './sum.js';
import { tanhMend } from './tanh.js';

export { mendGradients };

/** What became of one repair. */
export interface Mended {
  readonly kernels: readonly string[];
  /** what was wrong with the stock kernels */
  readonly why: string;
  /** false when the repair failed its test and the stock kernels are back */
  readonly active: boolean;
  /** why it is not active */
  readonly problem?: string;
}

// Later ones are built of earlier ones, so the order matters.
const mends: readonly Mend[] = [
  segmentSum,
  slices,
  gatherMend,
  identity,
  matMul,
  tanhMend,
  expMend,
  sum,
  fusedMatMul,
  einsumMend,
  convolutions,
  maxPools,
  avgPools,
];

/** The registry of kernels belongs to the process, and so does the record of what was done to it. */
let done: readonly Mended[] | undefined;

/**
 * Repairs the kernels of TensorFlow.js's wasm backend that are missing, wrong or needlessly slow for training.
 *
 * Each repair is tried at once on a small product whose result is known; one that fails is taken back, with one line on the
 * console. Gradients that core lacks on every backend come with it ({@link mendGradients}). Call it after `tf.setBackend('wasm')` and `tf.ready()`; a second call does nothing and returns the same list.
 *
 * @throws if the active backend is not wasm
 */
export function mendWasm(): readonly Mended[] {
  if (done) return done;
  if (tf.getBackend() !== 'wasm') {
    throw new Error(
      `mendWasm: the active backend is '${tf.getBackend()}', expected 'wasm'; call it after tf.setBackend('wasm') and tf.ready()`,
    );
  }
  mendGradients();
  done = mends.map(install);
  for (const { active, kernels, problem } of done) {
    if (!active) console.warn(`heed: ${kernels.join(', ')} stay as TensorFlow.js has them: ${problem}`);
  }
  return done;
}

function install(mend: Mend): Mended {
  const { kernels, why } = mend;
  const before = kernels.map((name) => tf.getKernel(name, 'wasm'));
  let problem: string | undefined;
  try {
    const built = mend.build(wasmKernel);
    kernels.forEach((kernelName, k) => {
      if (before[k]) tf.unregisterKernel(kernelName, 'wasm');
      // The set-up of the stock kernel stays: it must run again if the backend is ever started anew.
      const kernelFunc = built[kernelName] as unknown as tf.KernelFunc;
      tf.registerKernel({ ...before[k], kernelName, backendName: 'wasm', kernelFunc });
    });
    problem = failure(mend);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  if (problem === undefined) return { kernels, why, active: true };
  kernels.forEach((name, k) => {
    if (tf.getKernel(name, 'wasm') !== before[k]) {
      tf.unregisterKernel(name, 'wasm');
      if (before[k]) tf.registerKernel(before[k]);
    }
  });
  return { kernels, why, active: false, problem };
}

/** What is wrong with the results of a mend, or nothing. */
function failure(mend: Mend): string | undefined {
  return tf.tidy(() => {
    const { got, expected } = mend.proof();
    for (const [k, tensor] of got.entries()) {
      const values = Array.from(tensor.dataSync());
      const wanted = expected[k]!;
      const fits =
        values.length === wanted.length &&
        values.every((value, n) => Math.abs(value - wanted[n]!) <= 1e-5 * Math.max(1, Math.abs(wanted[n]!)));
      if (!fits) return `self-test ${k} gave [${values.slice(0, 8)}], expected [${wanted.slice(0, 8)}]`;
    }
    return undefined;
  }) as string | undefined;
}
