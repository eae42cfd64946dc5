import * as tf from '@tensorflow/tfjs';

/**
 * The result of a computation as a constant: no gradient goes through it, and none of its operations is kept for one.
 * TensorFlow.js has no stop_gradient of its own.
 */
export function withoutGradient<T extends tf.Tensor>(compute: () => T): T {
  const constant = tf.customGrad(() => ({
    // clone: what is handed in and returned as it is would have two owners.
    value: compute().clone(),
    gradFunc: () => tf.scalar(0),
  }));
  return constant(tf.scalar(0)) as T;
}

/** `value` forwards; backwards its gradient is handed to `carrier` as it is, both of one shape. */
export function passGradient<T extends tf.Tensor>(value: T, carrier: T): T {
  const pass = tf.customGrad(() => ({ value: value.clone(), gradFunc: (upstream: tf.Tensor) => upstream }));
  return pass(carrier) as T;
}
