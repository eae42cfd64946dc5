import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  type AnsweredPassage,
  createRandom,
  disposeParams,
  findSpans,
  initSpanReader,
  loadSpanReader,
  type Reading,
  type SpanReader,
  saveSpanReader,
  spanReaderLoss,
  train,
  useBackend,
} from 'heed';

before(() => useBackend());

const readings: readonly Reading[] = ['soft', 'sparsemax', 'hard'];
const make = (config: Partial<SpanReader['config']> = {}) =>
  initSpanReader(createRandom(1), { vocab: 20, embedding: 8, units: 6, attention: 5, ...config });
const batch: AnsweredPassage[] = [
  { passage: [5, 6, 7, 8, 9, 10], question: [11, 12], first: 1, last: 3 },
  { passage: [9, 8, 7], question: [13], first: 2, last: 2 },
  { passage: [4, 5, 6, 5], question: [12, 11, 4], first: 0, last: 3 },
];
const near = (a: number, b: number, by = 1e-5) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);
const lossOf = (reader: SpanReader, examples: readonly AnsweredPassage[]) =>
  tf.tidy(() => spanReaderLoss(reader, examples).dataSync()[0]!);

test('the loss of a soft reader is that of the distributions that it finds spans with', () => {
  const reader = make();
  const found = findSpans(reader, batch);
  const expected = found.map(
    ({ start, end }, row) => -Math.log(start[batch[row]!.first]!) - Math.log(end[batch[row]!.last]!),
  );
  near(lossOf(reader, batch), expected.reduce((a, b) => a + b) / batch.length);
  disposeParams(reader.params);
});

test('a hard reader that chooses the true start has the loss of its own distributions', () => {
  const reader = make({ reading: 'hard' });
  for (const [row, { start, end, first }] of findSpans(reader, batch).entries()) {
    const example = { ...batch[row]!, first, last: first };
    near(lossOf(reader, [example]), -Math.log(start[first]!) - Math.log(end[first]!));
  }
  disposeParams(reader.params);
});

test("sparsemax's loss is never below 0, 0 where it is sure and right, and its gradient is alpha - one-hot", () => {
  const reader = make({ reading: 'sparsemax', answer: 'one word' });
  const one = batch.map((example) => ({ ...example, last: example.first }));
  assert.ok(lossOf(reader, one) > 0);
  // The start's scores grow with their vector, so that the likeliest place gets all the weight.
  tf.tidy(() => reader.params.start.vector.assign(tf.mul(reader.params.start.vector, 1000)));
  const sure = findSpans(reader, one);
  sure.forEach(({ start, first }) => void near(start[first]!, 1));
  near(
    lossOf(
      reader,
      one.map((example, row) => ({ ...example, first: sure[row]!.first, last: sure[row]!.first })),
    ),
    0,
    1e-3,
  );
  disposeParams(reader.params);

  // d loss / d vector against central differences.
  const small = make({ reading: 'sparsemax', answer: 'one word' });
  const { vector } = small.params.start;
  const gradient = tf.tidy(() => {
    const { grads } = tf.variableGrads(() => spanReaderLoss(small, one), [vector]);
    return Object.values(grads)[0]!.dataSync().slice();
  });
  const start = vector.dataSync().slice() as Float32Array;
  const by = 1e-2;
  start.forEach((value, i) => {
    const at = (moved: number) => {
      tf.tidy(() => vector.assign(tf.tensor1d(start.map((v, j) => (j === i ? moved : v)))));
      return lossOf(small, one);
    };
    near(gradient[i]!, (at(value + by) - at(value - by)) / (2 * by), 2e-3);
  });
  disposeParams(small.params);
});

test('a passage is read alike alone and beside longer ones; weights sum to 1', () => {
  for (const reading of readings) {
    const reader = make({ reading });
    for (const [row, together] of findSpans(reader, batch).entries()) {
      const [alone] = findSpans(reader, [batch[row]!]);
      assert.equal(together.start.length, batch[row]!.passage.length);
      for (const side of ['start', 'end'] as const) {
        together[side].forEach((weight, at) => void near(weight, alone![side][at]!));
        near(
          together[side].reduce((a, b) => a + b, 0),
          1,
        );
      }
    }
    disposeParams(reader.params);
  }
});

test('the span is the best pair in order and in reach, by brute force', () => {
  for (const longest of [1, 2, 30]) {
    const soft = make();
    for (const { first, last, weight, start, end } of findSpans(soft, batch, { longest })) {
      assert.ok(last >= first && last - first < longest);
      for (let a = 0; a < start.length; a++)
        for (let b = a; b < Math.min(start.length, a + longest); b++)
          assert.ok(start[a]! * end[b]! <= weight);
      assert.equal(weight, start[first]! * end[last]!);
    }
    const hard = make({ reading: 'hard' });
    for (const { first, last, start, end } of findSpans(hard, batch, { longest })) {
      assert.equal(first, start.indexOf(Math.max(...start)));
      const reach = [...end.slice(first, first + longest)];
      assert.equal(last - first, reach.indexOf(Math.max(...reach)));
    }
    disposeParams([soft.params, hard.params]);
  }
});

for (const reading of readings) {
  test(`learns to find what is asked for: ${reading}`, async () => {
    // Words 10 to 19 are fillers; 4, 5 and 6 open a span that the filler 19 ends. The question names the word that opens it.
    const example = (stream = createRandom(0)): AnsweredPassage => {
      const passage = Array.from({ length: 12 }, () => 10 + stream.integer(9));
      const [a, b] = [stream.integer(4), 6 + stream.integer(3)];
      const [asked, other] = stream.shuffle([4, 5, 6]);
      const places = stream.shuffle([a, b]);
      passage[places[0]!] = asked!;
      passage[places[1]!] = other!;
      const last = places[0]! + 1 + stream.integer(2);
      passage[last] = 19;
      return { passage, question: [asked!], first: places[0]!, last };
    };
    const data = createRandom(reading);
    const reader = initSpanReader(createRandom(2), {
      vocab: 20,
      embedding: 16,
      units: 16,
      attention: 16,
      reading,
    });
    const tensors = new Map<number, number>();
    await train({
      params: reader.params,
      batches: () => Array.from({ length: 32 }, () => example(data)),
      loss: (examples) => spanReaderLoss(reader, examples),
      steps: 150,
      learningRate: 1e-2,
      clipNorm: 1,
      onStep: ({ step }) => void tensors.set(step, tf.memory().numTensors),
    });
    assert.equal(tensors.get(140), tensors.get(10));
    const unseen = Array.from({ length: 100 }, () => example(data));
    const before = tf.memory().numTensors;
    const right = findSpans(reader, unseen).filter(
      ({ first, last }, i) => first === unseen[i]!.first && last === unseen[i]!.last,
    );
    assert.equal(tf.memory().numTensors, before);
    assert.ok(right.length >= 90, `${right.length} of 100`);
    disposeParams(reader.params);
  });
}

test('saved and loaded: the same spans; another vocabulary is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heed-'));
  try {
    const path = join(folder, 'spans.safetensors');
    for (const answer of ['one word', 'words'] as const) {
      const reader = make({ answer });
      await saveSpanReader(path, reader);
      const loaded = await loadSpanReader(path, { vocab: 20 });
      assert.deepEqual(findSpans(loaded.reader, batch), findSpans(reader, batch));
      await assert.rejects(loadSpanReader(path, { vocab: 21 }), /with vocab 21, got 20/);
      disposeParams([reader.params, loaded.reader.params]);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a passage of one word has one span', () => {
  for (const reading of readings) {
    const reader = make({ reading });
    const [found] = findSpans(reader, [{ passage: [4], question: [5] }]);
    assert.deepEqual([found!.first, found!.last], [0, 0]);
    near(lossOf(reader, [{ passage: [4], question: [5], first: 0, last: 0 }]), 0);
    disposeParams(reader.params);
  }
});

test('bad input is refused without leaving tensors', () => {
  const reader = make({ answer: 'one word' });
  const words = make();
  const tensors = tf.memory().numTensors;
  const asked = { passage: [4, 5], question: [6] };
  assert.throws(
    () => spanReaderLoss(words, [{ ...asked, first: 0, last: 2 }]),
    /places 0 to 2, expected places in order inside of its 2 words/,
  );
  assert.throws(() => spanReaderLoss(words, [{ ...asked, first: 1, last: 0 }]), /places 1 to 0/);
  assert.throws(
    () => spanReaderLoss(reader, [{ ...asked, first: 0, last: 1 }]),
    /an answer of 2 words, expected one/,
  );
  assert.throws(() => findSpans(words, [{ passage: [], question: [4] }]), /Sequence 0 is empty/);
  assert.throws(() => findSpans(words, [{ passage: [4], question: [] }]), /Sequence 0 is empty/);
  assert.throws(() => findSpans(words, [{ passage: [20], question: [4] }]), /ids must be in 0 \.\.\. 19/);
  assert.throws(() => findSpans(words, [asked], { longest: 0 }), /longest must be a positive integer/);
  assert.deepEqual(findSpans(words, []), []);
  assert.equal(tf.memory().numTensors, tensors);
  assert.throws(() => make({ answer: 'two' as never }), /answer must be "one word" or "words"/);
  assert.throws(() => make({ dropout: 1 }), /dropout/);
  assert.throws(() => make({ reading: 'loud' as never }), /span reader: reading must be/);
  disposeParams([reader.params, words.params]);
});
