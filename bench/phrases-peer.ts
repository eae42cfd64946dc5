import * as tf from '@tensorflow/tfjs';

export interface LayersPeerSizes {
  readonly sourceVocab: number;
  readonly targetVocab: number;
  /** Symbols of a source and of an output: all are padded to these. */
  readonly sourceLength: number;
  readonly targetLength: number;
}

const UNITS = 64;
const START = 1;

/**
 * Decoding as the well-known example for dates in the browser does it: a model of stock layers (embedding 64, LSTM 64 read one
 * way, dot scores, softmax, tanh layer), padded to fixed lengths, and for each symbol one prediction of the whole model, of
 * which one symbol is kept. Smaller than the lesson's translator: its encoder reads one way.
 */
export function layersPeer({ sourceVocab, targetVocab, sourceLength, targetLength }: LayersPeerSizes) {
  const embedded = (vocab: number, input: tf.SymbolicTensor) =>
    tf.layers.embedding({ inputDim: vocab, outputDim: UNITS }).apply(input) as tf.SymbolicTensor;
  const source = tf.input({ shape: [sourceLength] });
  const given = tf.input({ shape: [targetLength] });
  const [annotations, ...last] = tf.layers
    .lstm({ units: UNITS, returnSequences: true, returnState: true })
    .apply(embedded(sourceVocab, source)) as tf.SymbolicTensor[];
  const states = tf.layers
    .lstm({ units: UNITS, returnSequences: true })
    .apply([embedded(targetVocab, given), ...last]) as tf.SymbolicTensor;
  const scores = tf.layers.dot({ axes: [2, 2] }).apply([states, annotations!]);
  const alpha = tf.layers.activation({ activation: 'softmax' }).apply(scores) as tf.SymbolicTensor;
  const context = tf.layers.dot({ axes: [2, 1] }).apply([alpha, annotations!]) as tf.SymbolicTensor;
  const both = tf.layers.concatenate().apply([context, states]);
  const hidden = tf.layers
    .timeDistributed({ layer: tf.layers.dense({ units: UNITS, activation: 'tanh' }) })
    .apply(both);
  const output = tf.layers
    .timeDistributed({ layer: tf.layers.dense({ units: targetVocab, activation: 'softmax' }) })
    .apply(hidden) as tf.SymbolicTensor;
  const model = tf.model({ inputs: [source, given], outputs: output });

  return {
    /** Writes `targetLength` symbols for each source. @returns how many in all */
    write(sources: readonly (readonly number[])[]): number {
      const padded = sources.map((ids) => [...ids, ...new Array<number>(sourceLength - ids.length).fill(0)]);
      const written = sources.map(() => [START, ...new Array<number>(targetLength - 1).fill(0)]);
      for (let n = 0; n < targetLength; n++) {
        const next = tf.tidy(() => {
          const all = model.predict([tf.tensor2d(padded), tf.tensor2d(written)]) as tf.Tensor3D;
          return tf.argMax(all.gather([n], 1).squeeze([1]), 1).dataSync();
        });
        if (n + 1 < targetLength)
          for (const [row, ids] of written.entries()) ids[n + 1] = Math.max(1, next[row]!);
      }
      return sources.length * targetLength;
    },
    dispose: () => model.dispose(),
  };
}
