import * as tf from '@tensorflow/tfjs';

/** What is used of the native package's backend beside the interface that every backend has; frozen upstream at 4.22.0. */
interface NativeBackend {
  readonly binding: {
    readonly TF_INT64: number;
    readonly TF_FLOAT: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_Version?: string;
    createTensor(shape: number[], type: number, values: Int32Array): number;
    deleteTensor(id: number): void;
    executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): object[];
  };
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(metadata: object): tf.Tensor;
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean;
}

/** An input of a TensorFlow operation: a tensor, or a scalar of 64-bit integers, which TensorFlow.js has no type for. */
export type Operand = tf.TensorInfo | { readonly int64: number };

/** @throws where the active backend is not the native one, or not as it is known */
export function nativeBackend(): NativeBackend {
  const name = tf.getBackend();
  if (name !== 'tensorflow') throw new Error(`the native backend is not in use, the backend is "${name}"`);
  const backend = tf.backend() as unknown as NativeBackend;
  if (typeof backend.binding?.executeOp !== 'function' || typeof backend.getInputTensorIds !== 'function') {
    throw new Error('the native package is not the one that is known here (4.22.0)');
  }
  return backend;
}

/** Version of the TensorFlow library under the native backend. */
export function tensorflowVersion(): string | undefined {
  return nativeBackend().binding.TF_Version;
}

/**
 * Runs one operation of TensorFlow by its name, with float32 as its type `T`.
 *
 * The backend's own way for 64-bit scalars makes a tensor in TensorFlow at each call and never frees it.
 */
export function runTensorflow(
  name: string,
  operands: readonly Operand[],
  attributes: Readonly<Record<string, number | boolean>>,
  outputs: number,
): tf.Tensor[] {
  const backend = nativeBackend();
  const { binding } = backend;
  const temporary: number[] = [];
  const ids = operands.map((operand) => {
    if (!('int64' in operand)) return backend.getInputTensorIds([operand])[0]!;
    // Two halves, the lower first.
    const id = binding.createTensor([], binding.TF_INT64, Int32Array.of(operand.int64, 0));
    temporary.push(id);
    return id;
  });
  const list: Attribute[] = Object.entries(attributes).map(([key, value]) => ({
    name: key,
    type: typeof value === 'boolean' ? binding.TF_ATTR_BOOL : binding.TF_ATTR_FLOAT,
    value,
  }));
  list.push({ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
  try {
    return binding
      .executeOp(name, list, ids, outputs)
      .map((metadata) => backend.createOutputTensor(metadata));
  } finally {
    for (const id of temporary) binding.deleteTensor(id);
  }
}
