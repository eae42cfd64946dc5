import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {
  answerPassages,
  bestSpan,
  createRandom,
  initPassageReader,
  loadPassageReader,
  loadPassages,
  type PassageExample,
  type PassageReaderConfig,
  passageReaderLoss,
  passageWords,
  pointInPassages,
  saveParams,
  savePassageReader,
  train,
  warmupCosine,
} from 'heed';
import { passageBatch } from '../../../lib/src/models/passage-reader-batch.js';
import { assertClose, onEngines } from '../support/engines.js';
import { assertGradientAlongDirections } from './directions.js';

const task = loadPassages(
  JSON.parse(readFileSync(new URL('../../../datasets/passages/passages.json', import.meta.url), 'utf8')),
);
const small = { embedding: 4, units: 3, attention: 5 };
const reader = (config: Partial<PassageReaderConfig> = {}) =>
  initPassageReader(createRandom(1), task.vocabulary, { ...small, ...config });
const asked = (passage: string, question: string, answer: PassageExample['answer'] = null) => ({
  passage: passageWords(passage),
  question: passageWords(question),
  answer,
});
const pair = [
  asked('bakers need a loom , named the crown .', 'what is the loom ?', [3, 4]),
  asked('karl made a diary .', 'who made the song ?'),
];

test('words of the passage find their places in the question, unknown ones too', () => {
  const { passage, question, match, matched } = passageBatch(task.vocabulary, [
    asked('the zebra is in the zoo', 'what is the zebra and the zoo'),
  ]);
  assert.deepEqual(passage.shape, [1, 7]);
  const [, asking] = question.shape;
  const row = (place: number) => [...match.subarray(place * asking, (place + 1) * asking)];
  assert.deepEqual(row(0), [0, 0, 0, 0, 0, 0, 0], 'the place for no answer matches nothing');
  assert.deepEqual(row(1), [0, 0, 0.5, 0, 0, 0.5, 0], 'the: two places share');
  assert.deepEqual(row(2), [0, 0, 0, 1, 0, 0, 0], 'zebra');
  assert.deepEqual([...matched], [0, 1, 1, 1, 0, 1, 1]);
});

test('the best span is the best of all spans', () => {
  const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 9 });
  fc.assert(
    fc.property(weights, weights, fc.integer({ min: 1, max: 5 }), (start, other, longest) => {
      const end = start.map((_, n) => other[n % other.length]!);
      const all = [{ span: null as readonly number[] | null, probability: start[0]! * end[0]! }];
      for (let a = 1; a < start.length; a++)
        for (let b = a; b < start.length; b++)
          if (b - a < longest) all.push({ span: [a - 1, b], probability: start[a]! * end[b]! });
      const most = Math.max(...all.map(({ probability }) => probability));
      const found = bestSpan(start, end, longest);
      assert.equal(found.probability, most);
      assert.ok(
        all.some(({ span, probability }) => probability === most && span?.join() === found.span?.join()),
      );
    }),
  );
});

onEngines('a passage is read alike alone and beside a longer one; distributions sum to 1', () => {
  const made = reader();
  const before = tf.memory().numTensors;
  const both = answerPassages(made, pair);
  const [alone] = answerPassages(made, [pair[1]!]);
  assert.equal(tf.memory().numTensors, before);
  assertClose(both[1]!.start, alone!.start, 1e-5);
  assertClose(both[1]!.end, alone!.end, 1e-5);
  assert.equal(both[1]!.start.length, pair[1]!.passage.length);
  for (const { start, noAnswer } of both) assertClose([start.reduce((a, b) => a + b, noAnswer)], [1], 1e-5);
  assert.deepEqual(answerPassages(made, []), []);
});

onEngines('the loss is that of the distributions: first and last word, or the place for no answer', () => {
  const made = reader();
  const { start, end } = pointInPassages(made, pair);
  const [begins, ends] = [start, end].map((scores) => tf.logSoftmax(scores).arraySync() as number[][]);
  // Words count from 1: the answer [3, 4) is word 4 at both ends; no answer is 0.
  const expected = -(begins![0]![4]! + ends![0]![4]! + begins![1]![0]! + ends![1]![0]!) / 2;
  assertClose(passageReaderLoss(made, pair), [expected], 1e-4);
});

onEngines('the gradient agrees with central differences along random directions', () => {
  const made = reader();
  const loss = () => passageReaderLoss(made, pair);
  assertGradientAlongDirections(made.params, loss, { delta: 0.01, tolerance: 2e-3 });
});

onEngines('unknown words are told apart by the question alone', () => {
  // Two unknown words change places in the passage, or in the question: the same to a reader who knows neither.
  const one = asked(
    'the zebra is called the xylophone , and the quokka is called the yak .',
    'what is the zebra called ?',
  );
  const other = asked(
    'the quokka is called the yak , and the zebra is called the xylophone .',
    'what is the quokka called ?',
  );
  const made = reader();
  const [first, second] = answerPassages(made, [one, other]);
  assertClose(second!.start, first!.start, 1e-6, 'other words, the same pattern');
  const blind = reader({ match: false });
  const [a, b] = answerPassages(blind, [one, { ...one, question: other.question }]);
  assertClose(
    b!.start,
    a!.start,
    1e-6,
    'without match a question about another unknown word is the same question',
  );
  const [c, d] = answerPassages(made, [one, { ...one, question: other.question }]);
  assert.ok(
    c!.start.some((value, n) => Math.abs(value - d!.start[n]!) > 1e-4),
    'with match it is another',
  );
});

onEngines('bad input is named', () => {
  const made = reader();
  assert.throws(
    () => answerPassages(made, [{ passage: [], question: ['who', '?'] }]),
    /Passage 0 has no word, so "who \?"/,
  );
  assert.throws(
    () => answerPassages(made, [{ passage: ['a'], question: [] }]),
    /question of passage 0 has no word/,
  );
  assert.throws(
    () => passageReaderLoss(made, [{ ...pair[1]!, answer: [3, 9] }]),
    /\[3, 9\), is no part of its 5 words/,
  );
  assert.throws(() => passageReaderLoss(made, []), /no passage to read/);
  assert.throws(() => reader({ longest: 0 }), /longest must be a positive integer, got 0/);
  assert.throws(() => reader({ units: 2.5 }), /units must be a positive integer, got 2.5/);
  assert.throws(() => answerPassages(made, pair, { batch: 0 }), /Batch size 0/);
  made.params.end.vector?.assign(tf.fill(made.params.end.vector.shape, Number.NaN));
  assert.throws(() => answerPassages(made, pair), /probabilities of passage 0 are NaN/);
});

onEngines('a saved reader answers as before; another file is refused', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-passages-'));
  try {
    const made = reader();
    const file = path.join(folder, 'reader.safetensors');
    await savePassageReader(file, made, { seed: 1 });
    const loaded = await loadPassageReader(file);
    assert.deepEqual(loaded.extra, { seed: 1 });
    assert.deepEqual(answerPassages(loaded.reader, pair), answerPassages(made, pair));
    await saveParams(file, made.params, { model: 'translator' });
    await assert.rejects(
      loadPassageReader(file),
      /expected the checkpoint of a passage reader, got "translator"/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

onEngines('short passages with unseen words are answered after 150 steps, without leaks', async () => {
  const made = initPassageReader(createRandom(1), task.vocabulary, {
    embedding: 12,
    units: 24,
    attention: 24,
  });
  const data = createRandom('data');
  const tensors: number[] = [];
  await train({
    params: made.params,
    batches: () => task.sample(data, 24, { sentences: [1, 2] }),
    loss: (batch) => passageReaderLoss(made, batch),
    steps: 150,
    learningRate: warmupCosine({ peak: 1e-2, steps: 150, warmup: 20 }),
    clipNorm: 1,
    onStep: () => void tensors.push(tf.memory().numTensors),
  });
  assert.equal(tensors.at(-1), tensors[5]);
  const unseen = task.sample(createRandom('unseen'), 200, { split: 'test', sentences: [1, 2] });
  const found = answerPassages(made, unseen);
  const right = unseen.filter(({ answer }, n) => found[n]!.span?.join() === answer!.join()).length / 200;
  assert.ok(right > 0.7, `right ${right}`);
}, ['wasm']);
