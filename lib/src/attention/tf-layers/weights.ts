import * as tf from '@tensorflow/tfjs';
import { disposeParams, flattenParams, type ParamTree } from '../../core/params.js';

/** A weight of a layer, with its present value. */
interface LayerWeight {
  read(): tf.Tensor;
}

/** `addWeight` of a layer, which its class keeps to itself. */
export type AddWeight = (
  name: string,
  shape: number[],
  initializer: tf.serialization.Serializable,
) => LayerWeight;

/** First values of a weight; saved models hold the weights themselves, so it is never read back. */
class GivenValues extends tf.serialization.Serializable {
  /** @nocollapse */
  static readonly className = 'HeedGivenValues';
  readonly #values: Float32Array;

  constructor(values: Float32Array) {
    super();
    this.#values = values;
  }

  apply(shape: number[]): tf.Tensor {
    return tf.tensor(this.#values, shape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

/** Makes a layer's weights after parameters of the library, with their names, shapes and first values. The parameters are freed. */
export function addWeights(add: AddWeight, params: ParamTree): ReadonlyMap<string, LayerWeight> {
  const weights = new Map<string, LayerWeight>();
  for (const [name, variable] of flattenParams(params)) {
    const values = variable.dataSync().slice() as Float32Array;
    weights.set(name, add(name, [...variable.shape], new GivenValues(values)));
  }
  disposeParams(params);
  return weights;
}
