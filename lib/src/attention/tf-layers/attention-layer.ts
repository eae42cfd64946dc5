import * as tf from '@tensorflow/tfjs';
import { createRandom } from '../../random/random.js';
import { createAlignment } from '../alignment.js';
import { type AlignmentConfig, fullAlignmentConfig } from '../alignment-config.js';
import { type AlignmentParams, initAlignment } from '../alignment-params.js';
import { namedInputs, outputMask, type Shape, sourceMask } from './inputs.js';
import { type AddWeight, addWeights } from './weights.js';

type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** The choices of `AlignmentConfig`, and what a layer needs besides. */
export interface AttentionLayerConfig extends LayerArgs, Partial<AlignmentConfig> {
  /** Attention units, of the scores that have a hidden layer and of local-p; by default as many as the query has. */
  readonly units?: number;
  /** The outputs are then `[context, alpha]`. */
  readonly returnAlpha?: boolean;
  /** First values of the weights are drawn from it and the layer's name. */
  readonly seed?: number;
}

/**
 * Attention as a layer of TensorFlow.js, with any score, normaliser and window of `AlignmentConfig`.
 *
 * Inputs `[query, value]`, `[query, value, key]`, and a mask `[batch, source]` at the end of either; outputs the context
 * `[batch, target, value units]` or, with `returnAlpha`, `[context, alpha]`. Made by `attentionLayer`.
 */
export class AttentionLayer extends tf.layers.Layer {
  /** @nocollapse */
  static readonly className = 'HeedAttention';
  readonly #alignment: AlignmentConfig;
  readonly #units: number | null;
  readonly #returnAlpha: boolean;
  readonly #seed: number;
  #params: ReadonlyMap<string, { read(): tf.Tensor }> = new Map();

  constructor(config: AttentionLayerConfig = {}) {
    super(config);
    const { units, returnAlpha = false, seed = 0 } = config;
    const chosen = Object.keys(fullAlignmentConfig({})).flatMap((field) => {
      const value = (config as Record<string, unknown>)[field];
      return value === undefined ? [] : [[field, value]];
    });
    this.#alignment = fullAlignmentConfig(Object.fromEntries(chosen));
    this.#units = units ?? null;
    this.#returnAlpha = returnAlpha;
    this.#seed = seed;
    this.supportsMasking = true;
  }

  override build(inputShape: Shape | Shape[]): void {
    const { query, key } = this.#named(inputShape);
    const [queryUnits, keyUnits] = [query[2], key[2]];
    if (!queryUnits || !keyUnits) {
      throw new Error(`${this.name}: the last axes of query and key must be known when the layer is built`);
    }
    const random = createRandom(this.#seed).child(this.name);
    const sizes = { query: queryUnits, key: keyUnits, units: this.#units ?? queryUnits };
    const add: AddWeight = (name, shape, initializer) =>
      this.addWeight(name, shape, 'float32', initializer as Parameters<typeof this.addWeight>[3]);
    this.#params = addWeights(add, initAlignment(random, this.#alignment, sizes));
    this.built = true;
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: { mask?: tf.Tensor | tf.Tensor[] | null; training?: boolean },
  ): tf.Tensor | tf.Tensor[] {
    return tf.tidy(() => {
      const given = namedInputs(this.name, inputs, (input) => input.rank);
      const params = Object.fromEntries([...this.#params].map(([name, weight]) => [name, weight.read()]));
      const alignment = createAlignment(this.#alignment, params as AlignmentParams);
      const memory = alignment.remember({
        keys: given.key as tf.Tensor3D,
        values: given.value as tf.Tensor3D,
        mask: sourceMask(given, kwargs?.mask),
      });
      const { context, alpha } = alignment.lookAll(given.query as tf.Tensor3D, memory);
      return this.#returnAlpha ? [context, alpha] : context;
    });
  }

  override computeMask(
    inputs: tf.Tensor | tf.Tensor[],
    mask?: tf.Tensor | tf.Tensor[],
  ): tf.Tensor | tf.Tensor[] {
    const carried = outputMask(this.name, inputs, mask);
    return (this.#returnAlpha ? [carried, null] : carried) as tf.Tensor | tf.Tensor[];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const { query, value } = this.#named(inputShape);
    const context = [query[0]!, query[1]!, value[2]!];
    return this.#returnAlpha ? [context, [query[0]!, query[1]!, value[1]!]] : context;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      ...this.#alignment,
      units: this.#units,
      returnAlpha: this.#returnAlpha,
      seed: this.#seed,
    };
  }

  #named(inputShape: Shape | Shape[]) {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    return namedInputs<Shape>(this.name, shapes, (shape) => shape.length);
  }
}
tf.serialization.registerClass(AttentionLayer);

/**
 * A layer of attention for a `tf.model`, with any score, normaliser and window; the score is `scaled dot` unless another is
 * named. Save and load go through `model.save` and `tf.loadLayersModel`.
 *
 * @throws for a config that makes no sense (see `AlignmentConfig`)
 */
export function attentionLayer(config: AttentionLayerConfig = {}): AttentionLayer {
  return new AttentionLayer({ score: 'scaled dot', ...config });
}

/** Bahdanau's attention, e = v . tanh(W query + U key), as a layer for a `tf.model`. */
export function additiveAttentionLayer(config: Omit<AttentionLayerConfig, 'score'> = {}): AttentionLayer {
  return new AttentionLayer({ ...config, score: 'additive' });
}
