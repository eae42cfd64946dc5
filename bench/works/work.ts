import * as tf from '@tensorflow/tfjs';
import { adamStep, initAdam, lossAndGradients, type ParamTree } from 'heed';

/**
 * How a work is done: by the library at one of its levels, or by TensorFlow.js as it comes, with its own layers or with plain
 * operations as a textbook would write them.
 */
export type Form = 'reference' | 'sequence' | 'fused' | 'layers' | 'naive';
export const ourForms: readonly Form[] = ['reference', 'sequence', 'fused'];
export const stockForms: readonly Form[] = ['layers', 'naive'];

export interface Work {
  readonly name: string;
  /** what the numbers of a shape are */
  readonly axes: string;
  /** the smallest first: it is the only one for engines that would take minutes */
  readonly shapes: readonly (readonly number[])[];
  /** One step, complete when it returns; undefined where the work has no such form. The backend is set already. */
  start(form: Form, shape: readonly number[]): (() => void) | undefined;
}

/** The same numbers in every process. */
export function drawer(): <R extends tf.Rank>(shape: readonly number[], scale?: number) => tf.Tensor<R> {
  let seed = 1;
  return <R extends tf.Rank>(shape: readonly number[], scale = 0.1) =>
    tf.randomUniform([...shape] as tf.ShapeMap[R], -scale, scale, 'float32', seed++) as tf.Tensor<R>;
}

/** A variable for each shape. */
export function variables<Name extends string>(
  shapes: Readonly<Record<Name, readonly number[]>>,
): Record<Name, tf.Variable> {
  const draw = drawer();
  const entries = Object.entries<readonly number[]>(shapes);
  return Object.fromEntries(entries.map(([name, shape]) => [name, tf.variable(draw(shape))])) as Record<
    Name,
    tf.Variable
  >;
}

/** Forward, backward, Adam: by the library's own training where the library is measured, else by TensorFlow.js's. */
export function trainingStep(form: Form, params: ParamTree | null, loss: () => tf.Scalar): () => void {
  if (params !== null && ourForms.includes(form)) {
    const optimizer = initAdam(params);
    return () => {
      const { gradients } = lossAndGradients(params, loss, 0);
      adamStep(params, gradients, optimizer, 1e-3);
      tf.dispose([...gradients.values()]);
    };
  }
  const optimizer = tf.train.adam(1e-3);
  return () => {
    const value = optimizer.minimize(loss, true)!;
    // Reading waits for the step.
    value.dataSync();
    value.dispose();
  };
}

/** A step that computes tensors and reads the first, which waits for all of them. */
export function forwardStep(compute: () => tf.Tensor | readonly tf.Tensor[]): () => void {
  return () =>
    tf.tidy(() => {
      const result = compute();
      (result instanceof tf.Tensor ? result : result[0]!).dataSync();
    });
}
