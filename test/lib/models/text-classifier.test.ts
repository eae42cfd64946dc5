import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  classifyTexts,
  countParams,
  createRandom,
  defaultTextClassifierConfig,
  disposeParams,
  initTextClassifier,
  lossOfEachWord,
  type Reading,
  type TextClassifier,
  textClassifierCost,
  textClassifierLoss,
  useBackend,
} from 'heed';
import { batch, make, near, small, texts } from './small-classifier.js';

before(() => useBackend());

const readings: readonly Reading[] = ['soft', 'sparsemax', 'hard'];

/** The classifier again in loops over plain numbers. */
function plain({ config, params }: TextClassifier, ids: readonly number[]) {
  const matrix = (tensor: tf.Tensor) => tensor.arraySync() as number[][];
  const vector = (tensor: tf.Tensor) => tensor.arraySync() as number[];
  const layer = (x: number[], { kernel, bias }: { kernel: tf.Tensor; bias: tf.Tensor }) =>
    vector(bias).map((b, j) => x.reduce((sum, value, i) => sum + value * matrix(kernel)[i]![j]!, b));
  const table = matrix(params.embedding.table);
  const words = ids.map((id) => table[id]!);
  const none = words[0]!.map(() => 0);
  const keys = words.map((word, at) =>
    config.keys === 'window' ? [...(words[at - 1] ?? none), ...word, ...(words[at + 1] ?? none)] : word,
  );
  const v = matrix(params.vector).flat();
  const scores = keys.map((key) =>
    layer(key, params.key).reduce((sum, value, i) => sum + Math.tanh(value) * v[i]!, 0),
  );
  const value = (word: number[]) =>
    'kernel' in params.value ? layer(word, params.value as never).map(Math.tanh) : word;
  const logits = (read: number[]) =>
    layer(
      layer(read, params.hidden).map((x) => Math.max(0, x)),
      params.output,
    );
  const logProb = (read: number[]) => {
    const all = logits(read);
    const whole = Math.log(all.reduce((sum, x) => sum + Math.exp(x), 0));
    return all.map((x) => x - whole);
  };
  const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
  const alpha = scores.map((score) => Math.exp(score) / total);
  const mixed = value(words[0]!).map((_, i) =>
    words.reduce((sum, word, at) => sum + alpha[at]! * value(word)[i]!, 0),
  );
  return { scores, alpha, soft: logProb(mixed), each: words.map((word) => logProb(value(word))) };
}

for (const config of [{}, { keys: 'window' }, { valueUnits: 3 }] as const) {
  test(`soft and hard reading are those of loops over plain numbers: ${JSON.stringify(config)}`, () => {
    const soft = make({ ...config, reading: 'soft' });
    const hard = make({ ...config, reading: 'hard' });
    const [mixed, chosen] = [classifyTexts(soft, texts), classifyTexts(hard, texts)];
    const losses = tf.tidy(() => lossOfEachWord(hard, batch).arraySync());
    texts.forEach((ids, row) => {
      const expected = plain(soft, ids);
      const best = expected.scores.indexOf(Math.max(...expected.scores));
      assert.deepEqual(chosen[row]!.read, [best]);
      assert.deepEqual(
        mixed[row]!.read,
        ids.map((_, at) => at),
      );
      ids.forEach((_, at) => {
        near(mixed[row]!.alpha[at]!, expected.alpha[at]!);
        near(chosen[row]!.alpha[at]!, expected.alpha[at]!);
        near(losses[row]![at]!, -expected.each[at]![row]!);
      });
      expected.soft.forEach((log, label) => {
        near(mixed[row]!.probabilities[label]!, Math.exp(log));
        near(chosen[row]!.probabilities[label]!, Math.exp(expected.each[best]![label]!));
      });
      assert.equal(mixed[row]!.label, expected.soft.indexOf(Math.max(...expected.soft)));
    });
    const loss = tf.tidy(() => textClassifierLoss(soft, batch).loss.dataSync()[0]!);
    near(loss, -texts.reduce((sum, ids, row) => sum + plain(soft, ids).soft[row]!, 0) / texts.length);
    disposeParams([soft.params, hard.params]);
  });
}

test('a text is read alike alone and in a batch with longer ones', () => {
  for (const reading of readings) {
    const reader = make({ reading, keys: 'window' });
    const together = classifyTexts(reader, texts);
    texts.forEach((ids, row) => {
      const [alone] = classifyTexts(reader, [ids]);
      assert.equal(alone!.alpha.length, ids.length);
      together[row]!.alpha.forEach((weight, at) => void near(weight, alone!.alpha[at]!));
      together[row]!.probabilities.forEach((p, label) => void near(p, alone!.probabilities[label]!));
      near(
        alone!.alpha.reduce((a, b) => a + b, 0),
        1,
      );
    });
    disposeParams(reader.params);
  }
});

test('a text of one word is read in every way', () => {
  for (const reading of readings) {
    const reader = make({ reading, keys: 'window' });
    const [answer] = classifyTexts(reader, [[7]]);
    assert.deepEqual([[...answer!.alpha], answer!.read], [[1], [0]]);
    for (const estimator of ['reinforce', 'exact', 'straight-through gumbel'] as const) {
      const training = { random: createRandom(1), hard: { estimator } };
      const loss = tf.tidy(
        () => textClassifierLoss(reader, [{ ids: [7], label: 2 }], training).loss.dataSync()[0]!,
      );
      near(loss, -Math.log(answer!.probabilities[2]!));
    }
    disposeParams(reader.params);
  }
});

test('sparsemax reads exactly the words of a weight above 0', () => {
  const reader = make({ reading: 'sparsemax', deviation: 3 });
  for (const { alpha, read } of classifyTexts(reader, texts)) {
    assert.deepEqual(
      read,
      [...alpha.keys()].filter((at) => alpha[at]! > 0),
    );
    assert.ok(read.length < alpha.length || alpha.length === 2);
  }
  disposeParams(reader.params);
});

test('several words: the mean of the chosen ones', () => {
  const reader = make({ reading: 'hard', words: 2 });
  for (const [row, { read, alpha }] of classifyTexts(reader, texts).entries()) {
    const order = [...alpha.keys()].sort((a, b) => alpha[b]! - alpha[a]!);
    assert.deepEqual(
      read,
      order.slice(0, 2).sort((a, b) => a - b),
    );
    assert.ok(read.length === 2 && texts[row]!.length >= 2);
  }
  assert.throws(() => classifyTexts(reader, [[4]]), /2 positions to choose, but row 0 has only 1/);
  assert.throws(
    () => textClassifierLoss(reader, [{ ids: [4], label: 0 }], { random: createRandom(1) }),
    /2 positions to choose, but row 0 has only 1/,
  );
  disposeParams(reader.params);
});

test('multiply-adds by hand', () => {
  const config = { ...defaultTextClassifierConfig, ...small };
  // 7 words: keys 5 x 4 and the score 4; mixture of 5 numbers; 5 x 6 and 6 x 3 for the answer.
  const soft = textClassifierCost(config, 7);
  assert.deepEqual(soft, { scores: 7 * 24, values: 0, mixture: 35, answer: 48, total: 7 * 24 + 35 + 48 });
  const hard = textClassifierCost({ ...config, reading: 'hard' }, 7);
  assert.deepEqual(hard, { scores: 7 * 24, values: 0, mixture: 0, answer: 48, total: 7 * 24 + 48 });
  const wide = { ...config, valueUnits: 10, keys: 'window' } as const;
  assert.equal(textClassifierCost(wide, 7).scores, 7 * 64);
  assert.deepEqual(
    (['soft', 'sparsemax', 'hard'] as const).map(
      (reading) =>
        textClassifierCost({ ...wide, reading }, 7, reading === 'sparsemax' ? 2 : undefined).values,
    ),
    [7 * 50, 2 * 50, 50],
  );
  assert.throws(() => textClassifierCost(config, 0), /length of 1 or more/);
  assert.throws(() => textClassifierCost({ ...config, reading: 'sparsemax' }, 3, 4), /got 3 and 4/);
});

test('bad input is refused without leaving tensors', () => {
  const hard = make({ reading: 'hard' });
  const tensors = tf.memory().numTensors;
  const random = createRandom(1);
  assert.throws(() => textClassifierLoss(hard, batch), /needs `random`/);
  assert.throws(
    () => textClassifierLoss(hard, batch, { random, hard: { temperature: 0 } }),
    /temperature must be above 0/,
  );
  assert.throws(
    () => textClassifierLoss(hard, batch, { random, hard: { samples: 1 } }),
    /at least 2 with the baseline leave-one-out/,
  );
  assert.throws(
    () => textClassifierLoss(hard, [{ ids: [4], label: 3 }], { random }),
    /labels from 0 to 2, got 3/,
  );
  assert.throws(() => classifyTexts(hard, [[4], []]), /Sequence 1 is empty/);
  assert.throws(() => classifyTexts(hard, [[12]]), /ids must be in 0 \.\.\. 11/);
  assert.throws(() => classifyTexts(hard, [[0, 0]]), /which is padding/);
  assert.deepEqual(classifyTexts(hard, []), []);
  assert.equal(tf.memory().numTensors, tensors);
  assert.throws(() => make({ reading: 'loud' as never }), /reading must be one of soft, sparsemax, hard/);
  assert.throws(() => make({ keys: 'all' as never }), /keys must be word or window/);
  assert.throws(() => make({ classes: 1 }), /classes must be an integer of at least 2/);
  assert.throws(() => make({ words: 0 }), /words must be a positive integer/);
  assert.throws(() => make({ valueUnits: -1 }), /valueUnits/);
  disposeParams(hard.params);
});

test('the size of the lesson: 50 thousand numbers', () => {
  const reader = initTextClassifier(createRandom(1), { vocab: 645, classes: 6 });
  assert.equal(countParams(reader.params), 645 * 64 + (64 * 64 + 64) + 64 + (64 * 64 + 64) + (64 * 6 + 6));
  disposeParams(reader.params);
});
