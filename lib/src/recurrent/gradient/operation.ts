import * as tf from '@tensorflow/tfjs';

/** An operation of several outputs whose gradient is written by hand. */
export interface Operation<Name extends string> {
  /** tensors through which gradients flow */
  readonly inputs: Readonly<Record<Name, tf.Tensor>>;
  /** the outputs, and what the way back needs again */
  forward(): { readonly outputs: readonly tf.Tensor[]; readonly saved: readonly tf.Tensor[] };
  /** from the gradients of the outputs to those of the inputs; only the functions that are needed are called */
  backward(
    upstream: readonly tf.Tensor[],
    saved: readonly tf.Tensor[],
  ): Readonly<Record<Name, () => tf.Tensor>>;
}

/** The part of TensorFlow.js's engine on which its own `customGrad` stands; that one allows a single output. */
interface GradientEngine {
  runKernelFunc(parameters: {
    forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => tf.Tensor[];
    backwardsFunc: (upstream: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => Record<string, () => tf.Tensor>;
    inputs: tf.NamedTensorMap;
  }): tf.Tensor[];
}

/**
 * Runs an operation. Only its first derivative exists: the backward pass works on numbers that the tape has not seen.
 *
 * @throws when a gradient of its gradient is asked for
 */
export function runOperation<Name extends string>({
  inputs,
  forward,
  backward,
}: Operation<Name>): tf.Tensor[] {
  return (tf.engine() as unknown as GradientEngine).runKernelFunc({
    forwardFunc: (_, save) => {
      const { outputs, saved } = forward();
      save([...saved]);
      return [...outputs];
    },
    backwardsFunc: (upstream, saved) => {
      if (tf.engine().state.gradientDepth > 0) {
        throw new Error(
          'whole-sequence operations have no second derivative; compute this part with the reference level instead',
        );
      }
      return backward(Array.isArray(upstream) ? upstream : [upstream], saved);
    },
    inputs: { ...inputs },
  });
}
