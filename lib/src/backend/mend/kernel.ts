import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** What TensorFlow.js hands to a kernel, with the wasm backend's own type. */
export interface KernelCall {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly backend: BackendWasm;
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has attributes of its own
  readonly attrs: any;
}

export type Kernel = (call: KernelCall) => tf.TensorInfo | tf.TensorInfo[];

/** Looks up a kernel of the wasm backend as it stands before the mend is put in. */
export type Stock = (kernelName: string) => Kernel;

/** A repair of one or a few kernels that stand or fall together. */
export interface Mend {
  readonly kernels: readonly string[];
  /** what was wrong, in one sentence */
  readonly why: string;
  /** makes the new kernels, by name */
  build(stock: Stock): Readonly<Record<string, Kernel>>;
  /** a product small enough to be known by heart: what the mended operations give, and what they must give */
  proof(): { readonly got: readonly tf.Tensor[]; readonly expected: readonly (readonly number[])[] };
}

export function wasmKernel(name: string): Kernel {
  const config = tf.getKernel(name, 'wasm');
  if (!config) throw new Error(`the wasm backend has no kernel '${name}'`);
  return config.kernelFunc as unknown as Kernel;
}

/** The numbers of a float tensor where they lie; valid until the next allocation, which may move the heap. */
export function floats(backend: BackendWasm, tensor: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** As {@link floats} for int32 tensors. */
export function ints(backend: BackendWasm, tensor: tf.TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(tensor) as Int32Array;
}

/** One output, from a kernel that has only one. */
export function one(result: tf.TensorInfo | tf.TensorInfo[]): tf.TensorInfo {
  return Array.isArray(result) ? result[0]! : result;
}

/** The same numbers under another shape; counts no reference, so dispose only one of the two. */
export function shaped(tensor: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}

/**
 * A second name for a stretch of a float tensor's memory, for the time of one call.
 *
 * The stock product keeps a packed copy of its right operand for as long as that operand's id lives. A temporary id makes
 * the copy as short-lived as the call, and lets a product work on one slice of a batch without copying it out.
 */
export function withAlias<Result>(
  backend: BackendWasm,
  tensor: tf.TensorInfo,
  offset: number,
  shape: number[],
  use: (alias: tf.TensorInfo) => Result,
): Result {
  const address = backend.dataIdMap.get(tensor.dataId).memoryOffset + 4 * offset;
  const alias = backend.makeOutput(shape, 'float32', address);
  try {
    return use(alias);
  } finally {
    // Not disposeData: that would free memory that belongs to `tensor`.
    backend.wasm.tfjs.disposeData(backend.dataIdMap.get(alias.dataId).id);
    backend.dataIdMap.delete(alias.dataId);
  }
}
