import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  answerStories,
  createRandom,
  initMemoryReader,
  type MemoryReader,
  memoryReaderLoss,
  positionWeights,
  readMemory,
  type StoryToRead,
  storyWords,
} from 'heed';
import { assertClose, onEngines } from '../support/engines.js';
import { reader, stories, words } from './memory-stories.js';

onEngines('one hop by hand: scores 0 and ln 3 give weights 1/4 and 3/4, and the answer their mixture', () => {
  const made = reader({ units: 2, hops: 1, score: 'dot', time: 'none', order: 'none' });
  const { vocabulary } = words;
  const table = new Float32Array(vocabulary.size * 2);
  const set = (word: string, vector: number[]) => table.set(vector, vocabulary.idOf(word) * 2);
  set('where', [1, 0]); // the question
  set('anna', [0, 5]);
  set('bert', [Math.log(3), -2]);
  made.params.words.table.assign(tf.tensor2d(table, [vocabulary.size, 2]));
  made.params.hops[0]!.value.assign(
    tf.tensor2d([
      [1, 0],
      [0, 2],
    ]),
  ); // doubles the second number
  // Of [u; o]: the first answer sees u, the others what was found.
  made.params.answer.kernel.assign(
    tf.tensor2d([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]),
  );
  const { logits, alphas } = readMemory(made, [{ sentences: ['anna', 'bert'], question: 'where' }]);
  assertClose(alphas[0]!, [0.25, 0.75], 1e-6);
  const mixed = [0.75 * Math.log(3), 2 * (0.25 * 5 - 0.75 * 2)];
  assertClose(logits, [1 + mixed[0]!, mixed[0]!, mixed[1]!], 1e-5);
});

test('position weights: the corners of the formula, and their mean', () => {
  // J = 2 words, d = 2 numbers: l = (1 - j/2) - (k/2) (1 - j), j and k from 1.
  assertClose(positionWeights(2, 2), [0.5, 0.5, 0.5, 1], 1e-7);
  assertClose(positionWeights(1, 4), [0.25, 0.5, 0.75, 1], 1e-7);
});

onEngines('all hops agree with loops over plain numbers, alone and beside a longer story', () => {
  for (const config of [{}, { score: 'dot' }, { time: 'none', order: 'none', hops: 3 }] as const) {
    const made = reader(config);
    const before = tf.memory().numTensors;
    const readings = answerStories(made, stories);
    assert.equal(tf.memory().numTensors, before);
    stories.forEach((story, n) => {
      const expected = bruteForce(made, story);
      assertClose(readings[n]!.probabilities, expected.probabilities, 1e-5, `answers of ${n}`);
      assertClose(readings[n]!.alphas.flat(), expected.alphas.flat(), 1e-5, `alphas of ${n}`);
      assert.equal(
        readings[n]!.answer,
        words.answers[expected.probabilities.indexOf(Math.max(...expected.probabilities))],
      );
      assert.deepEqual(
        answerStories(made, [story])[0]!.alphas.map((alpha) => alpha.length),
        made.params.hops.map(() => story.sentences.length),
      );
    });
    const { alphas } = readMemory(made, stories);
    for (const alpha of alphas)
      assert.deepEqual([...alpha.dataSync().slice(4)], [0, 0], 'padding gets exactly 0');
  }
});

/** Sukhbaatar et al. 2015 with the additive score, written down once more for one story. */
function bruteForce({ params, config, vocabulary }: MemoryReader, { sentences, question }: StoryToRead) {
  const { units } = config;
  const matrix = (tensor: tf.Tensor) => tensor.arraySync() as number[][];
  const table = matrix(params.words.table);
  const bag = (text: string) => {
    const ids = storyWords(text).map((word) => vocabulary.idOf(word));
    return Array.from({ length: units }, (_, k) =>
      ids.reduce((sum, id, j) => {
        const [J, place, share] = [ids.length, j + 1, (k + 1) / units];
        const weight = config.order === 'none' ? 1 : 1 - place / J - share * (1 - (2 * place) / J);
        return sum + weight * table[id]![k]!;
      }, 0),
    );
  };
  const times = params.time && matrix(params.time.table);
  const memories = sentences.map((sentence, i) => {
    const time = times?.[Math.min(sentences.length - 1 - i, config.times - 1)];
    return bag(sentence).map((value, k) => value + (time?.[k] ?? 0));
  });
  const times_ = (vector: number[], kernel: number[][]) =>
    kernel[0]!.map((_, column) => vector.reduce((sum, value, row) => sum + value * kernel[row]![column]!, 0));
  const softmax = (scores: number[]) => {
    const raised = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const total = raised.reduce((a, b) => a + b);
    return raised.map((value) => value / total);
  };
  let asked = bag(question);
  let found = asked;
  const alphas = params.hops.map(({ score, value }) => {
    const alpha = softmax(
      memories.map((memory) => {
        if (!score) return asked.reduce((sum, u, k) => sum + u * memory[k]!, 0);
        const [query, key, vector] = [
          matrix(score.queryKernel),
          matrix(score.keyKernel),
          score.vector.arraySync(),
        ];
        const [a, b] = [times_(asked, query), times_(memory, key)];
        return vector.reduce((sum, v, k) => sum + v * Math.tanh(a[k]! + b[k]!), 0);
      }),
    );
    const mixed = Array.from({ length: units }, (_, k) =>
      memories.reduce((sum, memory, i) => sum + alpha[i]! * memory[k]!, 0),
    );
    found = times_(mixed, matrix(value));
    asked = asked.map((u, k) => u + found[k]!);
    return alpha;
  });
  const bias = params.answer.bias.arraySync();
  const logits = times_([...asked, ...found], matrix(params.answer.kernel)).map(
    (logit, n) => logit + bias[n]!,
  );
  return { alphas, probabilities: softmax(logits) };
}

onEngines(
  'without times a story is a set: other orders give the same answer and alpha in their order',
  () => {
    const [story] = stories;
    const order = [2, 0, 1];
    const turned = { ...story!, sentences: order.map((i) => story!.sentences[i]!) };
    const set = reader({ time: 'none', hops: 3 });
    const [first, second] = answerStories(set, [story!, turned]);
    assertClose(second!.probabilities, first!.probabilities, 1e-5);
    second!.alphas.forEach((alpha, hop) => {
      assertClose(
        alpha,
        order.map((i) => first!.alphas[hop]![i]!),
        1e-5,
      );
    });
    const timed = reader({ time: 'end', hops: 3 });
    const [one, other] = answerStories(timed, [story!, turned]);
    const moved = other!.probabilities.some((value, n) => Math.abs(value - one!.probabilities[n]!) > 1e-4);
    assert.ok(moved, 'with times the order counts');
  },
);

onEngines('what if: alpha overwritten is what is mixed, in its hop and its story alone', () => {
  const made = reader({ hops: 2, time: 'none' });
  const plain = answerStories(made, stories);
  const forced = answerStories(made, stories, {
    overwrite: (hop, row) => (hop === 0 && row === 0 ? [0, 1] : undefined),
  });
  assert.deepEqual(forced[0]!.alphas[0], [0, 1, 0]);
  assert.deepEqual(forced[1], plain[1]);
  // All attention on one sentence is a story of that sentence.
  const everywhere = answerStories(made, [stories[0]!], { overwrite: () => [0, 1, 0] });
  const alone = answerStories(made, [{ ...stories[0]!, sentences: [stories[0]!.sentences[1]!] }]);
  assertClose(everywhere[0]!.probabilities, alone[0]!.probabilities, 1e-5);
  // Rows are counted over all stories, however they are batched.
  const single = answerStories(made, stories, {
    batch: 1,
    overwrite: (_, row) => (row === 1 ? [1] : undefined),
  });
  assertClose(single[0]!.probabilities, plain[0]!.probabilities, 1e-5);
  assert.throws(
    () => answerStories(made, stories, { overwrite: (_, row) => (row === 1 ? [0, 1] : undefined) }),
    /row 1: position 1 is padding/,
  );
  assert.throws(() => answerStories(made, stories, { overwrite: () => [0.5] }), /sum to 1/);
});

onEngines('bad input is named, and leaves no tensor behind', () => {
  const made = reader();
  const before = tf.memory().numTensors;
  const [story] = stories;
  assert.throws(
    () => answerStories(made, [{ sentences: [], question: 'Where is Anna?' }]),
    /Story 0 has no sentence.*"Where is Anna\?"/,
  );
  assert.throws(
    () => answerStories(made, [{ ...story!, question: 'Where is grandma today?' }]),
    /does not know "grandma", "today" in the question of story 0.*unknown: 'id'/,
  );
  assert.throws(
    () => answerStories(made, [{ ...story!, sentences: ['Zoe went to the roof.'] }]),
    /"zoe" in sentence 0 of story 0/,
  );
  assert.throws(
    () => answerStories(made, [{ ...story!, question: '?' }]),
    /no word in the question of story 0/,
  );
  assert.throws(
    () => memoryReaderLoss(made, [{ ...story!, answer: 'moon' }]),
    /"moon", none of the reader's 3 answers/,
  );
  assert.throws(() => memoryReaderLoss(made, []), /no story to read/);
  const asked = answerStories(made, [{ ...story!, question: 'Where is grandma?' }], { unknown: 'id' });
  assert.equal(asked.length, 1);
  assert.deepEqual(answerStories(made, []), []);
  assert.equal(tf.memory().numTensors, before);
  assert.throws(() => reader({ hops: 0 }), /hops must be an integer of at least 1/);
  assert.throws(() => reader({ dropout: 1 }), /dropout/);
  assert.throws(
    () => initMemoryReader(createRandom(0), { ...words, answers: ['yes'] }),
    /at least two answers/,
  );
});
