import * as tf from '@tensorflow/tfjs';
import { flattenParams, type ParamTree } from '../core/params.js';
import type { Gradients } from './adam.js';

/** A loss or a gradient that is not a finite number. The weights are those before the step, and finite. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';
  /** Counted from 0. */
  readonly step: number;
  /** What was not finite: `loss`, or the name of a parameter. */
  readonly where: string;

  constructor(step: number, where: string, value: number) {
    const what = where === 'loss' ? 'the loss' : `the gradient of "${where}"`;
    super(
      `Training stopped at step ${step}: ${what} is ${value}. The weights before this step are kept; ` +
        'look at the data of this step, or lower the learning rate or clipNorm.',
    );
    this.step = step;
    this.where = where;
  }
}

export interface LossAndGradients {
  readonly loss: number;
  /** By parameter name; the caller disposes them. Parameters that the loss does not depend on are missing. */
  readonly gradients: Gradients;
  /** Length of all gradients taken as one vector. */
  readonly norm: number;
}

/**
 * The loss and its gradients at the present weights.
 *
 * @param step for the message
 * @throws NonFiniteError naming the loss or the first parameter whose gradient is not finite
 */
export function lossAndGradients(params: ParamTree, loss: () => tf.Scalar, step: number): LossAndGradients {
  const named = flattenParams(params).filter(([, variable]) => variable.trainable);
  const variables = named.map(([, variable]) => variable);
  const { value, grads } = tf.variableGrads(loss, variables);
  const gradients = new Map(
    named.flatMap(([name, variable]) =>
      grads[variable.name] ? [[name, grads[variable.name]!] as const] : [],
    ),
  );
  const squares = tf.tidy(() =>
    tf.stack([value, ...[...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)))]),
  );
  const [lossValue, ...sums] = squares.dataSync() as unknown as [number, ...number[]];
  tf.dispose([value, squares]);
  const norm = Math.sqrt([...sums].reduce((sum, square) => sum + square, 0));
  const fail = (where: string, found: number) => {
    tf.dispose([...gradients.values()]);
    return new NonFiniteError(step, where, found);
  };
  if (!Number.isFinite(lossValue)) throw fail('loss', lossValue);
  if (!Number.isFinite(norm)) {
    const n = [...sums].findIndex((square) => !Number.isFinite(square));
    throw fail([...gradients.keys()][n]!, sums[n]!);
  }
  return { loss: lossValue, gradients, norm };
}

/** What gradients of this length are multiplied by so that their length is at most `limit` (Pascanu et al. 2013, 3.2). */
export function clipScale(norm: number, limit: number | undefined): number {
  return limit === undefined || norm <= limit ? 1 : limit / norm;
}
