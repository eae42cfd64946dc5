import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  answerPassages,
  createRandom,
  createVocabulary,
  initPassageReader,
  loadPassageReader,
  type PassageExample,
  type PassageReader,
  type PassageReaderConfig,
  passageReaderLoss,
  pointInPassages,
  type Reading,
  saveParams,
  savePassageReader,
  train,
} from 'heed';
import { assertClose, onEngines } from '../support/engines.js';

/** The readings of a passage, and who asks for the end; what all passage readers do is tested beside this. */

const readings: readonly Reading[] = ['soft', 'sparsemax', 'hard'];
const vocabulary = createVocabulary(['a b c d e f g h i j k l'], { kind: 'word' });
const make = (config: Partial<PassageReaderConfig> = {}) =>
  initPassageReader(createRandom(1), vocabulary, {
    ...{ embedding: 8, units: 6, attention: 5, match: false, end: 'start' },
    ...config,
  });
const example = (passage: string, question: string, answer: PassageExample['answer']): PassageExample => ({
  passage: passage.split(' '),
  question: question.split(' '),
  answer,
});
const batch = [
  example('a b c d e f', 'g h', [1, 4]),
  example('e d c', 'i', [2, 3]),
  example('k a b a', 'h g k', null),
];
const oneWord = [batch[0]!, batch[1]!].map((each) => ({ ...each, answer: [1, 2] as const }));
const lossOf = (reader: PassageReader, examples: readonly PassageExample[]) =>
  tf.tidy(() => passageReaderLoss(reader, examples).dataSync()[0]!);
/** Weights with "no answer" before them, and the place where each begins. */
const placesOf = ({ noAnswer, start }: { noAnswer: number; start: readonly number[] }) => [
  noAnswer,
  ...start,
];
const likeliest = (weights: readonly number[]) => weights.indexOf(Math.max(...weights));
/** The start's scores grow with their vector, until the likeliest place gets all the weight. */
const makeSure = ({ params }: PassageReader) =>
  tf.tidy(() => params.start.vector.assign(tf.mul(params.start.vector, 1e4)));

onEngines('the loss of a soft reader is that of the distributions that it answers with', () => {
  const reader = make();
  const answered = batch.slice(0, 2);
  const found = answerPassages(reader, answered);
  const expected = found.map(({ start, end }, row) => {
    const [first, after] = answered[row]!.answer!;
    return -Math.log(start[first]!) - Math.log(end[after - 1]!);
  });
  assertClose([lossOf(reader, answered)], [(expected[0]! + expected[1]!) / 2], 1e-5);
});

onEngines('a hard reader whose start is the true one has the loss of its own distributions', () => {
  const reader = make({ reading: 'hard' });
  for (const [row, found] of answerPassages(reader, batch).entries()) {
    const place = likeliest(placesOf(found));
    const answer = place === 0 ? null : ([place - 1, place] as const);
    const noEnd = 1 - found.end.reduce((a, b) => a + b, 0);
    const expected = -Math.log(placesOf(found)[place]!) - Math.log([noEnd, ...found.end][place]!);
    assertClose([lossOf(reader, [{ ...batch[row]!, answer }])], [expected], 1e-4);
  }
});

onEngines('soft and sparsemax readers that are sure of the start ask for the end as a hard one does', () => {
  const ends = readings.map((reading) => {
    const reader = make({ reading });
    makeSure(reader);
    return pointInPassages(reader, batch).end;
  });
  assertClose(ends[0]!, ends[2]!.dataSync(), 1e-4);
  assertClose(ends[1]!, ends[2]!.dataSync(), 1e-4);
});

onEngines(
  'a hard reader looks at the start that it is told; who asks with the question alone does not',
  () => {
    const places = [1, 2, 3];
    const scoresOf = (config: Partial<PassageReaderConfig>, starts?: readonly number[]) =>
      pointInPassages(make(config), batch, starts ? { starts } : {}).end.arraySync();
    const told = scoresOf({ reading: 'hard' }, places);
    const chosen = scoresOf({ reading: 'hard' });
    const own = pointInPassages(make({ reading: 'hard' }), batch)
      .start.argMax(1)
      .arraySync() as number[];
    own.forEach((place, row) => {
      if (place === places[row]) assert.deepEqual(told[row], chosen[row]);
      else assert.notDeepEqual(told[row], chosen[row]);
    });
    assert.ok(own.some((place, row) => place !== places[row]));
    assert.deepEqual(scoresOf({ end: 'question' }, places), scoresOf({ end: 'question' }));
  },
);

onEngines("sparsemax's loss is never below 0, and 0 where it is sure and right", () => {
  const reader = make({ reading: 'sparsemax', end: 'none' });
  assert.ok(lossOf(reader, oneWord) > 0);
  makeSure(reader);
  const right = answerPassages(reader, oneWord).map(({ span, probability }, row) => {
    assert.ok(Math.abs(probability - 1) < 1e-5);
    return { ...oneWord[row]!, answer: span };
  });
  assertClose([lossOf(reader, right)], [0], 1e-2); // of scores in the thousands
});

onEngines("the gradient of sparsemax's loss agrees with central differences", () => {
  const reader = make({ reading: 'sparsemax', end: 'none' });
  const { vector } = reader.params.start;
  const { grads } = tf.variableGrads(() => passageReaderLoss(reader, oneWord), [vector]);
  const start = vector.dataSync().slice() as Float32Array;
  const by = 1e-2;
  const differences = Array.from(start, (value, i) => {
    const at = (moved: number) => {
      vector.assign(tf.tensor1d(start.map((v, j) => (j === i ? moved : v))));
      return lossOf(reader, oneWord);
    };
    return (at(value + by) - at(value - by)) / (2 * by);
  });
  assertClose(Object.values(grads)[0]!, differences, 2e-3);
});

onEngines('a passage is read alike alone and beside longer ones; weights sum to 1', () => {
  for (const reading of readings) {
    for (const cell of ['gru', 'lstm'] as const) {
      const reader = make({ reading, cell });
      for (const [row, together] of answerPassages(reader, batch).entries()) {
        const [alone] = answerPassages(reader, [batch[row]!]);
        assert.equal(together.start.length, batch[row]!.passage.length);
        assertClose(together.start, alone!.start, 1e-5);
        assertClose(together.end, alone!.end, 1e-5);
        assertClose([placesOf(together).reduce((a, b) => a + b)], [1], 1e-5);
      }
    }
  }
});

onEngines('a hard reader answers with the best end in reach of its start, by brute force', () => {
  let spans = 0;
  for (const longest of [1, 2, 8]) {
    const reader = make({ reading: 'hard', longest });
    const many = [...'abcdefghijkl'].map((word) => example('a b c d e f g h i j', word, null));
    for (const { span, start, end, noAnswer, probability } of answerPassages(reader, many)) {
      const place = likeliest([noAnswer, ...start]);
      if (place === 0) assert.equal(span, null);
      else {
        spans++;
        const reach = end.slice(place - 1, place - 1 + longest);
        assert.deepEqual(span, [place - 1, place + likeliest(reach)]);
        assertClose([probability], [start[place - 1]! * Math.max(...reach)], 1e-12);
      }
    }
  }
  assert.ok(spans > 10, `${spans} spans`);
});

onEngines('an answer of one word is the likeliest place', () => {
  for (const reading of readings) {
    const reader = make({ reading, end: 'none' });
    for (const { span, start, end, noAnswer, probability } of answerPassages(reader, batch)) {
      const weights = [noAnswer, ...start];
      assert.deepEqual(end, start);
      assert.equal(probability, Math.max(...weights));
      assert.deepEqual(span, likeliest(weights) === 0 ? null : [likeliest(weights) - 1, likeliest(weights)]);
    }
  }
});

for (const reading of readings) {
  onEngines(`learns to find what is asked for, without leaks: ${reading}`, async () => {
    // a, b and c open a span that l ends, d to k fill the rest. The question names the word that opens it.
    const draw = (stream = createRandom(0)): PassageExample => {
      const passage = Array.from({ length: 12 }, () => 'defghijk'[stream.integer(8)]!);
      const [asked, other] = stream.shuffle(['a', 'b', 'c']);
      const [first, second] = stream.shuffle([stream.integer(4), 6 + stream.integer(3)]);
      passage[first!] = asked!;
      passage[second!] = other!;
      const last = first! + 1 + stream.integer(2);
      passage[last] = 'l';
      return { passage, question: [asked!], answer: [first!, last + 1] };
    };
    const data = createRandom(reading);
    const reader = initPassageReader(createRandom(2), vocabulary, {
      ...{ embedding: 16, units: 16, attention: 16, match: false, end: 'start', reading },
    });
    const tensors: number[] = [];
    await train({
      params: reader.params,
      batches: () => Array.from({ length: 32 }, () => draw(data)),
      loss: (examples) => passageReaderLoss(reader, examples),
      steps: 150,
      learningRate: 1e-2,
      clipNorm: 1,
      onStep: () => void tensors.push(tf.memory().numTensors),
    });
    assert.equal(tensors.at(-1), tensors[5]);
    const unseen = Array.from({ length: 100 }, () => draw(data));
    const before = tf.memory().numTensors;
    const found = answerPassages(reader, unseen);
    assert.equal(tf.memory().numTensors, before);
    const right = unseen.filter(({ answer }, n) => found[n]!.span?.join() === answer!.join()).length;
    assert.ok(right >= 90, `${right} of 100`);
  }, ['wasm']);
}

onEngines('dropout is for training alone', () => {
  const reader = make({ dropout: 0.5 });
  const plain = lossOf(reader, batch);
  assert.equal(lossOf(reader, batch), plain);
  assert.notEqual(passageReaderLoss(reader, batch, { random: createRandom(2) }).dataSync()[0], plain);
});

test('saved and loaded: the same answers; a file that knows nothing of readings is a soft one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-reading-'));
  try {
    const file = path.join(folder, 'reader.safetensors');
    for (const end of ['none', 'start'] as const) {
      const reader = make({ end, reading: 'hard', cell: 'lstm' });
      await savePassageReader(file, reader);
      const loaded = await loadPassageReader(file);
      assert.deepEqual(loaded.reader.config, reader.config);
      assert.deepEqual(answerPassages(loaded.reader, batch), answerPassages(reader, batch));
    }
    const reader = make({ end: 'question' });
    const { embedding, units, attention, match, longest } = reader.config;
    const config = { embedding, units, attention, match, longest };
    await saveParams(file, reader.params, { model: 'passage reader', config, vocabulary, extra: null });
    const loaded = await loadPassageReader(file);
    assert.deepEqual(answerPassages(loaded.reader, batch), answerPassages(reader, batch));
  } finally {
    await rm(folder, { recursive: true });
  }
});

onEngines('choices that do not exist, and answers too long for one word, are refused without leaks', () => {
  const reader = make({ end: 'none' });
  const before = tf.memory().numTensors;
  assert.throws(() => passageReaderLoss(reader, batch), /passage 0 has 3 words, expected one: .* end "none"/);
  const told = (starts: readonly number[]) => () => pointInPassages(reader, batch, { starts });
  assert.throws(told([0, 1]), /a start for each of 3 passages, got 2/);
  assert.throws(told([0, 4, 0]), /start of passage 1 is 4: expected 0 for no answer, or a word from 1 to 3/);
  assert.throws(() => make({ end: 'both' as never }), /end must be one of question, start, none, got "both"/);
  assert.throws(
    () => make({ reading: 'loud' as never }),
    /passage reader: reading must be one of soft, sparsemax/,
  );
  assert.throws(() => make({ dropout: 1 }), /dropout must be in \[0, 1\), got 1/);
  assert.throws(() => make({ cell: 'lst' as never }), /Unknown cell "lst"/);
  assert.equal(tf.memory().numTensors, before);
});
