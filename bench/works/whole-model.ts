import * as tf from '@tensorflow/tfjs';

/**
 * Writing characters the way an example of tf.layers does: an LSTM encoder, an LSTM decoder, dot attention and two dense layers
 * as one model, which is run from the first character again for each character that it writes.
 *
 * @param sources `[batch][source]`, padded with 0
 */
export function wholeModelDecoding(
  sources: readonly (readonly number[])[],
  sizes: { readonly sourceVocab: number; readonly targetVocab: number; readonly length: number },
): () => void {
  const { sourceVocab, targetVocab, length } = sizes;
  const features = 64;
  const batch = sources.length;
  const time = Math.max(...sources.map((source) => source.length));
  const given = Int32Array.from(
    { length: batch * time },
    (_, k) => sources[Math.floor(k / time)][k % time] ?? 0,
  );
  const input = tf.input({ shape: [time] });
  const before = tf.input({ shape: [length] });
  const read = (vocab: number, ids: tf.SymbolicTensor) => {
    const vectors = tf.layers.embedding({ inputDim: vocab, outputDim: features }).apply(ids);
    return tf.layers.lstm({ units: features, returnSequences: true }).apply(vectors) as tf.SymbolicTensor;
  };
  const encoded = read(sourceVocab, input);
  const decoded = read(targetVocab, before);
  const scores = tf.layers.dot({ axes: [2, 2] }).apply([decoded, encoded]);
  const alpha = tf.layers.activation({ activation: 'softmax' }).apply(scores) as tf.SymbolicTensor;
  const context = tf.layers.dot({ axes: [2, 1] }).apply([alpha, encoded]) as tf.SymbolicTensor;
  const both = tf.layers.concatenate().apply([context, decoded]);
  const dense = (units: number, activation: 'tanh' | 'softmax') =>
    tf.layers.timeDistributed({ layer: tf.layers.dense({ units, activation }) });
  const output = dense(targetVocab, 'softmax').apply(
    dense(features, 'tanh').apply(both),
  ) as tf.SymbolicTensor;
  const model = tf.model({ inputs: [input, before], outputs: output });
  return () => {
    const written = new Float32Array(batch * length);
    for (let row = 0; row < batch; row++) written[row * length] = 1;
    for (let step = 0; step < length; step++) {
      const next = tf.tidy(() => {
        const text = tf.tensor2d(given, [batch, time], 'int32');
        const all = model.predict([text, tf.tensor2d(written, [batch, length])], {
          batchSize: batch,
        }) as tf.Tensor3D;
        return all.slice([0, step, 0], [batch, 1, targetVocab]).argMax(2).dataSync();
      });
      if (step + 1 === length) break;
      for (let row = 0; row < batch; row++) written[row * length + step + 1] = next[row];
    }
  };
}
