import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  attend,
  attendHeads,
  chooseAlpha,
  createRandom,
  disposeParams,
  dotScore,
  initCausalTransformer,
  initSelfLayer,
  initTransformer,
  maskedCrossEntropy,
  multiHeadAttend,
  openTransformer,
  rotation,
  selfLayer,
  sinusoidalPositions,
  transformerLoss,
  transformerOutputs,
} from 'heed';
import { onEngines } from '../../support/engines.js';

const sizes = { units: 8, heads: 2, layers: 1, inner: 4 };
const vocabularies = { sourceVocab: 9, targetVocab: 7 };

onEngines('sizes that cannot be leave no parameter behind', () => {
  const before = tf.memory().numTensors;
  const make = (config: object) => () =>
    initTransformer(createRandom(1), { ...vocabularies, ...sizes, ...config });
  assert.throws(make({ units: 0 }), /transformer: units must be a positive integer, got 0/);
  assert.throws(make({ units: 7.5 }), /units must be a positive integer, got 7.5/);
  assert.throws(make({ heads: 3 }), /the number of heads must divide the 8 units into equal parts, got 3/);
  assert.throws(make({ targetVocab: undefined }), /targetVocab must be a positive integer, got undefined/);
  assert.throws(make({ sourceVocab: 0 }), /sourceVocab must be a positive integer, got 0/);
  assert.throws(make({ decoderLayers: 0 }), /decoderLayers must be a positive integer, got 0/);
  assert.throws(
    () => initCausalTransformer(createRandom(1), { ...sizes, vocab: Number.NaN }),
    /causal transformer: vocab must be a positive integer, got NaN/,
  );
  assert.equal(tf.memory().numTensors, before);
});

onEngines('a step of the cache wants the state of the step before it, and its rows', () => {
  const transformer = initTransformer(createRandom(1), { ...vocabularies, ...sizes });
  const { step, initial, dispose } = openTransformer(transformer, [[3, 4], [5]]);
  const symbols = (count: number) => tf.tensor1d(new Array(count).fill(1), 'int32');
  const first = step(symbols(2), initial, 0);
  const second = step(symbols(2), first.state, 1);
  const before = tf.memory().numTensors;
  const refused = (call: () => unknown, message: RegExp) =>
    assert.throws(() => tf.tidy(call as never), message);
  refused(() => step(symbols(3), initial, 0), /expected 2 symbols, one a row of the sources, got 3/);
  refused(
    () => step(symbols(2), first.state, 5),
    /transformer step 5: expected keys and values of 5 symbols for layer 0, each \[2, 40\], got \[2, 8\]; pass the state/,
  );
  // 4 symbols of half the units have as many numbers: a reshape would not notice.
  refused(() => step(symbols(2), second.state, 4), /step 4: .* each \[2, 32\], got \[2, 16\]/);
  refused(() => step(symbols(2), [], 1), /each \[2, 8\], got none/);
  refused(
    () =>
      step(
        symbols(2),
        first.state.map((part) => part.slice([0, 0], [1, 8]) as tf.Tensor2D),
        1,
      ),
    /each \[2, 8\], got \[1, 8\]/,
  );
  refused(() => step(symbols(2), initial, -1), /time must be an integer of at least 0, got -1/);
  assert.equal(tf.memory().numTensors, before);
  dispose();
  assert.throws(
    () => openTransformer(transformer, [[3]], { width: 0 }),
    /width must be a positive integer, got 0/,
  );
  disposeParams(transformer.params);
});

onEngines('heads, labels and masks that are none', () => {
  const transformer = initTransformer(createRandom(1), { ...vocabularies, ...sizes });
  const layer = initSelfLayer(createRandom(1), { ...sizes, norm: 'pre', positions: 'none' });
  const x = tf.ones([1, 3, 8]) as tf.Tensor3D;
  const none = tf.zeros([1, 3]) as tf.Tensor2D;
  const late = tf.tensor2d([[0, 1, 1]]);
  const nothing = tf.zeros([0, 3, 8]) as tf.Tensor3D;
  const pair = [{ source: [3], target: [4] }];
  const before = tf.memory().numTensors;
  const run = { heads: 2, norm: 'pre', mask: null, causal: false } as const;
  const cases: readonly [() => unknown, RegExp][] = [
    [
      () => transformerOutputs(transformer, pair, { off: [{ part: 'Encoder' as never, layer: 0, head: 0 }] }),
      /part of a head that is switched off must be one of encoder, decoder, cross, got "Encoder"/,
    ],
    [
      () => transformerOutputs(transformer, pair, { off: [{ part: 'cross', layer: 0, head: 2 }] }),
      /there is no head 2 in layer 0 of "cross"/,
    ],
    [() => transformerLoss(transformer, [{ source: [3], target: [8] }]), /ids must be in 0 ... 6/],
    [
      () => selfLayer(layer, x, { ...run, norm: 'Post' as never }),
      /norm must be one of pre, post, got "Post"/,
    ],
    [() => selfLayer(layer, x, { ...run, mask: none }), /heads mask: row 0 is all padding/],
    [() => selfLayer(layer, x, { ...run, heads: 3 }), /must divide the 8 units into equal parts, got 3/],
    [() => attendHeads(x, x, x, { heads: 2, mask: none }), /heads mask: row 0 is all padding/],
    [
      () => attendHeads(x, x, x, { heads: 2, mask: late, causal: true }),
      /row 0 begins with padding, so its first output would see nothing; pad at the end/,
    ],
    [
      () => attend({ score: dotScore, query: nothing, keys: nothing, values: nothing }),
      /attend: expected at least one row, output and position, got scores \[0, 3, 3\]/,
    ],
    [() => chooseAlpha([]), /expected the alpha of at least one layer, got none/],
    [() => sinusoidalPositions(0, 8), /time must be a positive integer, got 0/],
    [() => sinusoidalPositions(2, 8, -1), /from must be an integer of at least 0, got -1/],
    [() => rotation(2, 6, 2), /each head needs an even number of units, got 3/],
    [() => rotation(2, 8, 3), /must divide the 8 units into equal parts, got 3/],
  ];
  for (const [call, message] of cases) assert.throws(() => tf.tidy(call as never), message);
  assert.equal(tf.memory().numTensors, before);
  // Where the last outputs of a causal target see more than their own place, padding before it does no harm.
  const query = tf.ones([1, 2, 8]) as tf.Tensor3D;
  const { alpha } = attendHeads(query, x, x, { heads: 2, mask: late, causal: true });
  assert.deepEqual([...alpha.dataSync().subarray(0, 6)], [0, 1, 0, 0, 0.5, 0.5]);
  disposeParams(transformer.params);
  disposeParams(layer);
});

onEngines('a label beyond the vocabulary is an error, not the score of another position', () => {
  for (const vocab of [3, 600]) {
    const logits = tf.zeros([1, 2, vocab]) as tf.Tensor3D;
    const before = tf.memory().numTensors;
    for (const bad of [vocab, -1]) {
      const labels = tf.tensor2d([[bad, 1]], [1, 2], 'int32');
      assert.throws(
        () => maskedCrossEntropy(logits, labels),
        new RegExp(
          `labels: expected whole numbers from 0 to ${vocab - 1}, got ${bad} at place 0 of \\[1, 2\\]`,
        ),
      );
      labels.dispose();
    }
    assert.equal(tf.memory().numTensors, before);
  }
});

onEngines('multi-head attention says the same of heads and masks', () => {
  const kernel = tf.eye(4);
  const params = { queryKernel: kernel, keyKernel: kernel, valueKernel: kernel, outputKernel: kernel };
  const x = tf.ones([1, 2, 4]) as tf.Tensor3D;
  const inputs = { query: x, keys: x, values: x };
  assert.throws(
    () => multiHeadAttend(params, { ...inputs, heads: 3 }),
    /divide the 4 units into equal parts, got 3/,
  );
  assert.throws(
    () => multiHeadAttend(params, { ...inputs, heads: 2, mask: tf.tensor2d([[0, 1]]), causal: true }),
    /multi-head mask: row 0 begins with padding/,
  );
});
