import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  type CoderCell,
  countParams,
  createRandom,
  flattenParams,
  initTranslator,
  loadTranslator,
  lossAndGradients,
  type Random,
  saveParams,
  saveTranslator,
  type TranslationPair,
  teacherForce,
  train,
  translate,
  translatorLoss,
  useBackend,
  warmupCosine,
} from 'heed';
import { assertClose, onEngines } from '../support/engines.js';
import { assertGradientAlongDirections } from './directions.js';

const small = { sourceVocab: 9, targetVocab: 8, embedding: 4, units: 5, attention: 3 };
const pairs: TranslationPair[] = [
  { source: [3, 4, 5, 6], target: [4, 5] },
  { source: [7, 8], target: [6, 7, 4] },
];

/** Copies backwards: the alignment is known. */
function reversal(random: Random): TranslationPair {
  const source = Array.from({ length: 3 + random.integer(3) }, () => 4 + random.integer(8));
  return { source, target: source.toReversed() };
}

for (const cell of ['gru', 'lstm'] satisfies CoderCell[]) {
  onEngines(
    `${cell}: the first loss is near ln of the vocabulary, and every parameter has a gradient`,
    () => {
      const translator = initTranslator(createRandom(0), { ...small, cell });
      const before = tf.memory().numTensors;
      const { loss, gradients } = lossAndGradients(
        translator.params,
        () => translatorLoss(translator, pairs),
        0,
      );
      assert.ok(Math.abs(loss - Math.log(8)) < 1, `loss ${loss}`);
      for (const [name] of flattenParams(translator.params)) {
        const gradient = gradients.get(name);
        assert.ok(
          gradient?.dataSync().some((value) => value !== 0),
          name,
        );
      }
      tf.dispose([...gradients.values()]);
      assert.equal(tf.memory().numTensors, before);
    },
  );

  onEngines(`${cell}: the gradient agrees with central differences along random directions`, () => {
    const translator = initTranslator(createRandom(3), { ...small, cell });
    const loss = () => translatorLoss(translator, pairs);
    assertGradientAlongDirections(translator.params, loss, { delta: 0.02, tolerance: 1e-3 });
  });
}

onEngines('a batch is the mean of its symbols, whatever stands beside a sentence', () => {
  const translator = initTranslator(createRandom(0), small);
  const one = (pair: TranslationPair) => translatorLoss(translator, [pair]).dataSync()[0]!;
  // Each translation counts with its end.
  const expected = (one(pairs[0]!) * 3 + one(pairs[1]!) * 4) / 7;
  assertClose(translatorLoss(translator, pairs), [expected], 1e-5);
  assert.throws(() => translatorLoss(translator, [{ source: [], target: [4] }]), /empty/);
  assert.throws(() => translatorLoss(translator, [{ source: [99], target: [4] }]), /0 \.\.\. 8 .* got 99/);
});

onEngines('translating is what teacher forcing with its own output says, alone or in a batch', () => {
  const translator = initTranslator(createRandom(5), small);
  const sources = pairs.map(({ source }) => source);
  const before = tf.memory().numTensors;
  const batch = translate(translator, sources, { maxLength: 6 });
  assert.equal(tf.memory().numTensors, before);
  for (const [n, source] of sources.entries()) {
    const [alone] = translate(translator, [source], { maxLength: 6 });
    assert.deepEqual(alone!.ids, batch[n]!.ids);
    const { alpha, ids, logProbabilities, paddingMass } = batch[n]!;
    assert.equal(paddingMass, 0);
    assert.equal(alpha.length, ids.length);
    for (const row of alpha) {
      assert.equal(row.length, source.length);
      assertClose([row.reduce((sum, weight) => sum + weight, 0)], [1], 1e-5);
    }
    const { logits, alphas } = teacherForce(translator, [{ source, target: ids }]);
    const forced = tf.logSoftmax(logits).arraySync()[0]!;
    assertClose(
      logProbabilities,
      ids.map((id, t) => forced[t]![id]!),
      1e-5,
    );
    assertClose(alpha.flat(), alphas.arraySync()[0]!.slice(0, ids.length).flat(), 1e-5);
  }
  assert.deepEqual(translate(translator, [], {}), []);
});

onEngines('sequences are learnt backwards, with alpha on the symbol that is copied', async () => {
  const random = createRandom(1);
  const translator = initTranslator(random.child('weights'), {
    sourceVocab: 12,
    targetVocab: 12,
    embedding: 16,
    units: 32,
    attention: 32,
  });
  const data = random.child('data');
  const steps = 250;
  await train({
    params: translator.params,
    loss: (batch: TranslationPair[]) => translatorLoss(translator, batch),
    batches: () => Array.from({ length: 32 }, () => reversal(data)),
    steps,
    learningRate: warmupCosine({ peak: 0.01, steps, warmup: 20 }),
    clipNorm: 1,
  });
  const unseen = Array.from({ length: 100 }, () => reversal(random.child('test')));
  const results = translate(
    translator,
    unseen.map(({ source }) => source),
  );
  const exact = results.filter(({ ids }, n) => ids.join() === unseen[n]!.target.join());
  assert.ok(exact.length >= 95, `${exact.length} of 100 right`);
  const pointed = results.flatMap(({ alpha }, n) =>
    alpha.map((row, t) => row.indexOf(Math.max(...row)) === unseen[n]!.source.length - 1 - t),
  );
  assert.ok(pointed.filter(Boolean).length / pointed.length >= 0.9);
}, ['wasm']);

test('a checkpoint builds the model again; other files are refused', async (t) => {
  await useBackend('cpu');
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-'));
  t.after(() => rm(folder, { recursive: true }));
  const place = path.join(folder, 'translator.safetensors');
  const translator = initTranslator(createRandom(0), { ...small, cell: 'lstm' });
  await saveTranslator(place, translator, { alphabet: 'abc' });
  const before = tf.memory().numTensors;
  const loaded = await loadTranslator(place);
  assert.deepEqual(loaded.extra, { alphabet: 'abc' });
  assert.deepEqual(loaded.translator.config, translator.config);
  assert.equal(countParams(loaded.translator.params), countParams(translator.params));
  const sources = pairs.map(({ source }) => source);
  assert.deepEqual(
    translate(loaded.translator, sources, { maxLength: 5 }),
    translate(translator, sources, { maxLength: 5 }),
  );

  const wide = path.join(folder, 'wide.safetensors');
  await saveParams(wide, translator.params, {
    model: 'translator',
    ...translator.config,
    units: 6,
    extra: null,
  });
  const held = tf.memory().numTensors;
  await assert.rejects(loadTranslator(wide), /expected shape .* got .*wide\.safetensors/);
  assert.equal(tf.memory().numTensors, held);
  await saveParams(wide, translator.params);
  await assert.rejects(loadTranslator(wide), /expected the checkpoint of a translator, got no model name/);
  await writeFile(wide, 'not a model');
  await assert.rejects(loadTranslator(wide), /not a whole safetensors file/);
  await assert.rejects(loadTranslator(path.join(folder, 'none')), /Cannot read/);
  assert.ok(held > before);
});
