import * as tf from '@tensorflow/tfjs';
import { fusedAdam, loadFused } from '../backend/fused/index.js';
import { flattenParams, type ParamTree } from '../core/params.js';

/** State of Adam: a parameter tree, so that it is saved, resumed and disposed as one. */
export type AdamState = {
  /** Steps made, an integer. */
  readonly step: tf.Variable<tf.Rank.R0>;
  /** Running means of the gradients, by the names of the parameters. */
  readonly first: { readonly [name: string]: tf.Variable };
  /** Running means of their squares. */
  readonly second: { readonly [name: string]: tf.Variable };
};

export interface AdamConfig {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export const defaultAdam: AdamConfig = {
  beta1: 0.9, // the paper's
  beta2: 0.999, // the paper's
  epsilon: 1e-7, // that of TensorFlow.js and Keras, so that a training can be carried on there
};

/** Gradients by the names of the parameters. */
export type Gradients = ReadonlyMap<string, tf.Tensor>;

/** Zero means for every parameter. The tree has one level more than its names show: names keep their `/`. */
export function initAdam(params: ParamTree): AdamState {
  const zeros = () =>
    Object.fromEntries(
      flattenParams(params).map(([name, variable]) => [
        name,
        tf.tidy(() => tf.variable(tf.zerosLike(variable), false)),
      ]),
    );
  return {
    step: tf.tidy(() => tf.variable(tf.scalar(0, 'int32'), false)) as tf.Variable<tf.Rank.R0>,
    first: zeros(),
    second: zeros(),
  };
}

/**
 * One step, in place: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
 * p = p - rate * m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) (Kingma and Ba 2015, algorithm 1).
 *
 * A parameter without a gradient stays as it is, and so do its means.
 *
 * @param scale what the gradients are multiplied by first: the clipping's factor
 */
export function adamStep(
  params: ParamTree,
  gradients: Gradients,
  state: AdamState,
  learningRate: number,
  options: Partial<AdamConfig> & { readonly scale?: number } = {},
): void {
  const { beta1, beta2, epsilon, scale = 1 } = { ...defaultAdam, ...options };
  const step = state.step.dataSync()[0]! + 1;
  // Both corrections in two plain numbers: rate' = rate / (1 - b1^t), and sqrt(v / c) = sqrt(v) / sqrt(c).
  const rate = learningRate / (1 - beta1 ** step);
  const root = Math.sqrt(1 - beta2 ** step);
  const fused = loadFused().available;
  tf.tidy(() => {
    for (const [name, variable] of flattenParams(params)) {
      const raw = gradients.get(name);
      if (raw === undefined) continue;
      const gradient = scale === 1 ? raw : tf.mul(raw, scale);
      const first = state.first[name]!;
      const second = state.second[name]!;
      if (fused) {
        const moments = { parameter: variable, firstMoment: first, secondMoment: second };
        const next = fusedAdam(moments, gradient, step, { learningRate, beta1, beta2, epsilon });
        first.assign(next.firstMoment);
        second.assign(next.secondMoment);
        variable.assign(next.parameter);
        continue;
      }
      first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
      second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
      const denominator = tf.add(tf.div(tf.sqrt(second), root), epsilon);
      variable.assign(tf.sub(variable, tf.div(tf.mul(first, rate), denominator)));
    }
    state.step.assign(tf.scalar(step, 'int32'));
  });
}
