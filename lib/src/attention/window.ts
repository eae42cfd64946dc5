import * as tf from '@tensorflow/tfjs';
import { checkShape } from '../core/shapes.js';

/** What of the source an output may look at. */
export interface WindowView {
  /** `[batch, target, source]`, 1 inside the window on a real position; every row has a 1 */
  readonly mask: tf.Tensor3D;
  /** Factors of alpha, `[batch, target, source]`, or null. */
  readonly weights: tf.Tensor3D | null;
}

/** Attention to a part of the source only (Luong et al. 2015, section 3.2, "local"). */
export interface Window {
  readonly name: string;
  /** `one`: alpha is divided by its sum after the factors; `paper`: it is left below 1. */
  readonly total: 'one' | 'paper';
  /**
   * @param query `[batch, target, units]`
   * @param real `[batch, source]`, 1 for real
   * @param step number of the first output, from 0
   */
  view(query: tf.Tensor3D, real: tf.Tensor2D, step: number): WindowView;
}

/** How many real positions stand before each, `[batch, 1, source]`: a window is counted in them, so it never falls on padding. */
function places(real: tf.Tensor2D): tf.Tensor3D {
  return tf.cumsum(real, 1, true).expandDims(1);
}

/**
 * 1 at real positions that lie at most `radius` from the centre `[batch, target, 1]`. No gradient: where a window ends does
 * not move smoothly.
 */
function within(real: tf.Tensor2D, centre: tf.Tensor3D, radius: number): tf.Tensor3D {
  const inside = tf.customGrad((given) => {
    const distance = tf.abs(tf.sub(places(real), given as tf.Tensor));
    return {
      value: tf.mul(tf.lessEqual(distance, radius).cast('float32'), real.expandDims(1)),
      gradFunc: () => tf.zeros(centre.shape),
    };
  });
  return inside(centre) as tf.Tensor3D;
}

/**
 * local-m: output t looks at positions t - radius ... t + radius (Luong et al. 2015, section 3.2, "monotonic alignment").
 *
 * An output beyond the end of the source looks at its end: there is always something in the window.
 */
export function localMonotonic({ radius }: { readonly radius: number }): Window {
  checkRadius(radius, 0);
  return {
    name: 'local-m',
    total: 'one',
    view: (query, real, step) => {
      const { batch, target } = checkShape('query', query, 'batch target units');
      const mask = tf.tidy(() => {
        const last = tf.sub(tf.sum(real, 1), 1).reshape([batch, 1, 1]);
        const centre = tf.minimum(tf.range(step, step + target).reshape([1, target, 1]), last);
        return within(real, centre as tf.Tensor3D, radius);
      });
      return { mask, weights: null };
    },
  };
}

/**
 * local-p: the query says where to look, p = S sigmoid(v . tanh(W query)) of S source positions, and alpha within `radius` of
 * it is multiplied by a Gaussian around it, exp(-(j - p)^2 / (2 (radius / 2)^2)) (Luong et al. 2015, equations 9 and 10).
 *
 * Positions count from 0. The gradient reaches W and v through the Gaussian alone.
 */
export function localPredictive(
  params: {
    /** `[query units, units]` */
    readonly positionKernel: tf.Tensor2D;
    /** `[units]` */
    readonly positionVector: tf.Tensor1D;
  },
  { radius, total }: { readonly radius: number; readonly total: 'one' | 'paper' },
): Window {
  checkRadius(radius, 1);
  const [queryUnits, units] = params.positionKernel.shape;
  return {
    name: 'local-p',
    total,
    view: (query, real) => {
      const { batch, target } = checkShape('local-p query', query, 'batch target units', {
        units: queryUnits,
      });
      const [mask, weights] = tf.tidy(() => {
        const hidden = tf.tanh(tf.matMul(query.reshape([batch * target, queryUnits]), params.positionKernel));
        const share = tf.sigmoid(tf.matMul(hidden as tf.Tensor2D, params.positionVector.reshape([units, 1])));
        const length = tf.sum(real, 1).reshape([batch, 1, 1]);
        const centre = tf.mul(share.reshape([batch, target, 1]), length) as tf.Tensor3D;
        const away = tf.div(tf.sub(places(real), centre), radius / 2);
        return [within(real, centre, radius), tf.exp(tf.mul(tf.square(away), -0.5))];
      }) as [tf.Tensor3D, tf.Tensor3D];
      return { mask, weights };
    },
  };
}

function checkRadius(radius: number, least: number): void {
  if (!Number.isSafeInteger(radius) || radius < least) {
    throw new Error(`window: the radius must be an integer >= ${least}, got ${radius}`);
  }
}
