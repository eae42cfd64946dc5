import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../../core/shapes.js';
import type { Random } from '../../random/random.js';
import { maskedSoftmax } from '../softmax.js';
import { type BaselineState, optimalBaseline, startBaseline } from './baselines.js';
import { checkChoice, chooseGreedy, chooseSampled } from './choose.js';
import { type HardConfig, hardConfig } from './config.js';
import { attentionEntropy } from './entropy.js';
import { withoutGradient } from './no-gradient.js';
import { relaxedWeights } from './relaxed.js';
import { scoreFunctionLoss } from './score-function.js';

export interface HardAttentionOptions {
  /** `[batch, length]` */
  readonly scores: tf.Tensor2D;
  /** `[batch, length]`, 1 for real and 0 for padding, which is never chosen */
  readonly mask?: tf.Tensor2D | null;
  /**
   * The loss of each example under each of several weightings of its positions, `[batch, samples, length]` to `[batch, samples]`:
   * most often `tf.matMul(weights, values)` and what follows. It may be called more than once, and with another number of
   * samples than asked for.
   */
  readonly lossOf: (weights: tf.Tensor3D) => tf.Tensor2D;
  readonly random: Random;
  readonly config?: Partial<HardConfig>;
  /** What the baseline remembers; default `startBaseline`. */
  readonly state?: BaselineState;
  /** `[batch]`, of the baseline `learned`: what `learnedBaseline` says of the inputs. */
  readonly predicted?: tf.Tensor1D;
  /** False leaves out the search for scores that are no numbers. Default true. */
  readonly check?: boolean;
}

export interface HardAttention {
  /** Mean loss less the entropy bonus; its gradient is the estimate. */
  readonly loss: tf.Scalar;
  /** `[batch, length]`, the probability of each position. */
  readonly alpha: tf.Tensor2D;
  /** `[batch, samples, length]`: what the losses saw. */
  readonly weights: tf.Tensor3D;
  /** `[batch, samples]` */
  readonly losses: tf.Tensor2D;
  /** `[batch]`, entropy of alpha in nats. */
  readonly entropy: tf.Tensor1D;
  /** To be handed in at the next step. */
  readonly state: BaselineState;
}

/**
 * Hard attention in training: one position of each example is chosen (or `count` of them, by `reinforce` and the Gumbel family), the
 * loss sees nothing else, and the scores still get a gradient, by the estimator of the configuration.
 *
 * The result can be returned from the loss of `train`, with which the caller keeps the state:
 * `const hard = hardAttention({ ..., state }); state = hard.state; return hard.loss;`
 *
 * @throws where the configuration makes no sense, shapes differ, a row is all padding or has too few real positions, or a
 *   score is not a number
 */
export function hardAttention(options: HardAttentionOptions): HardAttention {
  const { scores, mask = null, random, state = startBaseline, predicted, check = true } = options;
  const config = hardConfig(options.config);
  const { count } = config;
  checkChoice(scores, { mask, count, check });
  const [batch, length] = scores.shape;
  const lossOf = (weights: tf.Tensor3D): tf.Tensor2D => {
    const losses = options.lossOf(weights);
    checkShape('what lossOf returns', losses, 'batch samples', { batch, samples: weights.shape[1] });
    return losses;
  };

  let next = state;
  const [loss, alpha, weights, losses, entropy] = tf.tidy(() => {
    const alpha = maskedSoftmax(scores.expandDims(1) as tf.Tensor3D, mask).squeeze([1]) as tf.Tensor2D;
    const entropy = attentionEntropy(scores, mask);
    const bonus = tf.mul(tf.mean(entropy), -config.entropy) as tf.Scalar;
    const everyPosition = () => tf.tile(tf.eye(length).expandDims(0), [batch, 1, 1]) as tf.Tensor3D;

    if (config.estimator === 'exact') {
      const weights = everyPosition();
      const losses = lossOf(weights);
      const expected = tf.mean(tf.sum(tf.mul(alpha, losses), 1));
      return [tf.add(expected, bonus), alpha, weights, losses, entropy];
    }
    if (config.estimator !== 'reinforce') {
      const weights = relaxedWeights(scores, mask, { ...config, random, check: false });
      const losses = lossOf(weights);
      return [tf.add(tf.mean(losses), bonus), alpha, weights, losses, entropy];
    }
    const choice = chooseSampled(scores, { mask, random, samples: config.samples, count, check: false });
    // Examples that see alpha: sum_j alpha_j d ln alpha_j = 0, so that the choice's part of their gradient is 0.
    const sampled = sampledRows(random, batch, config.expected);
    const weights =
      sampled === null
        ? choice.weights
        : withoutGradient(() => {
            const rows = sampled.expandDims(2);
            const soft = tf.mul(alpha, count).expandDims(1);
            return tf.add(tf.mul(choice.weights, rows), tf.mul(soft, tf.sub(1, rows))) as tf.Tensor3D;
          });
    const losses = lossOf(weights);
    const { baseline } = config;
    const estimate = scoreFunctionLoss({
      ...config,
      losses,
      logProb: sampled === null ? choice.logProb : tf.mul(choice.logProb, sampled),
      state,
      predicted,
      greedy:
        baseline === 'self-critical'
          ? withoutGradient(
              () =>
                lossOf(chooseGreedy(scores, { mask, count, check: false }).weights).squeeze([
                  1,
                ]) as tf.Tensor1D,
            )
          : undefined,
      optimal:
        baseline === 'optimal'
          ? withoutGradient(() => optimalBaseline(alpha, lossOf(everyPosition())))
          : undefined,
    });
    next = estimate.state;
    return [tf.add(estimate.loss, bonus), alpha, weights, losses, entropy];
  }) as [tf.Scalar, tf.Tensor2D, tf.Tensor3D, tf.Tensor2D, tf.Tensor1D];
  return { loss, alpha, weights, losses, entropy, state: next };
}

/** 1 for the examples that see samples, `[batch, 1]`; null where all do. */
function sampledRows(random: Random, batch: number, expected: number): tf.Tensor2D | null {
  if (expected === 0) return null;
  return tf.tensor2d(
    Array.from({ length: batch }, () => (random.uniform() < expected ? 0 : 1)),
    [batch, 1],
  );
}
