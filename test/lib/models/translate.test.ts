import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  createRandom,
  createVocabulary,
  type FrozenDates,
  flattenParams,
  initTranslator,
  loadDates,
  loadTranslator,
  lossAndGradients,
  type Random,
  type TranslationPair,
  type Translator,
  type TranslatorConfig,
  teacherForce,
  train,
  translate,
  translateBeam,
  translatorLoss,
  useBackend,
  warmupCosine,
} from 'heed';
import { assertClose, onEngines } from '../support/engines.js';

const small = { sourceVocab: 9, targetVocab: 8, embedding: 4, units: 5, attention: 3 };
const pairs: TranslationPair[] = [
  { source: [3, 4, 5, 6], target: [4, 5], copy: [5, 8, 9, 5] },
  { source: [7, 8], target: [6, 7, 4], copy: [8, 4] },
];
const sources = pairs.map(({ source }) => source);
const copies = pairs.map(({ copy }) => copy!);

const kinds: Record<string, Partial<TranslatorConfig>> = {
  'one fixed vector': { look: 'never' },
  'Luong, general': { look: 'after', alignment: { score: 'general' } },
  'Luong, dot, wider decoder': { look: 'after', alignment: { score: 'dot' }, decoderUnits: 10 },
  'Luong, input feeding, two layers of LSTM': { look: 'after', inputFeeding: true, layers: 2, cell: 'lstm' },
  'location-sensitive': { alignment: { score: 'location-sensitive' } },
  coverage: { alignment: { score: 'coverage' } },
  'simple cell, forwards only': { cell: 'rnn', bidirectional: false },
  'two layers, dropout': { layers: 2, dropout: 0.4 },
  copying: { copy: true },
};

for (const [title, kind] of Object.entries(kinds)) {
  onEngines(`${title}: every parameter learns, and translating is what teacher forcing says of it`, () => {
    const translator = initTranslator(createRandom(0), { ...small, ...kind });
    const held = tf.memory().numTensors;
    const training = { random: createRandom(1) };
    const { loss, gradients } = lossAndGradients(
      translator.params,
      () => translatorLoss(translator, pairs, training),
      0,
    );
    assert.ok(Math.abs(loss - Math.log(8)) < 1.5, `loss ${loss}`);
    for (const [name] of flattenParams(translator.params))
      assert.ok(
        gradients
          .get(name)
          ?.dataSync()
          .some((value) => value !== 0),
        name,
      );
    tf.dispose([...gradients.values()]);
    assert.equal(tf.memory().numTensors, held);

    const options = { maxLength: 5, ...(kind.copy && { copies }) };
    const greedy = translate(translator, sources, options);
    const beam = translateBeam(translator, sources, { ...options, width: 3, best: 3 });
    const alone = translate(translator, sources, { ...options, batchSize: 1 });
    const one = translateBeam(translator, sources, { ...options, width: 1, best: 1 });
    assert.equal(tf.memory().numTensors, held);
    for (const [n, source] of sources.entries()) {
      assert.deepEqual(alone[n]!.ids, greedy[n]!.ids);
      assert.deepEqual(one[n]![0]!.ids, greedy[n]!.ids);
      assert.ok(beam[n]!.length >= 1 && beam[n]![0]!.logProbability >= greedy[n]!.logProbability - 1e-5);
      for (const { ids, alpha, logProbabilities, paddingMass } of [greedy[n]!, ...beam[n]!]) {
        assert.equal(paddingMass, 0);
        assert.ok(alpha.every((row) => row.length === source.length));
        if (ids.length === 0 || kind.copy) continue;
        const { logits, alphas } = teacherForce(translator, [{ source, target: ids }]);
        const scores = tf.logSoftmax(logits).arraySync()[0]!;
        assertClose(
          logProbabilities,
          ids.map((id, t) => scores[t]![id]!),
          1e-4,
        );
        assertClose(alpha.flat(), alphas.arraySync()[0]!.slice(0, ids.length).flat(), 1e-5);
      }
    }
  });
}

onEngines('a copied translation has the probability that its loss says', () => {
  const translator = initTranslator(createRandom(3), { ...small, copy: true });
  const written = translate(translator, sources, { maxLength: 4, copies });
  assert.ok(written.some(({ ended }) => ended) || written.length === 2);
  for (const [n, { source, copy }] of pairs.entries()) {
    for (const { ids, logProbability, ended } of translateBeam(translator, [source], {
      maxLength: 4,
      copies: [copy!],
      width: 6,
      best: 6,
    })[0]!) {
      if (!ended) continue;
      const loss = translatorLoss(translator, [{ source, target: ids, copy: copy! }]).dataSync()[0]!;
      assertClose([-loss * (ids.length + 1)], [logProbability], 1e-3, `pair ${n}: ${ids}`);
    }
  }
  const { copy: _, ...without } = pairs[0]!;
  assert.throws(
    () => translatorLoss(translator, [without]),
    /`copy` of pair 0 to name its 4 source positions, got none/,
  );
  assert.throws(() => translate(translator, sources), /needs `copy`/);
  assert.throws(
    () => translate(translator, sources, { copies: [[5]] }),
    /`copies` of source 0 to name its 4 positions, got 1/,
  );
});

onEngines('what if: alpha of chosen steps is the one that was given, and the output can change', () => {
  const translator = initTranslator(createRandom(5), small);
  const { kernel } = translator.params.decoder.output;
  kernel.assign(tf.mul(kernel, 5));
  const plain = translate(translator, sources, { maxLength: 4 });
  const asked: [number, number][] = [];
  const what = translate(translator, sources, {
    maxLength: 4,
    batchSize: 1,
    overwrite: (step, row) => {
      asked.push([step, row]);
      return row === 0 && step === 1 ? [0, 0, 0, 1] : undefined;
    },
  });
  // The number of the source, not of the row in its batch.
  assert.deepEqual(asked[0], [0, 0]);
  assert.ok(asked.some(([, row]) => row === 1));
  assert.deepEqual(what[0]!.alpha[1], [0, 0, 0, 1]);
  assertClose(what[0]!.alpha[0]!, plain[0]!.alpha[0]!, 1e-5);
  assert.deepEqual(what[1]!.ids, plain[1]!.ids);
  // Its own alpha in its place changes nothing.
  const own = translate(translator, sources, {
    maxLength: 4,
    overwrite: (step, row) => plain[row]!.alpha[step],
  });
  assert.deepEqual(
    own.map(({ ids }) => ids),
    plain.map(({ ids }) => ids),
  );
  const forced = (position: number) =>
    teacherForce(translator, [pairs[0]!], {
      overwrite: (step) =>
        step === 1 ? Array.from({ length: 4 }, (_, i) => Number(i === position)) : undefined,
    }).logits.arraySync()[0]!;
  const [first, last] = [forced(0), forced(3)];
  assertClose(first[0]!, last[0]!, 1e-6);
  assert.notDeepEqual(first[1], last[1]);
});

onEngines('drawn translations: seeded, of allowed symbols, greedy at temperature 0', () => {
  const translator = initTranslator(createRandom(5), small);
  const draw = (seed: number, more: object = {}) =>
    translate(translator, sources, { maxLength: 6, sampling: { random: createRandom(seed), ...more } }).map(
      ({ ids }) => ids,
    );
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.ok(
    draw(1)
      .flat()
      .every((id) => id > 2),
  );
  const greedy = translate(translator, sources, { maxLength: 6 }).map(({ ids }) => ids);
  assert.deepEqual(draw(3, { temperature: 0 }), greedy);
  assert.deepEqual(draw(3, { topK: 1 }), greedy);
});

onEngines('an ensemble of one model thrice is the model; of others, the mean of them', () => {
  const [a, b] = [5, 6].map((seed) => initTranslator(createRandom(seed), small)) as [Translator, Translator];
  const alone = translate(a, sources, { maxLength: 4 });
  const thrice = translate([a, a, a], sources, { maxLength: 4 });
  assert.deepEqual(
    thrice.map(({ ids }) => ids),
    alone.map(({ ids }) => ids),
  );
  assertClose(thrice[0]!.alpha.flat(), alone[0]!.alpha.flat(), 1e-5);
  const [both] = translate([a, b], sources.slice(0, 1), { maxLength: 4 });
  const target = both!.ids;
  if (target.length === 0) return;
  const of = (model: Translator) =>
    tf.softmax(teacherForce(model, [{ source: sources[0]!, target }]).logits).arraySync()[0]!;
  const [pa, pb] = [of(a), of(b)];
  assertClose(
    both!.logProbabilities,
    target.map((id, t) => Math.log((pa[t]![id]! + pb[t]![id]!) / 2)),
    1e-4,
  );
});

onEngines('what training adds to the loss: smoothing, coverage, sampled symbols; errors in words', () => {
  const translator = initTranslator(createRandom(0), small);
  const loss = (training: object) => translatorLoss(translator, pairs, training).dataSync()[0]!;
  const plain = loss({});
  assert.equal(loss({ random: createRandom(1) }), plain);
  assert.ok(loss({ coverage: 1 }) > plain && loss({ coverage: 1 }) <= plain + 1);
  assert.notEqual(loss({ smoothing: 0.1 }), plain);
  assert.notEqual(loss({ truth: 0.2, random: createRandom(2) }), plain);
  assert.throws(() => loss({ truth: 0.5 }), /needs `random`, got none/);
  assert.throws(() => loss({ smoothing: 1 }), /smoothing must be in \[0, 1\), got 1/);
  const copier = initTranslator(createRandom(0), { ...small, copy: true });
  assert.throws(
    () => translatorLoss(copier, pairs, { smoothing: 0.1 }),
    /not defined for a translator that copies/,
  );
  assert.throws(
    () => initTranslator(createRandom(0), { ...small, dropout: 1 }),
    /dropout must be in \[0, 1\), got 1/,
  );
});

/** A source with numbers that were never seen, to be copied in reverse. */
function names(random: Random): TranslationPair {
  const source = Array.from({ length: 3 }, () => 3);
  const copy = source.map((_, i) => 5 + i);
  const order = random.integer(2) === 0;
  return { source: [order ? 4 : 5, ...source], target: order ? copy : copy.toReversed(), copy: [4, ...copy] };
}

onEngines('a copier learns to write symbols that are in no vocabulary', async () => {
  const random = createRandom(1);
  const translator = initTranslator(random.child('weights'), {
    sourceVocab: 6,
    targetVocab: 5,
    embedding: 8,
    units: 16,
    attention: 16,
    copy: true,
  });
  const data = random.child('data');
  await train({
    params: translator.params,
    loss: (batch: TranslationPair[]) => translatorLoss(translator, batch),
    batches: () => Array.from({ length: 16 }, () => names(data)),
    steps: 150,
    learningRate: warmupCosine({ peak: 0.02, steps: 150, warmup: 10 }),
    clipNorm: 1,
  });
  const unseen = Array.from({ length: 20 }, () => names(random.child('test')));
  const written = translate(
    translator,
    unseen.map(({ source }) => source),
    { maxLength: 5, copies: unseen.map(({ copy }) => copy!) },
  );
  assert.deepEqual(
    written.map(({ ids }) => ids),
    unseen.map(({ target }) => target),
  );
}, ['wasm']);

test('the checkpoint of the course still reads dates', async () => {
  await useBackend('wasm');
  const place = 'notebooks/checkpoints/06-dates.safetensors';
  const dates = loadDates(JSON.parse(readFileSync('datasets/dates/dates.json', 'utf8')) as FrozenDates);
  const source = createVocabulary([dates.sourceCharacters]);
  const target = createVocabulary([dates.targetCharacters]);
  const { translator } = await loadTranslator(place, { sourceVocab: source.size, targetVocab: target.size });
  await assert.rejects(
    loadTranslator(place, { targetVocab: 99 }),
    /expected a translator with targetVocab 99, got 15: it was trained with another vocabulary/,
  );
  const examples = dates.fixedSet(60, { split: 'test' });
  const ids = examples.map((example) => source.encode(example.source));
  for (const written of [
    translate(translator, ids, { maxLength: 12 }),
    translateBeam(translator, ids, { maxLength: 12, width: 3 }).map(([best]) => best!),
  ])
    assert.deepEqual(
      written.map((answer) => target.decode(answer.ids)),
      examples.map((example) => example.target),
    );
});
