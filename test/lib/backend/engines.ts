import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { mendWasm } from '../../../lib/src/backend/mend/index.js';

/** Makes the mended wasm backend the active one. */
export async function startWasm(): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(`${path.dirname(manifest)}/dist/`);
  await tf.setBackend('wasm');
  await tf.ready();
  mendWasm();
}

/** Runs `compute` with another backend active, then goes back. */
export async function on<Result>(backend: string, compute: () => Result): Promise<Result> {
  const before = tf.getBackend();
  await tf.setBackend(backend);
  try {
    return compute();
  } finally {
    await tf.setBackend(before);
  }
}

/** Largest difference, divided by the largest expected magnitude (or 1 where that is smaller). */
export function distance(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let scale = 1;
  for (let k = 0; k < got.length; k++) {
    const difference = Math.abs(got[k]! - expected[k]!);
    // NaN must not pass for agreement, as Math.max with it might be overlooked.
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    scale = Math.max(scale, Math.abs(expected[k]!));
  }
  return worst / scale;
}
