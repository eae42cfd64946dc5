import * as tf from '@tensorflow/tfjs';
import { binary } from './binary.js';

/** The compiled lib/assembly: every argument is an address in bytes, a count, or a flag. */
export type FusedExports = Readonly<Record<string, (...values: number[]) => number>>;

/** What is used of the wasm backend's inside; none of it is public, so `fusedModule` tests for all of it. */
export interface WasmBackend {
  readonly wasm: {
    readonly asm?: { readonly memory?: WebAssembly.Memory };
    readonly _malloc: (bytes: number) => number;
    readonly _free: (address: number) => void;
  };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array | Int32Array | Uint8Array;
  disposeData(dataId: object): boolean;
}

/**
 * The fused kernels bound to one backend's memory.
 *
 * An address stays valid when the heap grows; a typed array over it does not. So allocate everything first and take views
 * afterwards.
 */
export class FusedModule {
  readonly exports: FusedExports;
  private room = { address: 0, bytes: 0 };

  constructor(
    private readonly backend: WasmBackend,
    memory: WebAssembly.Memory,
  ) {
    const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    this.exports = instance.exports as unknown as FusedExports;
  }

  /** Address of a tensor's data; 0, which kernels read as "none", for an absent one. */
  address(tensor: tf.TensorInfo | undefined): number {
    return tensor === undefined ? 0 : this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** A new tensor whose values are whatever the memory held. */
  output(shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.TensorInfo {
    const info = this.backend.makeOutput(shape, dtype);
    if (this.address(info) === 0) {
      this.backend.disposeData(info.dataId);
      throw outOfMemory(4 * tf.util.sizeFromShape(shape));
    }
    return info;
  }

  view(tensor: tf.TensorInfo): Float32Array | Int32Array | Uint8Array {
    return this.backend.typedArrayFromHeap(tensor);
  }

  /** Working memory for one call, `extra` bytes beyond what every product needs. It is kept and grows to the largest. */
  scratch(extra = 0): number {
    const bytes = this.exports.productScratch!() + extra;
    if (bytes > this.room.bytes) {
      this.backend.wasm._free(this.room.address);
      this.room = { address: this.backend.wasm._malloc(bytes) >>> 0, bytes };
      if (this.room.address === 0) {
        this.room = { address: 0, bytes: 0 };
        throw outOfMemory(bytes);
      }
    }
    return this.room.address;
  }
}

function outOfMemory(bytes: number): Error {
  const need = `${Math.ceil(bytes / 2 ** 20)} MB`;
  return new Error(
    `The wasm heap (4 GB at most) has no room for another ${need}: make the batch smaller or dispose tensors`,
  );
}

const modules = new WeakMap<object, FusedModule>();

/** The kernels on this backend's memory, instantiated at the first call. @throws where the backend's inside is not as expected */
export function fusedModule(backend: WasmBackend): FusedModule {
  const known = modules.get(backend);
  if (known !== undefined) return known;
  const memory = backend.wasm?.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('the wasm backend does not show its memory');
  if (typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer) {
    throw new Error('the wasm backend runs with threads, whose memory these kernels cannot share');
  }
  for (const name of ['_malloc', '_free'] as const) {
    if (typeof backend.wasm[name] !== 'function') throw new Error(`the wasm backend has no ${name}`);
  }
  const module = new FusedModule(backend, memory);
  modules.set(backend, module);
  return module;
}
