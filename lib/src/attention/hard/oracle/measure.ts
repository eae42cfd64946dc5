import * as tf from '@tensorflow/tfjs';
import { checkSizes } from '../../../core/options.js';
import type { Random } from '../../../random/random.js';
import { type BaselineState, startBaseline } from '../baselines.js';
import type { HardConfig } from '../config.js';
import { hardAttention } from '../hard.js';
import { collectMoments, type SampledMoments } from './collect.js';
import { exactGradients } from './moments.js';
import type { ChoiceRow } from './problem.js';

export interface MeasureOptions {
  readonly config: Partial<HardConfig>;
  readonly random: Random;
  /** Estimates of each row's gradient, each from `config.samples` samples. */
  readonly draws: number;
  /** How often each row stands in one batch. Default 2,000. */
  readonly copies?: number;
  /** What the moving average knows at the start; default nothing, so that the first batch has no baseline. */
  readonly state?: BaselineState;
}

/**
 * Runs `hardAttention` itself on many copies of the rows and compares the gradients that come out with the exact one.
 *
 * The baselines `mean` and `moving average` look at the whole batch: the closed sums that go with it are those of
 * `scoreFunctionMoments` with the same `copies`.
 *
 * @throws where the rows differ in length, there are fewer than 2 draws, or the configuration makes no sense; of `learned`, which
 *   needs a network
 */
export function measureEstimator(rows: readonly ChoiceRow[], options: MeasureOptions): SampledMoments {
  const { config, random, draws, copies = 2000 } = options;
  const length = rows[0]?.scores.length ?? 0;
  if (rows.length === 0 || rows.some(({ scores }) => scores.length !== length))
    throw new Error('Hard attention: expected rows of one length, at least one');
  checkSizes('measureEstimator', { draws }, 2);
  checkSizes('measureEstimator', { copies });
  if (config.baseline === 'learned')
    throw new Error('Hard attention: the baseline learned is a network, and there is none to be measured');
  if (config.entropy)
    throw new Error('Hard attention: an entropy bonus changes the gradient; measure with entropy 0');

  const collected = collectMoments(exactGradients(rows, config.count));
  let state = options.state ?? startBaseline;
  for (let done = 0; done < draws; done += copies) {
    const now = Math.min(copies, draws - done);
    const gradient = tf.tidy(() => {
      const repeat = (values: readonly (readonly number[])[]) =>
        tf.concat(values.map((row) => tf.tile(tf.tensor2d([[...row]]), [now, 1]))) as tf.Tensor2D;
      const mask = rows.some((row) => row.mask)
        ? repeat(rows.map((row) => row.mask ?? row.scores.map(() => 1)))
        : null;
      const loss = (scores: tf.Tensor) => {
        const hard = hardAttention({
          scores: scores as tf.Tensor2D,
          mask,
          random,
          config,
          state,
          lossOf: (weights) =>
            tf.concat(
              tf.split(weights, rows.length).map((part, b) => rows[b]!.tensorLoss(part as tf.Tensor3D)),
            ) as tf.Tensor2D,
        });
        state = hard.state;
        return hard.loss;
      };
      // The mean over the batch takes 1 / (rows copies) of each gradient; the mean over the rows 1 / rows.
      return tf.mul(tf.grad(loss)(repeat(rows.map(({ scores }) => scores))), now).dataSync();
    });
    for (let n = 0; n < rows.length * now; n++)
      collected.add(Math.floor(n / now), gradient.subarray(n * length, (n + 1) * length));
  }
  return collected.moments();
}
