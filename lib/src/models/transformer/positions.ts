import * as tf from '@tensorflow/tfjs';
import { checkHeads } from '../../attention/heads.js';
import { checkSizes } from '../../core/options.js';

/** 1 / 10000^(2 i / size) for pair i: wave lengths from 2 pi to 10000 * 2 pi. */
const frequency = (pair: number, size: number) => 10000 ** ((-2 * pair) / size);

/**
 * Sinusoidal positions: p[t, 2i] = sin(t / 10000^(2i / units)), p[t, 2i + 1] = cos(t / 10000^(2i / units))
 * (Vaswani et al. 2017, section 3.5). p[t + k] is p[t] turned by an angle that k alone decides, pair by pair.
 *
 * @param time positions
 * @param from the first of them
 * @returns `[time, units]`
 * @throws for sizes that cannot be
 */
export function sinusoidalPositions(time: number, units: number, from = 0): tf.Tensor2D {
  checkSizes('sinusoidalPositions', { time, units });
  checkSizes('sinusoidalPositions', { from }, 0);
  const values = new Float32Array(time * units);
  for (let t = 0; t < time; t++) {
    for (let k = 0; k < units; k++) {
      const angle = (from + t) * frequency(Math.floor(k / 2), units);
      values[t * units + k] = k % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return tf.tensor2d(values, [time, units]);
}

/** Turns the queries and keys of one stretch of positions. */
export type Rotation = (x: tf.Tensor3D) => tf.Tensor3D;

/**
 * Rotary positions: each pair (x_2i, x_2i+1) of a head is turned by the angle t / 10000^(2i / size), so that the product of a
 * turned query and a turned key depends on the distance of their positions alone (Su et al. 2021, section 3.2.2, equation 15).
 *
 * @param time positions
 * @param from the first of them
 * @throws for sizes that cannot be, heads that do not divide the units, and heads of an odd size, which are no pairs
 */
export function rotation(time: number, units: number, heads: number, from = 0): Rotation {
  checkSizes('rotation', { time, units });
  checkSizes('rotation', { from }, 0);
  checkHeads(heads, units);
  const size = units / heads;
  if (size % 2 !== 0)
    throw new Error(`rotation: pairs are turned, so each head needs an even number of units, got ${size}`);
  const [cosines, sines] = [Math.cos, Math.sin].map((wave) =>
    tf.tensor3d(
      Float32Array.from({ length: time * units }, (_, n) =>
        wave((from + Math.floor(n / units)) * frequency(Math.floor(((n % units) % size) / 2), size)),
      ),
      [1, time, units],
    ),
  ) as [tf.Tensor3D, tf.Tensor3D];
  // (x_2i, x_2i+1) to (-x_2i+1, x_2i), as a product: a quarter turn of every pair.
  const quarter = new Float32Array(units * units);
  for (let k = 0; k < units; k += 2) {
    quarter[(k + 1) * units + k] = -1;
    quarter[k * units + k + 1] = 1;
  }
  const turn = tf.tensor2d(quarter, [units, units]);
  return (x) => {
    const turned = tf.matMul(x.reshape([-1, units]), turn).reshape(x.shape);
    return tf.add(tf.mul(x, cosines), tf.mul(turned, sines));
  };
}
