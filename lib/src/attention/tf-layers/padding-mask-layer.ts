import * as tf from '@tensorflow/tfjs';
import type { Shape } from './inputs.js';

type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

export interface PaddingMaskConfig extends LayerArgs {
  /** The id that padding has; 0 by default, as in `padSequences` and in an embedding with `maskZero`. */
  readonly padding?: number;
}

/** Ids `[batch, source]` to a mask of the same shape: 1 for real, 0 for padding. */
export class PaddingMaskLayer extends tf.layers.Layer {
  /** @nocollapse */
  static readonly className = 'HeedPaddingMask';
  readonly #padding: number;

  constructor(config: PaddingMaskConfig = {}) {
    super(config);
    this.#padding = config.padding ?? 0;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const ids = Array.isArray(inputs) ? inputs[0]! : inputs;
    return tf.tidy(() => tf.notEqual(ids, tf.scalar(this.#padding, ids.dtype)).cast('float32'));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), padding: this.#padding };
  }
}
tf.serialization.registerClass(PaddingMaskLayer);

/** The layer that gives the attention layers their mask, from the ids of a source. */
export function paddingMaskLayer(config: PaddingMaskConfig = {}): PaddingMaskLayer {
  return new PaddingMaskLayer(config);
}
