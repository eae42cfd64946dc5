import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom, type FrozenPassages, loadPassages, passageWords, type Split } from 'heed';
import { passageSolver } from './passages-solver.js';

const frozen = JSON.parse(
  readFileSync(new URL('../../../datasets/passages/passages.json', import.meta.url), 'utf8'),
) as FrozenPassages;
const passages = loadPassages(frozen);
const solve = passageSolver(frozen);
const splits: readonly Split[] = ['train', 'validation', 'test'];

for (const split of splits) {
  test(`${split}: a solver that matches sentences with frames finds every answer, and none where there is none`, () => {
    const asked = passages.sample(createRandom(`solve ${split}`), 400, { split, unanswerable: 0.25 });
    for (const { passage, question, answer, sentences, from } of asked) {
      const solved = solve(passage, question);
      const expected = answer === null ? [] : [passage.slice(...answer).join(' ')];
      assert.deepEqual([...new Set(solved)], expected, `${passage.join(' ')} ${question.join(' ')}`);
      assert.equal(answer === null, from === null);
      if (answer !== null) {
        const [start, end] = sentences[from!]!;
        assert.ok(answer[0] >= start && answer[1] < end, 'inside its sentence, before the full stop');
      }
    }
    const share = asked.filter(({ answer }) => answer === null).length / asked.length;
    assert.ok(Math.abs(share - 0.25) < 0.1, `unanswerable ${share}`);
  });
}

test('sentences cover the passage, and each ends in a full stop', () => {
  for (const { passage, sentences } of passages.sample(createRandom(1), 100, { sentences: [1, 4] })) {
    assert.equal(sentences[0]![0], 0);
    assert.equal(sentences.at(-1)![1], passage.length);
    for (const [n, [start, end]] of sentences.entries()) {
      if (n > 0) assert.equal(start, sentences[n - 1]![1]);
      assert.equal(passage[end - 1], '.');
      assert.ok(!passage.slice(start, end - 1).includes('.'));
    }
  }
});

test('the head and tail of the first passage of the course never meet in training', () => {
  const held = /, providing a (\w+ ?)+ which is called the/;
  const seen = (split: Split) =>
    passages.sample(createRandom(2), 2000, { split }).filter(({ passage }) =>
      passage
        .join(' ')
        .split(' . ')
        .some((sentence) => held.test(sentence) && / may use a /.test(sentence)),
    ).length;
  assert.equal(seen('train'), 0);
  assert.ok(seen('test') > 0);
});

test('a seed gives the same passages, whatever is drawn beside', () => {
  const [first, second] = [1, 1].map((seed) => passages.sample(createRandom(seed), 5, { split: 'test' }));
  assert.deepEqual(first, second);
});

test('a text becomes words and signs', () => {
  assert.deepEqual(passageWords('Teachers, like others, teach.'), [
    'teachers',
    ',',
    'like',
    'others',
    ',',
    'teach',
    '.',
  ]);
});

test('what cannot be drawn is an error', () => {
  const random = createRandom(0);
  assert.throws(
    () => loadPassages({ ...frozen, version: 2 }),
    /Not the passages grammar.*version 1, got "passages", 2/,
  );
  assert.throws(() => passages.sample(random, 0), /sample of 0 passages/);
  assert.throws(() => passages.sample(random, 1, { sentences: [2, 9] }), /\[2,9\] sentences: expected/);
  assert.throws(() => passages.sample(random, 1, { unanswerable: 2 }), /share of 2/);
  assert.throws(() => passages.sample(random, 1, { split: 'x' as Split }), /No split "x"/);
});
