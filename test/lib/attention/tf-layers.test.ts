import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  type AttentionLayerConfig,
  additiveAttentionLayer,
  attend,
  attentionLayer,
  createRandom,
  generalScore,
  multiHeadAttend,
  multiHeadAttentionLayer,
  paddingMaskLayer,
  scaledDotScore,
} from 'heed';
import { assertClose, onEngines, wave } from '../support/engines.js';

const query = () => wave<tf.Rank.R3>(1, 2, 3, 4);
const source = () => wave<tf.Rank.R3>(2, 2, 5, 4);
const mask = () => tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 0, 0, 0], [2, 5]);

/** Saves a model and loads it again, all in memory. */
async function reloaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let kept: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      // As text and back: what a file can hold.
      kept = { ...artifacts, ...JSON.parse(JSON.stringify({ modelTopology: artifacts.modelTopology })) };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return tf.loadLayersModel(tf.io.fromMemory(kept!));
}

function modelOf(layer: tf.layers.Layer): tf.LayersModel {
  const inputs = [
    tf.input({ shape: [3, 4] }),
    tf.input({ shape: [5, 4] }),
    tf.input({ shape: [5], name: undefined }),
  ];
  return tf.model({ inputs, outputs: layer.apply(inputs) as tf.SymbolicTensor[] });
}

const run = (model: tf.LayersModel, ...inputs: tf.Tensor[]) => [model.predict(inputs)].flat() as tf.Tensor[];

onEngines('a layer does what `attend` does, and a model with it comes back from being saved', async () => {
  const model = modelOf(attentionLayer({ score: 'general', returnAlpha: true, seed: 3 }));
  const [context, alpha] = run(model, query(), source(), mask()) as [tf.Tensor, tf.Tensor];
  const kernel = model.getWeights()[0] as tf.Tensor2D;
  const expected = attend({
    score: generalScore({ kernel }),
    query: query(),
    keys: source(),
    values: source(),
    mask: mask(),
  });
  assertClose(context, expected.context.dataSync(), 1e-6);
  assertClose(alpha, expected.alpha.dataSync(), 1e-6);
  const again = run(await reloaded(model), query(), source(), mask()) as [tf.Tensor, tf.Tensor];
  assert.deepEqual(again[0].arraySync(), context.arraySync());
  assert.deepEqual(again[1].arraySync(), alpha.arraySync());
});

onEngines('every score, normaliser and window keeps its config and its weights through a file', async () => {
  const configs: AttentionLayerConfig[] = [
    {},
    { score: 'dot', normalise: 'sparsemax' },
    { score: 'additive', units: 6, normalise: 'entmax15' },
    { score: 'concat', window: 'local-m', radius: 1 },
    { score: 'cosine', window: 'local-p', radius: 2, total: 'paper' },
    { score: 'location', longest: 9 },
    { score: 'location-sensitive', filters: 3, filterWidth: 5 },
    { score: 'coverage' },
    { score: 'general', normalise: 'monotonic', offset: -0.5 },
  ];
  for (const config of configs) {
    const model = modelOf(attentionLayer({ ...config, returnAlpha: true }));
    const loaded = await reloaded(model);
    const [layer, other] = [model, loaded].map((m) => m.layers[m.layers.length - 1]!);
    assert.deepEqual(other!.getConfig(), layer!.getConfig());
    for (const [field, value] of Object.entries(config)) assert.equal(other!.getConfig()[field], value);
    const outputs = [model, loaded].map((m) =>
      run(m, query(), source(), mask()).map((output) => output.arraySync()),
    );
    assert.deepEqual(outputs[1], outputs[0], `${config.score}`);
  }
});

onEngines('the multi-head layer does what `multiHeadAttend` does, and comes back', async () => {
  const model = modelOf(multiHeadAttentionLayer({ heads: 2, units: 6, returnAlpha: true }));
  const outputs = run(model, query(), source(), mask()) as [tf.Tensor, tf.Tensor];
  assert.deepEqual(
    [outputs[0].shape, outputs[1].shape],
    [model.outputs[0]!.shape, model.outputs[1]!.shape].map((shape) => [2, ...shape.slice(1)]),
  );
  const [queryKernel, keyKernel, valueKernel, outputKernel] = model.getWeights() as tf.Tensor2D[];
  const expected = multiHeadAttend(
    {
      queryKernel: queryKernel!,
      keyKernel: keyKernel!,
      valueKernel: valueKernel!,
      outputKernel: outputKernel!,
    },
    { heads: 2, query: query(), keys: source(), values: source(), mask: mask() },
  );
  // Biases begin at zero.
  assertClose(outputs[0], expected.context.dataSync(), 1e-6);
  assertClose(outputs[1], expected.alpha.dataSync(), 1e-6);
  const again = run(await reloaded(model), query(), source(), mask()) as [tf.Tensor, tf.Tensor];
  assert.deepEqual(again[0].arraySync(), outputs[0].arraySync());
});

onEngines('the mask: from ids by its own layer; what a sequence carries, where it attends to itself', () => {
  const ids = tf.tensor2d([3, 5, 2, 0, 0, 4, 1, 1, 2, 6], [2, 5], 'int32');
  const given = tf.input({ shape: [5], dtype: 'int32' });
  const embedded = tf.layers.embedding({ inputDim: 8, outputDim: 4 }).apply(given) as tf.SymbolicTensor;
  const real = paddingMaskLayer().apply(given) as tf.SymbolicTensor;
  const [, alpha] = attentionLayer({ returnAlpha: true }).apply([embedded, embedded, real]) as [
    tf.SymbolicTensor,
    tf.SymbolicTensor,
  ];
  const rows = (tf.model({ inputs: given, outputs: alpha }).predict(ids) as tf.Tensor3D).arraySync();
  for (const row of rows[0]!) assert.deepEqual(row.slice(3), [0, 0]);
  assert.ok(rows[1]!.every((row) => row.every((weight) => weight > 0)));

  const masked = tf.layers.embedding({ inputDim: 8, outputDim: 4, maskZero: true }).apply(given);
  const self = attentionLayer({ returnAlpha: true }).apply([
    masked as tf.SymbolicTensor,
    masked as tf.SymbolicTensor,
  ]) as tf.SymbolicTensor[];
  const own = (tf.model({ inputs: given, outputs: self[1]! }).predict(ids) as tf.Tensor3D).arraySync();
  for (const row of own[0]!) assert.deepEqual(row.slice(3), [0, 0]);

  // Of another sequence the layer never gets to see the mask: better an error than attention to padding.
  const asking = tf.input({ shape: [3, 4] });
  const blind = attentionLayer().apply([asking, masked as tf.SymbolicTensor]) as tf.SymbolicTensor;
  assert.throws(
    () => tf.model({ inputs: [asking, given], outputs: blind }).predict([query(), ids]),
    /the value carries a mask that TensorFlow\.js does not hand to a layer of several inputs; give the mask/,
  );
});

onEngines('a key of its own, and inputs that are none', () => {
  const inputs = [
    [3, 4],
    [5, 2],
    [5, 4],
  ].map((shape) => tf.input({ shape }));
  const model = tf.model({ inputs, outputs: attentionLayer().apply(inputs) as tf.SymbolicTensor });
  const values = wave<tf.Rank.R3>(5, 2, 5, 2);
  const [context] = run(model, query(), values, source()) as [tf.Tensor];
  const expected = attend({ score: scaledDotScore, query: query(), keys: source(), values });
  assertClose(context, expected.context.dataSync(), 1e-6);
  assert.throws(
    () => attentionLayer({ name: 'lonely' }).apply([inputs[0]!]),
    /lonely: expected the inputs \[query, value\].* got 1 input\(s\) of rank 3/,
  );
  assert.throws(() => attentionLayer({ score: 'luong' as never }), /unknown score "luong"/);
  assert.throws(
    () => modelOf(multiHeadAttentionLayer({ heads: 3 })),
    /must divide the 4 units into equal parts, got 3/,
  );
});

onEngines('fit trains them: a query that names a position learns to read it', async () => {
  // The query is one of 4 directions, keys are the positions' directions turned; the answer is the value there.
  const random = createRandom(1);
  const batch = 64;
  const places = Array.from({ length: batch }, () => random.integer(4));
  const asked = tf.oneHot(tf.tensor1d(places, 'int32'), 4).expandDims(1).cast('float32');
  const numbers = random.normals(batch * 4);
  const values = tf.tensor3d(numbers, [batch, 4, 1]);
  const keys = tf.tile(tf.reverse(tf.eye(4), 0).expandDims(0), [batch, 1, 1]);
  const answers = tf.tensor3d(
    places.map((place, row) => numbers[row * 4 + place]!),
    [batch, 1, 1],
  );
  for (const layer of [
    attentionLayer({ score: 'general' }),
    additiveAttentionLayer({ units: 8 }),
    multiHeadAttentionLayer({ heads: 1, units: 4 }),
  ]) {
    const inputs = [
      [1, 4],
      [4, 1],
      [4, 4],
    ].map((shape) => tf.input({ shape }));
    const attended = layer.apply(inputs) as tf.SymbolicTensor;
    const multi = layer.getClassName() === 'HeedMultiHeadAttention';
    const outputs = multi ? (tf.layers.dense({ units: 1 }).apply(attended) as tf.SymbolicTensor) : attended;
    const model = tf.model({ inputs, outputs });
    model.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
    const { history } = await model.fit([asked, values, keys], answers, {
      epochs: 60,
      batchSize: batch,
      shuffle: false,
      verbose: 0,
    });
    const loss = history.loss as number[];
    assert.ok(loss[0]! > 0.3 && loss[59]! < 0.05, `${layer.name}: ${loss[0]} to ${loss[59]}`);
  }
});

onEngines('a call leaves nothing behind but its outputs', () => {
  const [q, s, m] = [query(), source(), mask()];
  for (const layer of [
    attentionLayer({ score: 'additive', normalise: 'monotonic', returnAlpha: true }),
    multiHeadAttentionLayer({ heads: 2, returnAlpha: true }),
  ]) {
    tf.dispose(layer.apply([q, s, m]) as tf.Tensor[]); // makes the weights
    const before = tf.memory().numTensors;
    tf.dispose(layer.apply([q, s, m]) as tf.Tensor[]);
    assert.equal(tf.memory().numTensors, before, layer.name);
  }
});
