import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../../core/shapes.js';
import type { Baseline } from './config.js';

/** What a baseline remembers from step to step: plain numbers, to be put into a checkpoint as they are. */
export interface BaselineState {
  /** Steps that went in. */
  readonly count: number;
  /** Sum of decayed losses (of `learned`: of what its prediction left over); divided by 1 - decay^count it is their mean. */
  readonly mean: number;
  /** The same of squares. */
  readonly square: number;
}

export const startBaseline: BaselineState = { count: 0, mean: 0, square: 0 };

/** What the state says before a step: mean and deviation; 0 and 1 while it knows nothing. */
export function baselineMoments(state: BaselineState, decay: number): { mean: number; deviation: number } {
  if (state.count === 0) return { mean: 0, deviation: 1 };
  const share = 1 - decay ** state.count;
  const mean = state.mean / share;
  return { mean, deviation: Math.sqrt(Math.max(0, state.square / share - mean * mean)) };
}

/** The state after a step whose values had this mean and mean square. */
export function updateBaseline(
  state: BaselineState,
  decay: number,
  mean: number,
  square: number,
): BaselineState {
  return {
    count: state.count + 1,
    mean: decay * state.mean + (1 - decay) * mean,
    square: decay * state.square + (1 - decay) * square,
  };
}

export interface BaselineInputs {
  /** `[batch, samples]`, constants */
  readonly losses: tf.Tensor2D;
  readonly state: BaselineState;
  readonly decay: number;
  /** `[batch]`, loss of the greedy choice; `self-critical` */
  readonly greedy?: tf.Tensor1D | undefined;
  /** `[batch]`, E[loss |d ln p|^2] / E[|d ln p|^2]; `optimal` */
  readonly optimal?: tf.Tensor1D | undefined;
  /** `[batch]`, what a network predicts from the input; `learned` */
  readonly predicted?: tf.Tensor1D | undefined;
}

/**
 * What is subtracted from each loss, `[batch, samples]` or of a shape that broadcasts to it. Whatever does not depend on
 * the sample that it is subtracted from leaves the expected gradient as it is, because E[d ln p] = 0 (Williams 1992).
 *
 * - `none`: 0
 * - `mean`: the mean loss of the *other examples* of the batch: what a loss usually is, not knowing the input
 * - `sample mean`: the mean of the example's samples, its own among them. **Biased**: the expected gradient is (samples - 1) /
 *   samples of the true one, since it is the leave-one-out estimate times that factor (Kool et al. 2019, "Buy 4 REINFORCE
 *   samples, get a baseline for free!")
 * - `moving average`: over former steps (Xu et al. 2015, section 4.1); 0 in the first
 * - `self-critical`: loss of the greedy choice (Rennie et al. 2017, "Self-critical sequence training")
 * - `leave-one-out`: the mean of the example's other samples (Mnih and Rezende 2016; Kool et al. 2019)
 * - `optimal`: the constant of least variance for this example, E[loss |d ln p|^2] / E[|d ln p|^2], one number for all components
 *   of the gradient to the scores (Weaver and Tao 2001; Greensmith et al. 2004). It needs the loss of every position, for
 *   which the exact gradient could be had: a yardstick, not a method
 * - `learned`: a network's prediction from the input, plus the moving average of what it leaves over (Mnih and Gregor 2014, 2.3)
 */
export function baselineOf(baseline: Baseline, inputs: BaselineInputs): tf.Tensor {
  const { losses, state, decay } = inputs;
  const [batch, samples] = losses.shape;
  switch (baseline) {
    case 'none':
      return tf.scalar(0);
    case 'mean': {
      if (batch < 2)
        throw new Error(
          'Hard attention: the baseline mean is that of the other examples, and the batch has only one; take leave-one-out',
        );
      const own = tf.mean(losses, 1, true); // [batch, 1]
      return tf.div(tf.sub(tf.sum(own), own), batch - 1);
    }
    case 'sample mean':
      needSamples(baseline, samples);
      return tf.mean(losses, 1, true);
    case 'leave-one-out':
      needSamples(baseline, samples);
      return tf.div(tf.sub(tf.sum(losses, 1, true), losses), samples - 1);
    case 'moving average':
      return tf.scalar(baselineMoments(state, decay).mean);
    case 'self-critical':
      return given(inputs.greedy, baseline, 'greedy, the loss of the greedy choice').reshape([batch, 1]);
    case 'optimal':
      return given(inputs.optimal, baseline, 'optimal, from optimalBaseline').reshape([batch, 1]);
    case 'learned': {
      const { mean } = baselineMoments(state, decay);
      const predicted = given(inputs.predicted, baseline, 'predicted, from learnedBaseline');
      return tf.add(predicted.reshape([batch, 1]), mean);
    }
  }
}

function needSamples(baseline: Baseline, samples: number): void {
  if (samples < 2)
    throw new Error(
      `Hard attention: the baseline ${baseline} looks at an example's other samples; expected at least 2 samples, got ${samples}`,
    );
}

function given<T>(value: T | undefined, baseline: Baseline, what: string): T {
  if (value === undefined) throw new Error(`Hard attention: the baseline ${baseline} needs ${what}`);
  return value;
}

/**
 * The best constant baseline of each example, b = sum_j alpha_j loss_j g_j / sum_j alpha_j g_j, where g_j = |onehot_j - alpha|^2 is
 * the squared length of the gradient of ln alpha_j to the scores.
 *
 * @param alpha `[batch, length]`
 * @param losses `[batch, length]`, the loss of choosing each position; padding may hold any finite number
 * @returns `[batch]`
 * @throws where shapes differ
 */
export function optimalBaseline(alpha: tf.Tensor2D, losses: tf.Tensor2D): tf.Tensor1D {
  const sizes = checkShape('optimalBaseline alpha', alpha, 'batch length');
  checkShape('optimalBaseline losses', losses, 'batch length', sizes);
  return tf.tidy(() => {
    const squares = tf.sum(tf.square(alpha), 1, true);
    const lengths = tf.add(tf.sub(1, tf.mul(alpha, 2)), squares); // |onehot_j - alpha|^2
    const parts = tf.mul(alpha, lengths);
    // Where alpha is all on one position nothing varies, and the losses' mean is as good as any number.
    const total = tf.sum(parts, 1);
    const settled = tf.less(total, 1e-12);
    const best = tf.div(tf.sum(tf.mul(parts, losses), 1), tf.maximum(total, 1e-12));
    return tf.where(settled, tf.sum(tf.mul(alpha, losses), 1), best) as tf.Tensor1D;
  });
}
