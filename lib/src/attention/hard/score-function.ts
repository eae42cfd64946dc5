import * as tf from '@tensorflow/tfjs';
import { checkOneOf } from '../../core/options.js';
import { checkShape } from '../../core/shapes.js';
import {
  type BaselineState,
  baselineMoments,
  baselineOf,
  startBaseline,
  updateBaseline,
} from './baselines.js';
import { BASELINES, type Baseline, defaultHardConfig } from './config.js';
import { withoutGradient } from './no-gradient.js';

export interface ScoreFunctionOptions {
  /** `[batch, samples]`: the loss of each sample. Its own gradient, to the parameters that do not choose, is taken along. */
  readonly losses: tf.Tensor2D;
  /** `[batch, samples]`: ln of the probability of all that the sample chose; of several looks in sequence the sum. */
  readonly logProb: tf.Tensor2D;
  /** Default leave-one-out. */
  readonly baseline?: Baseline;
  readonly state?: BaselineState;
  /** Default 0.9. */
  readonly decay?: number;
  /** `[batch]`; see `BaselineInputs` */
  readonly greedy?: tf.Tensor1D | undefined;
  /** `[batch]` */
  readonly optimal?: tf.Tensor1D | undefined;
  /** `[batch]`, with the gradient to the baseline's network, which is trained along by the mean squared error */
  readonly predicted?: tf.Tensor1D | undefined;
  /** Default 1. */
  readonly weight?: number;
  /** Default false. */
  readonly normaliseVariance?: boolean;
}

export interface ScoreFunctionLoss {
  /** The mean loss of the samples; its gradient is the estimate. */
  readonly loss: tf.Scalar;
  /** What the baseline knows after this step. */
  readonly state: BaselineState;
}

/**
 * REINFORCE (Williams 1992) as a scalar to be differentiated:
 *
 *   d E[loss] = E[d loss] + E[(loss - b) d ln p(choice)]
 *
 * The value of the scalar is the mean of the losses, so that it can be drawn as a training curve; the second term is there
 * for its gradient alone. With a baseline that does not depend on the sample itself the estimate is unbiased.
 *
 * @throws where shapes differ, the baseline is unknown or lacks what it needs, or a decay is not in [0, 1)
 */
export function scoreFunctionLoss(options: ScoreFunctionOptions): ScoreFunctionLoss {
  const { losses, logProb, baseline = 'leave-one-out', state = startBaseline, predicted } = options;
  const { decay = defaultHardConfig.decay, weight = 1, normaliseVariance = false } = options;
  checkOneOf('scoreFunctionLoss', 'baseline', baseline, BASELINES);
  if (!(decay >= 0 && decay < 1)) throw new Error(`scoreFunctionLoss: decay must be in [0, 1), got ${decay}`);
  const { batch, samples } = checkShape('hard attention losses', losses, 'batch samples');
  checkShape('hard attention logProb', logProb, 'batch samples', { batch, samples });
  for (const name of ['greedy', 'optimal', 'predicted'] as const) {
    const given = options[name];
    if (given !== undefined) checkShape(`hard attention ${name}`, given, 'batch', { batch });
  }

  let next = state;
  const loss = tf.tidy(() => {
    const signal = withoutGradient(() => {
      const { greedy, optimal } = options;
      const subtracted = baselineOf(baseline, { losses, state, decay, greedy, optimal, predicted });
      const plain = tf.sub(losses, subtracted);
      const { deviation } = baselineMoments(state, decay);
      return normaliseVariance ? tf.div(plain, Math.max(1, deviation)) : plain;
    });
    const mean = tf.mean(losses);
    const parts = [mean, forGradientOnly(tf.mul(tf.mean(tf.mul(signal, logProb)), weight))];
    if (baseline === 'moving average' || baseline === 'learned') {
      const seen = withoutGradient(() =>
        predicted === undefined ? losses : tf.sub(losses, predicted.reshape([batch, 1])),
      );
      const [first, second] = tf.stack([tf.mean(seen), tf.mean(tf.square(seen))]).dataSync();
      next = updateBaseline(state, decay, first!, second!);
    }
    if (predicted !== undefined && baseline === 'learned') {
      const target = withoutGradient(() => tf.sub(losses, baselineMoments(state, decay).mean));
      const error = tf.sub(target, predicted.reshape([batch, 1]));
      parts.push(forGradientOnly(tf.mean(tf.square(error))));
    }
    return tf.addN(parts) as tf.Scalar;
  });
  return { loss, state: next };
}

/** 0 with the gradient of `value`. */
export function forGradientOnly<T extends tf.Tensor>(value: T): T {
  return tf.sub(
    value,
    withoutGradient(() => value),
  ) as T;
}
