import * as tf from '@tensorflow/tfjs';
import { createRandom, lossAndGradients, type ParamTree } from 'heed';
import { flattenParams } from '../../../lib/src/core/params.js';
import { assertClose } from '../support/engines.js';

/**
 * Checks the gradient of a loss, one parameter after the other: along a random direction of unit length or so it must be
 * (loss(p + delta d) - loss(p - delta d)) / (2 delta) within `tolerance`. In single precision a whole numerical gradient, number by
 * number, would drown in rounding.
 */
export function assertGradientAlongDirections(
  params: ParamTree,
  loss: () => tf.Scalar,
  { delta, tolerance }: { readonly delta: number; readonly tolerance: number },
): void {
  const { gradients } = lossAndGradients(params, loss, 0);
  const random = createRandom(4);
  for (const [name, variable] of flattenParams(params)) {
    const start = variable.clone();
    const direction = tf
      .tensor(random.normals(variable.size), variable.shape)
      .mul(1 / Math.sqrt(variable.size));
    const along = gradients.get(name)!.mul(direction).sum().dataSync()[0]!;
    const at = (step: number) => {
      variable.assign(start.add(direction.mul(step)));
      return loss().dataSync()[0]!;
    };
    assertClose([(at(delta) - at(-delta)) / (2 * delta)], [along], tolerance, name);
    variable.assign(start);
  }
}
