import * as tf from '@tensorflow/tfjs';

/** One operation that training can meet. */
export interface OperationCase {
  readonly name: string;
  /** shapes of the operands; numbers are drawn for them, the same on every engine */
  readonly shapes: readonly (readonly number[])[];
  // biome-ignore lint/suspicious/noExplicitAny: operands of every rank
  readonly run: (...operands: any[]) => tf.Tensor;
  /** the same by other operations, where the cpu kernel is wrong or fails */
  // biome-ignore lint/suspicious/noExplicitAny: operands of every rank
  readonly onCpu?: (...operands: any[]) => tf.Tensor;
  /** none where the operation has no gradient, in mathematics or in core */
  readonly gradient?: false;
  /** what the native engine says where it refuses the operation */
  readonly nativeRefuses?: RegExp;
  /** whether every value is below zero, where a kernel may have looked for positive ones only */
  readonly negative?: true;
}

export const ints = (values: number[], shape: readonly number[] = [values.length]) =>
  tf.tensor<tf.Rank>(values, [...shape] as [number], 'int32') as tf.Tensor1D;
export const m: readonly number[] = [4, 5];
export const image: readonly number[] = [2, 6, 6, 3];

export type Entry = readonly [
  name: string,
  shapes: readonly (readonly number[])[],
  run: OperationCase['run'],
  extra?: Partial<OperationCase>,
];

const all = { ...tf };

/** The operation of a name. */
export const byName = (name: keyof typeof tf): OperationCase['run'] =>
  all[name] as unknown as OperationCase['run'];

export const forwardOnly = { gradient: false } as const;
export const negative = { negative: true } as const;
