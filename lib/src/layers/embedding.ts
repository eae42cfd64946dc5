import * as tf from '@tensorflow/tfjs';
import { normal } from '../core/initializers.js';
import { createParam, type GradSaver, type Initializer } from '../core/params.js';
import type { Random } from '../random/random.js';

export type EmbeddingParams = {
  /** One vector a word, `[vocab, features]`. */
  readonly table: tf.Variable<tf.Rank.R2>;
};

export interface EmbeddingSizes {
  readonly vocab: number;
  readonly features: number;
  /** By default normal of deviation 1: the vectors of different words start far apart. */
  readonly initializer?: Initializer;
}

export function initEmbedding(random: Random, sizes: EmbeddingSizes): EmbeddingParams {
  const { vocab, features, initializer = normal(1) } = sizes;
  return { table: createParam<tf.Rank.R2>(random.child('table'), [vocab, features], initializer) };
}

/**
 * The vector of each id: output[b, t] = table[ids[b, t]].
 *
 * @param ids integers of any shape, `[batch]` or `[batch, time]` in most cases
 * @returns the shape of the ids with `features` after it
 * @throws where an id is outside the vocabulary, with its place
 */
export function embed<I extends tf.Tensor>(
  params: { readonly table: tf.Tensor2D },
  ids: I,
): I extends tf.Tensor1D ? tf.Tensor2D : I extends tf.Tensor2D ? tf.Tensor3D : tf.Tensor {
  const [vocab, features] = params.table.shape;
  checkIds(ids, vocab);
  return tf.tidy(() => {
    const flat = ids.cast('int32').reshape([ids.size]) as tf.Tensor1D;
    const rows = lookup(params.table, flat).reshape([...ids.shape, features]);
    return rows as I extends tf.Tensor1D ? tf.Tensor2D : I extends tf.Tensor2D ? tf.Tensor3D : tf.Tensor;
  });
}

/** Engines read past the end of the table, or clamp, or return zeros: none of them says so. */
function checkIds(ids: tf.Tensor, vocab: number): void {
  const values = ids.dataSync();
  for (let place = 0; place < values.length; place++) {
    const id = values[place]!;
    if (!(id >= 0 && id < vocab)) {
      throw new Error(
        `embed: ids must be in 0 ... ${vocab - 1} (the vocabulary has ${vocab}), got ${id} at place ${place} of [${ids.shape.join(', ')}]`,
      );
    }
  }
}

const lookup = tf.customGrad((...args) => {
  const [table, ids, save] = args as [tf.Tensor2D, tf.Tensor1D, GradSaver];
  const [vocab, features] = table.shape;
  save([ids]);
  return {
    value: tf.gather(table, ids),
    gradFunc: (upstream, saved) => {
      const [places] = saved as [tf.Tensor1D];
      return [sumRows(upstream as tf.Tensor2D, places, vocab, features), tf.zerosLike(places)];
    },
  };
}) as (table: tf.Tensor2D, ids: tf.Tensor1D) => tf.Tensor2D;

/** result[id] = sum of the rows that belong to the id. */
function sumRows(rows: tf.Tensor2D, ids: tf.Tensor1D, vocab: number, features: number): tf.Tensor2D {
  const backend = tf.getBackend();
  // The kernel of the cpu backend passes over all rows once for every word; wasm has one only where it was mended.
  if (backend !== 'cpu' && tf.getKernel('UnsortedSegmentSum', backend) !== undefined) {
    return tf.unsortedSegmentSum(rows, ids, vocab) as tf.Tensor2D;
  }
  const values = rows.dataSync();
  const places = ids.dataSync();
  const sums = new Float32Array(vocab * features);
  for (let row = 0; row < places.length; row++) {
    const target = places[row]! * features;
    const source = row * features;
    for (let i = 0; i < features; i++) sums[target + i]! += values[source + i]!;
  }
  return tf.tensor2d(sums, [vocab, features]);
}
