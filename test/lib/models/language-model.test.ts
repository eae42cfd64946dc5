import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  attendToPast,
  countNgrams,
  createRandom,
  disposeParams,
  END,
  generateTokens,
  gradientOfWord,
  initLanguageModel,
  initPastAttention,
  type LanguageModelConfig,
  languageModelLoss,
  loadLanguageModel,
  nextTokens,
  nextWordDistribution,
  perplexity,
  predictAt,
  readTokens,
  saveLanguageModel,
  train,
} from 'heed';
import { assertClose, onEngines, wave } from '../support/engines.js';

const vocab = 9;
const small = { vocab, embedding: 6, units: 8, attentionUnits: 5 };
const kinds: Partial<LanguageModelConfig>[] = [
  { cell: 'rnn' },
  { cell: 'relu rnn' },
  { cell: 'gru', layers: 2 },
  { cell: 'lstm' },
  { cell: 'lstm', tied: true },
  { cell: 'lstm', attention: 'additive' },
  { cell: 'gru', layers: 2, attention: 'general', tied: true },
];
const build = (kind: Partial<LanguageModelConfig> = {}, seed = 1) =>
  initLanguageModel(createRandom(seed), { ...small, ...kind });
const sentences = [
  [4, 5, 6, 7],
  [8, 4],
  [5, 5, 8],
];

onEngines('attention to the past against plain loops: no step looks at itself or ahead', () => {
  const [batch, time, units] = [2, 4, 3];
  const states = wave<tf.Rank.R3>(1, batch, time, units);
  const params = initPastAttention(createRandom(1), { score: 'general', units, attention: 0 });
  assert.ok('general' in params);
  const { context, alpha } = attendToPast(params, states, states);
  const h = states.arraySync();
  const kernel = params.general.kernel.arraySync();
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < time; t++) {
      const query = kernel[0]!.map((_, j) =>
        kernel.reduce((sum, row, i) => sum + h[b]![t]![i]! * row[j]!, 0),
      );
      const scores = h[b]!.slice(0, t).map((key) =>
        Math.exp(key.reduce((sum, value, i) => sum + value * query[i]!, 0) / Math.sqrt(units)),
      );
      const total = scores.reduce((sum, score) => sum + score, 0);
      const weights = Array.from({ length: time }, (_, j) => (j < t ? scores[j]! / total : 0));
      assertClose(alpha.slice([b, t, 0], [1, 1, time]), weights, 1e-5);
      const mixed = Array.from({ length: units }, (_, i) =>
        weights.reduce((sum, weight, j) => sum + weight * h[b]![j]![i]!, 0),
      );
      assertClose(context.slice([b, t, 0], [1, 1, units]), mixed, 1e-5);
    }
  }
  // The later states alone, asked against all: the rows of the whole.
  const later = attendToPast(params, states.slice([0, 2, 0], [batch, 2, units]), states, 2);
  assertClose(later.alpha, alpha.slice([0, 2, 0], [batch, 2, time]).dataSync(), 1e-6);
});

onEngines('the first loss is near ln(vocab), for every kind of model', () => {
  for (const kind of kinds) {
    const model = initLanguageModel(createRandom(2), { ...kind, vocab: 200, embedding: 32, units: 32 });
    const corpus = Array.from({ length: 20 }, (_, n) => [4 + n, 50 + n, 100 + n, 180 - n]);
    const loss = languageModelLoss(model, corpus).dataSync()[0]!;
    assert.ok(Math.abs(loss - Math.log(200)) < 0.3, `${JSON.stringify(kind)}: ${loss}`);
    disposeParams(model.params);
  }
});

onEngines('loss, perplexity and distributions are one account of the same probabilities', () => {
  for (const kind of kinds) {
    const model = build(kind);
    let sum = 0;
    let count = 0;
    for (const ids of sentences) {
      for (let place = 0; place <= ids.length; place++) {
        const { distribution } = predictAt(model, [ids], [place])[0]!;
        const total = distribution.reduce((all, value) => all + value, 0);
        assert.ok(Math.abs(total - 1) < 1e-5);
        sum -= Math.log(distribution[ids[place] ?? END]!);
        count++;
      }
    }
    // Sentences of different lengths together: padding counts for nothing.
    const found = perplexity(model, sentences);
    assert.equal(found.tokens, count);
    assert.ok(Math.abs(found.loss - sum / count) < 1e-5, JSON.stringify(kind));
    assert.ok(Math.abs(found.perplexity - Math.exp(sum / count)) < 1e-3);
    const together = predictAt(model, sentences, [2, 2, 2]);
    for (const [row, ids] of sentences.entries()) {
      assertClose(together[row]!.distribution, nextWordDistribution(model, ids.slice(0, 2)), 1e-5);
    }
    disposeParams(model.params);
  }
});

onEngines('nothing ahead of a token changes what is expected in its place', () => {
  for (const kind of kinds) {
    const model = build(kind);
    const logitsOf = (ids: number[]) => {
      const { outputs } = readTokens(model, tf.tensor2d(ids, [1, ids.length], 'int32'));
      return nextTokens(model, outputs).logits.slice([0, 0, 0], [1, 3, vocab]).dataSync();
    };
    assertClose(logitsOf([1, 4, 5, 6, 7]), logitsOf([1, 4, 5, 8, 8]), 1e-6, JSON.stringify(kind));
    disposeParams(model.params);
  }
});

onEngines('read in two parts, with the states handed on, it is the same', () => {
  for (const kind of kinds) {
    const model = build(kind);
    const read = (ids: number[], states?: ReturnType<typeof readTokens>['states']) =>
      readTokens(model, tf.tensor2d(ids, [1, ids.length], 'int32'), { ...(states && { states }) });
    const whole = read([1, 4, 5, 6]).outputs;
    const first = read([1, 4]);
    const second = read([5, 6], first.states);
    assertClose(tf.concat([first.outputs, second.outputs], 1), whole.dataSync(), 1e-6);
    disposeParams(model.params);
  }
});

onEngines('generation steps through the model: greedy text is the likeliest word after each prefix', () => {
  for (const kind of kinds) {
    const model = build(kind, 5);
    const before = tf.memory().numTensors;
    const { ids, logProbabilities, ended } = generateTokens(model, createRandom(1), {
      prefix: [4, 5],
      maxLength: 5,
      temperature: 0,
    });
    assert.equal(tf.memory().numTensors, before);
    const text = [4, 5];
    for (const [n, id] of ids.entries()) {
      const distribution = nextWordDistribution(model, text);
      const allowed = distribution.map((value, word) => (word < 2 ? 0 : value));
      assert.equal(id, allowed.indexOf(Math.max(...allowed)), JSON.stringify(kind));
      assert.ok(Math.abs(logProbabilities[n]! - Math.log(distribution[id]!)) < 1e-4);
      text.push(id);
    }
    assert.ok(ended || ids.length === 5);
    const sample = () => generateTokens(model, createRandom(3), { maxLength: 20 });
    assert.deepEqual(sample(), sample());
    disposeParams(model.params);
  }
});

onEngines('a model with attention says where it looked: the start sign and each token before', () => {
  const model = build({ attention: 'additive' });
  const alpha = predictAt(model, [[4, 5, 6, 7]], [3])[0]!.alpha!;
  // Read <start> 4 5 6; the state after 6 looks at the three before it.
  assert.equal(alpha.length, 4);
  assert.ok(Math.abs(alpha[0]! + alpha[1]! + alpha[2]! - 1) < 1e-5);
  assert.equal(alpha[3], 0);
  assert.equal(predictAt(build(), [[4]], [1])[0]!.alpha, null);
});

onEngines('the gradient of a word: its loss is -ln P, and attention gives the past a way of its own', () => {
  for (const kind of kinds) {
    const model = build(kind);
    const before = tf.memory().numTensors;
    const { loss, norms } = gradientOfWord(model, [[4, 5, 6, 7]], 3);
    assert.equal(tf.memory().numTensors, before);
    const { distribution } = predictAt(model, [[4, 5, 6, 7]], [3])[0]!;
    assert.ok(Math.abs(loss + Math.log(distribution[7]!)) < 1e-5, JSON.stringify(kind));
    assert.equal(norms.length, 4);
    assert.ok(norms.every((norm) => norm > 0 && Number.isFinite(norm)));
    disposeParams(model.params);
  }
  assert.throws(() => gradientOfWord(build(), [[4, 5]], 2), /row 0 has 2 words, none at place 2/);
});

onEngines('it learns what follows from an earlier word, and training leaves nothing behind', async () => {
  // The last word repeats the first; the middle tells nothing.
  const random = createRandom(4);
  const batch = () =>
    Array.from({ length: 16 }, () => {
      const first = 4 + random.integer(3);
      return [first, 7, 8, first];
    });
  const model = build({ cell: 'gru', units: 16 }, 3);
  const before = tf.memory().numTensors;
  await train({
    params: model.params,
    batches: batch,
    loss: (sequences, context) => languageModelLoss(model, sequences, context),
    steps: 120,
    learningRate: 0.02,
    clipNorm: 1,
  });
  assert.equal(tf.memory().numTensors, before);
  for (const first of [4, 5, 6]) {
    assert.ok(nextWordDistribution(model, [first, 7, 8])[first]! > 0.9);
  }
  // ln 3 for the first word, nothing for the four others.
  assert.ok(Math.abs(perplexity(model, batch()).loss - Math.log(3) / 5) < 0.06);
}, ['wasm']);

onEngines('dropout comes in training alone', () => {
  const model = build({ dropout: 0.5 });
  const loss = (seed?: number) =>
    languageModelLoss(model, sentences, {
      random: seed === undefined ? null : createRandom(seed),
    }).dataSync()[0]!;
  assert.equal(loss(), loss());
  assert.equal(loss(1), loss(1));
  assert.notEqual(loss(1), loss(2));
}, ['cpu']);

onEngines('saved and loaded, it is the same model', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heed-'));
  try {
    const path = join(folder, 'model.safetensors');
    const model = build({ attention: 'general', tied: true, layers: 2 });
    await saveLanguageModel(path, model, { words: ['a', 'b'] });
    const { model: again, extra } = await loadLanguageModel(path);
    assert.deepEqual(again.config, model.config);
    assert.deepEqual(extra, { words: ['a', 'b'] });
    assert.deepEqual(nextWordDistribution(again, [4, 5]), nextWordDistribution(model, [4, 5]));
    writeFileSync(path, 'nothing of the kind');
    await assert.rejects(loadLanguageModel(path), /not a whole safetensors file/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, ['cpu']);

onEngines('what cannot be is named', () => {
  const model = build();
  assert.throws(() => build({ vocab: 1 }), /a vocabulary of at least 2, got 1/);
  assert.throws(() => build({ cell: 'qrnn' as never }), /Unknown cell "qrnn": known are rnn/);
  assert.throws(() => build({ attention: 'hard' as never }), /Unknown score of the past "hard"/);
  assert.throws(() => languageModelLoss(model, []), /at least one sequence/);
  assert.throws(() => perplexity(model, []), /there is no sequence/);
  assert.throws(() => predictAt(model, [[4]], [2]), /row 0 has places 0 \.\.\. 1, got 2/);
  assert.throws(() => predictAt(model, [[4]], []), /one place a sequence, got 0 for 1/);
  assert.throws(() => nextWordDistribution(model, [99]), /ids must be in 0 \.\.\. 8/);
  assert.throws(() => generateTokens(model, createRandom(1), { maxLength: 0 }), /maxLength must be/);
}, ['cpu']);

test('counting: a unigram knows shares, a bigram what follows', () => {
  const corpus = [
    [4, 5],
    [4, 6],
    [4, 5],
  ];
  const unigram = countNgrams(corpus, { vocab: 7, order: 1, added: 1e-9 });
  // Nine tokens with the ends: three times 4, twice 5, once 6, three ends.
  assert.ok(Math.abs(unigram.probability(4, 6) - 3 / 9) < 1e-6);
  const entropy = -(3 * Math.log(3 / 9) + 2 * Math.log(2 / 9) + Math.log(1 / 9) + 3 * Math.log(3 / 9)) / 9;
  assert.ok(Math.abs(unigram.perplexity(corpus).loss - entropy) < 1e-6);
  const bigram = countNgrams(corpus, { vocab: 7, order: 2, added: 1e-9 });
  assert.ok(Math.abs(bigram.probability(5, 4) - 2 / 3) < 1e-6);
  assert.ok(Math.abs(bigram.perplexity(corpus).loss + (2 * Math.log(2 / 3) + Math.log(1 / 3)) / 9) < 1e-6);
  for (const order of [1, 2] as const) {
    const smooth = countNgrams(corpus, { vocab: 7, order });
    const total = Array.from({ length: 7 }, (_, id) => smooth.probability(id, 4)).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(total - 1) < 1e-9);
    assert.ok(Number.isFinite(smooth.perplexity([[3, 3]]).perplexity));
  }
  assert.throws(() => countNgrams([], { vocab: 7, order: 1 }), /the corpus is empty/);
  assert.throws(() => countNgrams([[9]], { vocab: 7, order: 1 }), /ids must be in 0 \.\.\. 6, got 9/);
});
