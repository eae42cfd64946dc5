import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  chooseAlpha,
  createRandom,
  disposeParams,
  END,
  initTransformer,
  loadTransformer,
  type PositionKind,
  saveTransformer,
  type Transformer,
  type TransformerConfig,
  train,
  transformerLoss,
  transformerOutputs,
  translateBeamWithTransformer,
  translateWithTransformer,
} from 'heed';
import { assertClose, onEngines } from '../../support/engines.js';

const small = { sourceVocab: 9, targetVocab: 11, units: 8, heads: 2, layers: 2, inner: 12 };
const kinds: readonly PositionKind[] = ['sinusoidal', 'learned', 'rotary', 'none'];
const build = (config: Partial<TransformerConfig> = {}) =>
  initTransformer(createRandom(3), { ...small, maxLength: 12, ...config });
const pairs = [
  { source: [4, 5, 6, 7], target: [4, 5, 6] },
  { source: [8, 4], target: [7, 8, 9, 10, 5] },
];

onEngines('a later symbol changed: the scores before it are the same to the last bit', () => {
  for (const positions of kinds) {
    const model = build({ positions });
    const changed = pairs.map(({ source, target }) => ({
      source,
      target: [...target.slice(0, 2), ...target.slice(2).map(() => 6)],
    }));
    const before = (batch: typeof pairs) =>
      transformerOutputs(model, batch).logits.slice([0, 0, 0], [2, 3, 11]).dataSync();
    assert.deepEqual(before(changed), before(pairs), positions);
  }
});

onEngines(
  'a sentence is scored alike alone and beside a longer one; padding gets exactly 0 in every head',
  () => {
    const model = build();
    const { logits, alphas } = transformerOutputs(model, pairs);
    const alone = transformerOutputs(model, [pairs[1]!]);
    assertClose(logits.slice([1, 0, 0], [1, 6, 11]), alone.logits.dataSync(), 1e-5);
    for (const alpha of alphas.cross) {
      assert.deepEqual(alpha.shape, [2, 2, 6, 4]);
      assert.ok([...alpha.slice([1, 0, 0, 2], [1, 2, 6, 2]).dataSync()].every((weight) => weight === 0));
    }
    for (const alpha of alphas.encoder)
      assert.ok([...alpha.slice([1, 0, 0, 2], [1, 2, 4, 2]).dataSync()].every((weight) => weight === 0));
    for (const alpha of alphas.decoder)
      assert.ok([...alpha.slice([0, 0, 0, 4], [1, 2, 6, 2]).dataSync()].every((weight) => weight === 0));
  },
);

onEngines('decoding with the cache scores as the whole model does, greedily and by beam', () => {
  for (const norm of ['pre', 'post'] as const) {
    for (const positions of kinds) {
      const model = build({ positions, norm, tied: false, decoderLayers: 1 });
      const sources = pairs.map(({ source }) => source);
      const options = { maxLength: 8 };
      const greedy = translateWithTransformer(model, sources, options);
      const beams = translateBeamWithTransformer(model, sources, { ...options, width: 3, best: 3 });
      for (const [row, source] of sources.entries()) {
        for (const found of [greedy[row]!, ...beams[row]!]) {
          if (found.ids.length === 0) continue;
          const { logits, alphas } = transformerOutputs(model, [{ source, target: found.ids }]);
          const expected = found.ids.map(
            (id, t) => tf.logSoftmax(logits).slice([0, t, id], [1, 1, 1]).dataSync()[0]!,
          );
          assertClose(found.logProbabilities, expected, 1e-5, `${norm} ${positions}`);
          assertClose(
            found.alpha.flat(),
            chooseAlpha(alphas.cross).slice([0, 0, 0], [1, found.ids.length, source.length]).dataSync(),
            1e-5,
          );
        }
      }
    }
  }
});

onEngines('without positions the order of the source makes no difference; with them it does', () => {
  const turned = pairs.map(({ source, target }) => ({ source: [...source].reverse(), target }));
  for (const positions of kinds) {
    const model = build({ positions });
    const distance = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
    // The longer row alone: what is padded in the shorter one would move.
    const [logits, other] = [pairs, turned].map((batch) => transformerOutputs(model, [batch[0]!]).logits);
    if (positions === 'none') assert.ok(distance(logits!, other!) < 1e-5);
    else assert.ok(distance(logits!, other!) > 1e-3, positions);
  }
});

onEngines('a head that is off changes the scores, and decoding agrees with the whole model', () => {
  const model = build();
  const on = transformerOutputs(model, pairs).logits.dataSync();
  for (const part of ['encoder', 'decoder', 'cross'] as const) {
    const off = [{ part, layer: 1, head: 0 }];
    const without = transformerOutputs(model, pairs, { off }).logits;
    assert.ok(
      without.dataSync().some((value, n) => Math.abs(value - on[n]!) > 1e-3),
      part,
    );
    const [found] = translateWithTransformer(model, [pairs[0]!.source], { off, maxLength: 4 });
    const { logits } = transformerOutputs(model, [{ source: pairs[0]!.source, target: found!.ids }], { off });
    const expected = found!.ids.map(
      (id, t) => tf.logSoftmax(logits).slice([0, t, id], [1, 1, 1]).dataSync()[0]!,
    );
    assertClose(found!.logProbabilities, expected, 1e-5, part);
  }
  assert.throws(
    () => transformerOutputs(model, pairs, { off: [{ part: 'cross', layer: 2, head: 0 }] }),
    /no head 0 in layer 2 of "cross", which has 2 layers of 2 heads/,
  );
});

onEngines('the loss is that of the right symbols and their ends', () => {
  const model = build();
  const { logits } = transformerOutputs(model, pairs);
  const wanted = pairs.map(({ target }) => [...target, END]);
  const each = wanted.flatMap((ids, row) =>
    ids.map((id, t) => -tf.logSoftmax(logits).slice([row, t, id], [1, 1, 1]).dataSync()[0]!),
  );
  const mean = each.reduce((sum, value) => sum + value, 0) / each.length;
  assertClose(transformerLoss(model, pairs), [mean], 1e-5);
  assert.ok(transformerLoss(model, pairs, { smoothing: 0.1 }).dataSync()[0]! !== mean);
});

onEngines(
  'dropout comes from the stream that is passed: the same stream, the same loss; none, no dropout',
  () => {
    const model = build({ dropout: 0.5 });
    const loss = (seed: number | null) =>
      transformerLoss(model, pairs, { random: seed === null ? null : createRandom(seed) }).dataSync()[0]!;
    assert.equal(loss(1), loss(1));
    assert.notEqual(loss(1), loss(2));
    assert.equal(
      loss(null),
      transformerLoss({ ...model, config: { ...model.config, dropout: 0 } }, pairs).dataSync()[0],
    );
  },
);

onEngines('it learns to reverse, and nothing leaks', async () => {
  const random = createRandom(5);
  const model = initTransformer(random, { ...small, units: 16, inner: 32, sourceVocab: 10, targetVocab: 10 });
  const draw = () => {
    const source = Array.from({ length: 2 + random.integer(4) }, () => 4 + random.integer(6));
    return { source, target: [...source].reverse() };
  };
  const count = () => tf.memory().numTensors;
  const seen: number[] = [];
  await train({
    params: model.params,
    batches: () => Array.from({ length: 32 }, draw),
    loss: (batch) => transformerLoss(model, batch),
    steps: 300,
    learningRate: 5e-3,
    clipNorm: 1,
    onStep: ({ step }) => {
      if (step % 100 === 10) seen.push(count());
    },
  });
  assert.equal(new Set(seen).size, 1);
  const before = count();
  const tests = Array.from({ length: 50 }, draw);
  const written = translateWithTransformer(
    model,
    tests.map(({ source }) => source),
    { maxLength: 8 },
  );
  assert.equal(count(), before);
  const right = written.filter(({ ids }, n) => ids.join() === tests[n]!.target.join()).length;
  assert.ok(right >= 40, `${right} of 50 right`);
  disposeParams(model.params);
}, ['wasm']);

onEngines(
  'saved and loaded: the same weights, sizes and extra; anything else is refused with nothing leaked',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heed-transformer-'));
    try {
      const path = join(folder, 'model.safetensors');
      const model = build({ positions: 'learned', norm: 'post', tied: false });
      await saveTransformer(path, model, { note: 'kept' });
      const { transformer, extra } = await loadTransformer(path, { sourceVocab: 9 });
      assert.deepEqual(transformer.config, model.config);
      assert.deepEqual(extra, { note: 'kept' });
      assert.deepEqual(
        transformerOutputs(transformer, pairs).logits.dataSync(),
        transformerOutputs(model, pairs).logits.dataSync(),
      );
      const before = tf.memory().numTensors;
      await assert.rejects(
        loadTransformer(path, { targetVocab: 12 }),
        /expected a transformer with targetVocab 12, got 11/,
      );
      writeFileSync(join(folder, 'text'), 'no model');
      await assert.rejects(loadTransformer(join(folder, 'text')));
      assert.equal(tf.memory().numTensors, before);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

onEngines('sizes that cannot be are refused', () => {
  const refused = (config: Partial<TransformerConfig>, message: RegExp) => {
    const before = tf.memory().numTensors;
    assert.throws(() => build(config), message);
    assert.equal(tf.memory().numTensors, before);
  };
  refused({ heads: 3 }, /must divide the 8 units into equal parts, got 3/);
  refused({ units: 6, heads: 2, positions: 'rotary' }, /even number of units, got 3/);
  refused({ units: 9, heads: 3 }, /units must be even, got 9/);
  refused({ layers: 0 }, /layers must be a positive integer, got 0/);
  refused({ decoderLayers: 1.5 }, /decoderLayers must be a positive integer, got 1.5/);
  refused({ dropout: 1 }, /dropout must be in \[0, 1\), got 1/);
  refused(
    { positions: 'learned', maxLength: 0 },
    /learned positions need maxLength, a positive integer, got 0/,
  );
  refused(
    { positions: 'fixed' as PositionKind },
    /positions must be one of sinusoidal, learned, rotary, none, got "fixed"/,
  );
  refused({ norm: 'both' as 'pre' }, /norm must be one of pre, post, got "both"/);
  const model: Transformer = build({ positions: 'learned', maxLength: 5 });
  assert.throws(
    () => transformerOutputs(model, [{ source: [4, 4, 4, 4, 4, 4], target: [4] }]),
    /learned positions end at 5, got a sequence of 6; train with a larger maxLength/,
  );
  assert.throws(
    () => translateWithTransformer(model, [[4]], { maxLength: 9, alpha: { layer: 7 } }),
    /alpha of layer 7/,
  );
  assert.throws(() => translateWithTransformer(model, [[]]), /Sequence 0 is empty/);
});
