import * as tf from '@tensorflow/tfjs';
import { createRandom } from '../../random/random.js';
import { initMultiHead, type MultiHeadWeights, multiHeadAttend } from '../multi-head.js';
import { namedInputs, outputMask, type Shape, sourceMask } from './inputs.js';
import { type AddWeight, addWeights } from './weights.js';

type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

export interface MultiHeadLayerConfig extends LayerArgs {
  readonly heads: number;
  /** Of the output and of all heads together; by default as many as the query has. */
  readonly units?: number;
  /** By default true, as in the multi-head layers of Keras and PyTorch. */
  readonly bias?: boolean;
  /** Output t sees the positions 0 ... t only. */
  readonly causal?: boolean;
  /** The outputs are then `[context, alpha]`, alpha of every head. */
  readonly returnAlpha?: boolean;
  /** First values of the weights are drawn from it and the layer's name. */
  readonly seed?: number;
}

/**
 * Multi-head attention (Vaswani et al. 2017, section 3.2.2) as a layer of TensorFlow.js.
 *
 * Inputs `[query, value]`, `[query, value, key]`, and a mask `[batch, source]` at the end of either; outputs the context
 * `[batch, target, units]` or, with `returnAlpha`, `[context, alpha]` with alpha `[batch, heads, target, source]`. Made by
 * `multiHeadAttentionLayer`.
 */
export class MultiHeadAttentionLayer extends tf.layers.Layer {
  /** @nocollapse */
  static readonly className = 'HeedMultiHeadAttention';
  readonly #config: Required<Omit<MultiHeadLayerConfig, keyof LayerArgs | 'units'>> & {
    units: number | null;
  };
  #params: ReadonlyMap<string, { read(): tf.Tensor }> = new Map();

  constructor(config: MultiHeadLayerConfig) {
    super(config);
    const { heads, units = null, bias = true, causal = false, returnAlpha = false, seed = 0 } = config;
    this.#config = { heads, units, bias, causal, returnAlpha, seed };
    this.supportsMasking = true;
  }

  override build(inputShape: Shape | Shape[]): void {
    const { query, value, key } = this.#named(inputShape);
    const [queryUnits, valueUnits, keyUnits] = [query[2], value[2], key[2]];
    if (!queryUnits || !valueUnits || !keyUnits) {
      throw new Error(`${this.name}: the last axes of the inputs must be known when the layer is built`);
    }
    const { heads, bias, seed } = this.#config;
    const add: AddWeight = (name, shape, initializer) =>
      this.addWeight(name, shape, 'float32', initializer as Parameters<typeof this.addWeight>[3]);
    const units = this.#config.units ?? queryUnits;
    const sizes = { query: queryUnits, key: keyUnits, value: valueUnits, units, heads, bias };
    this.#params = addWeights(add, initMultiHead(createRandom(seed).child(this.name), sizes));
    this.built = true;
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: { mask?: tf.Tensor | tf.Tensor[] | null; training?: boolean },
  ): tf.Tensor | tf.Tensor[] {
    return tf.tidy(() => {
      const given = namedInputs(this.name, inputs, (input) => input.rank);
      const mask = sourceMask(given, kwargs?.mask);
      const { heads, causal, returnAlpha } = this.#config;
      const { context, alpha } = multiHeadAttend(this.#weights(), {
        heads,
        causal,
        query: given.query as tf.Tensor3D,
        keys: given.key as tf.Tensor3D,
        values: given.value as tf.Tensor3D,
        mask,
        check: false, // a loss that is no number shows in fit
      });
      return returnAlpha ? [context, alpha] : context;
    });
  }

  #weights(): MultiHeadWeights {
    const read = (name: string) => this.#params.get(name)!.read();
    const kernel = (name: string) => read(`${name}Kernel`) as tf.Tensor2D;
    const bias = (name: string) => read(`biases/${name}`) as tf.Tensor1D;
    const kernels = {
      queryKernel: kernel('query'),
      keyKernel: kernel('key'),
      valueKernel: kernel('value'),
      outputKernel: kernel('output'),
    };
    if (!this.#config.bias) return kernels;
    return {
      ...kernels,
      biases: { query: bias('query'), key: bias('key'), value: bias('value'), output: bias('output') },
    };
  }

  override computeMask(
    inputs: tf.Tensor | tf.Tensor[],
    mask?: tf.Tensor | tf.Tensor[],
  ): tf.Tensor | tf.Tensor[] {
    const carried = outputMask(this.name, inputs, mask);
    return (this.#config.returnAlpha ? [carried, null] : carried) as tf.Tensor | tf.Tensor[];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const { query, value } = this.#named(inputShape);
    const { heads, returnAlpha } = this.#config;
    const context = [query[0]!, query[1]!, this.#config.units ?? query[2]!];
    return returnAlpha ? [context, [query[0]!, heads, query[1]!, value[1]!]] : context;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#config };
  }

  #named(inputShape: Shape | Shape[]) {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    return namedInputs<Shape>(this.name, shapes, (shape) => shape.length);
  }
}
tf.serialization.registerClass(MultiHeadAttentionLayer);

/**
 * A layer of multi-head attention for a `tf.model`. Save and load go through `model.save` and `tf.loadLayersModel`.
 *
 * @throws when it is built, where the heads do not divide the units
 */
export function multiHeadAttentionLayer(config: MultiHeadLayerConfig): MultiHeadAttentionLayer {
  return new MultiHeadAttentionLayer(config);
}
