import * as tf from '@tensorflow/tfjs';
import { zeros } from '../../core/initializers.js';
import { checkShape } from '../../core/shapes.js';
import { type DenseParams, dense, initDense } from '../../layers/dense.js';
import type { Random } from '../../random/random.js';
import { withoutGradient } from './no-gradient.js';

export type LearnedBaselineParams = {
  readonly hidden: DenseParams;
  readonly output: DenseParams;
};

/** Parameters of a baseline that looks at the input; they belong into the tree that `train` is given. It begins with the prediction 0. */
export function initLearnedBaseline(
  random: Random,
  sizes: { readonly input: number; readonly units: number },
): LearnedBaselineParams {
  const { input, units } = sizes;
  return {
    hidden: initDense(random.child('hidden'), { input, units }),
    output: initDense(random.child('output'), { input: units, units: 1, initializer: zeros }),
  };
}

/**
 * What the loss of each example is expected to be, a network with one hidden layer of the input alone: C(x) of Mnih and Gregor
 * 2014, "Neural variational inference and learning in belief networks", section 2.3.1. It goes into `predicted`; its
 * parameters are trained along by the squared error of what it predicts.
 *
 * @param features `[batch, features]`, anything that is known before the choice; no gradient goes to it
 * @returns `[batch]`
 */
export function learnedBaseline(params: LearnedBaselineParams, features: tf.Tensor2D): tf.Tensor1D {
  const { batch } = checkShape('learnedBaseline features', features, 'batch features');
  return tf.tidy(() => {
    const hidden = tf.tanh(
      dense(
        params.hidden,
        withoutGradient(() => features),
      ),
    ) as tf.Tensor2D;
    return dense(params.output, hidden).reshape([batch]) as tf.Tensor1D;
  });
}
