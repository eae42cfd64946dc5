import * as tf from '@tensorflow/tfjs';
import { nativeBackend } from './binding.js';
import { lstm } from './lstm.js';
import { selfTest } from './self-test.js';

export { tensorflowVersion } from './binding.js';

/**
 * The whole-sequence operations that TensorFlow has of its own. The LSTM is one; its GRU cell resets before the product and cannot
 * express one that resets after it, and it has no RNN or decoder.
 */
export const nativeOps = { lstm } as const;

export interface NativeStatus {
  readonly available: boolean;
  /** Why not, in one line. */
  readonly reason?: string;
}

const known = new WeakMap<object, NativeStatus>();

/** Whether TensorFlow's own sequences can be used on the present backend: tried once on a small known case. */
export function nativeFused(): NativeStatus {
  const backend = tf.backend();
  const earlier = known.get(backend);
  if (earlier !== undefined) return earlier;
  if (tf.engine().state.gradientDepth > 0) {
    // The test takes gradients of its own, which must not become part of the caller's.
    return {
      available: false,
      reason: "TensorFlow's own sequences are tried first outside a gradient: call useBackend()",
    };
  }
  const status = tryNative();
  known.set(backend, status);
  return status;
}

function tryNative(): NativeStatus {
  try {
    nativeBackend();
    selfTest();
    return { available: true };
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    return { available: false, reason: `TensorFlow's own sequences cannot be used: ${line}` };
  }
}
