import * as tf from '@tensorflow/tfjs';
import { activationGradients, activationKernels } from './activations.js';
import { adamKernels } from './adam.js';
import { crossEntropyGradients, crossEntropyKernels } from './cross-entropy.js';
import { decoderGradients } from './decoder.js';
import { decoderKernels } from './decoder-kernels.js';
import { gruGradients, gruKernels } from './gru.js';
import { headsGradients, headsKernels } from './heads.js';
import { imageGradients, imageKernels } from './images.js';
import { layerNormGradients, layerNormKernels } from './layer-norm.js';
import { lstmGradients, lstmKernels } from './lstm.js';
import { matMulGradients, matMulKernels } from './mat-mul.js';
import { fusedModule, type WasmBackend } from './module.js';
import { replaceMatMul } from './override.js';
import { productGradients, productKernels } from './products.js';
import { rnnGradients, rnnKernels } from './rnn.js';
import { selfTest } from './self-test.js';

export interface FusedStatus {
  readonly available: boolean;
  /** Why not, in one line. */
  readonly reason?: string;
}

const kernels: readonly tf.KernelConfig[] = [
  ...activationKernels,
  ...adamKernels,
  ...crossEntropyKernels,
  ...decoderKernels,
  ...gruKernels,
  ...headsKernels,
  ...layerNormKernels,
  ...imageKernels,
  ...lstmKernels,
  ...matMulKernels,
  ...productKernels,
  ...rnnKernels,
];

const gradients: readonly tf.GradConfig[] = [
  ...activationGradients,
  ...crossEntropyGradients,
  ...decoderGradients,
  ...gruGradients,
  ...headsGradients,
  ...layerNormGradients,
  ...imageGradients,
  ...lstmGradients,
  ...matMulGradients,
  ...productGradients,
  ...rnnGradients,
];

const known = new WeakMap<object, FusedStatus>();

/**
 * Puts the fused kernels on the memory of the wasm backend, tests them on small known cases, and lets them take over
 * `BatchMatMul`. Repeated calls for one backend answer the same. Where anything is not as expected nothing of them stays
 * registered, and everything else goes on as before.
 */
export function loadFused(): FusedStatus {
  if (tf.getBackend() !== 'wasm') {
    return {
      available: false,
      reason: `fused kernels need the wasm backend, the backend is "${tf.getBackend()}"`,
    };
  }
  const backend = tf.backend();
  const earlier = known.get(backend);
  if (earlier !== undefined) return earlier;
  const status = tryLoading(backend as unknown as WasmBackend);
  known.set(backend, status);
  return status;
}

function tryLoading(backend: WasmBackend): FusedStatus {
  const added: string[] = [];
  try {
    fusedModule(backend);
    for (const gradient of gradients) {
      if (tf.getGradient(gradient.kernelName) === undefined) tf.registerGradient(gradient);
    }
    for (const kernel of kernels) {
      if (tf.getKernel(kernel.kernelName, 'wasm') !== undefined) continue;
      tf.registerKernel(kernel);
      added.push(kernel.kernelName);
    }
    selfTest();
    replaceMatMul();
    return { available: true };
  } catch (error) {
    for (const name of added) tf.unregisterKernel(name, 'wasm');
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    return { available: false, reason: `fused kernels cannot be used: ${line}` };
  }
}
