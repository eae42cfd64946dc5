import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  createRandom,
  crossLayer,
  disposeParams,
  encodeWithTransformer,
  initCrossLayer,
  initTransformer,
  projectSource,
  selfLayer,
  transformerOutputs,
} from 'heed';
import { assertClose, onEngines } from '../../support/engines.js';

const sizes = { sourceVocab: 9, targetVocab: 9, units: 8, heads: 2, layers: 2, inner: 12 };

onEngines('a source is read the same alone and beside a longer one, by all heads', () => {
  for (const positions of ['sinusoidal', 'rotary'] as const) {
    const transformer = initTransformer(createRandom(1), { ...sizes, positions });
    const alone = encodeWithTransformer(transformer, [[3, 4, 5]]);
    const both = encodeWithTransformer(transformer, [
      [3, 4, 5],
      [6, 7, 8, 3, 4],
    ]);
    assert.deepEqual(both.mask.arraySync(), [
      [1, 1, 1, 0, 0],
      [1, 1, 1, 1, 1],
    ]);
    const real = both.annotations.slice([0, 0, 0], [1, 3, 8]);
    assertClose(real, alone.annotations.dataSync(), 2e-6, positions);
    for (const [layer, alpha] of both.alphas.entries()) {
      assert.deepEqual(alpha.shape, [2, 2, 5, 5]);
      const own = alpha.slice([0, 0, 0, 0], [1, 2, 3, 3]);
      assertClose(own, alone.alphas[layer]!.dataSync(), 2e-6, `alpha of layer ${layer}`);
      const padding = alpha.slice([0, 0, 0, 3], [1, 2, 5, 2]).dataSync();
      assert.ok(padding.every((weight) => weight === 0));
    }
    const outputs = transformerOutputs(transformer, [{ source: [3, 4, 5], target: [4] }]);
    assertClose(outputs.alphas.encoder[1]!, alone.alphas[1]!.dataSync(), 1e-7, 'the same of the whole model');
    disposeParams(transformer.params);
  }
});

onEngines('a decoder layer that is told nothing is a layer of its own sequence', () => {
  const random = createRandom(2);
  const layer = initCrossLayer(random, { ...sizes, norm: 'pre', positions: 'none' });
  const x = tf.tensor3d(random.normals(24), [1, 3, 8]);
  const memory = { keys: tf.zeros([1, 4, 8]) as tf.Tensor3D, values: tf.zeros([1, 4, 8]) as tf.Tensor3D };
  const run = { heads: 2, norm: 'pre', mask: null, causal: true } as const;
  const told = crossLayer(layer, x, { ...run, memory, memoryMask: null });
  // Keys of 0 are all alike, and the mixture of values of 0 adds the output's bias alone, which begins at 0.
  assertClose(told.cross, new Array(24).fill(0.25), 1e-6);
  assertClose(told.x, selfLayer(layer, x, run).x.dataSync(), 1e-5);
  disposeParams(layer);
});

onEngines('each decoder layer has keys and values of its own for the source', () => {
  const transformer = initTransformer(createRandom(3), { ...sizes, decoderLayers: 3 });
  const { annotations } = encodeWithTransformer(transformer, [[3, 4]]);
  const seen = projectSource(transformer, annotations);
  assert.equal(seen.length, 3);
  for (const [n, { keys, values }] of seen.entries()) {
    const { key, value } = transformer.params.decoder[n]!.cross;
    const rows = annotations.reshape([2, 8]) as tf.Tensor2D;
    assertClose(keys, tf.matMul(rows, key.kernel).dataSync(), 1e-5);
    assertClose(values, tf.matMul(rows, value.kernel).dataSync(), 1e-5);
  }
  disposeParams(transformer.params);
});
