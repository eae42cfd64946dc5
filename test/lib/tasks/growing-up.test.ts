import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom, LONGEST_GAP, loadGrowingUp, SHORTEST_GAP, splitOfGap } from 'heed';
import { type FrozenGrowingUp, splitOfSentence } from '../../../lib/src/tasks/growing-up-grammar.js';

const file = new URL('../../../datasets/growing-up/growing-up.json', import.meta.url);
const frozen = JSON.parse(readFileSync(file, 'utf8')) as FrozenGrowingUp;
const task = loadGrowingUp(frozen);
const splits = ['train', 'validation', 'test'] as const;

test('every gap is made, in every split, with the country and its language that far apart', () => {
  for (const split of splits) {
    const random = createRandom(split);
    for (let gap = SHORTEST_GAP; gap <= LONGEST_GAP; gap++) {
      for (let n = 0; n < 30; n++) {
        const { words, cue, answer, gap: said } = task.sentence(random, { kind: 'long', gap, split });
        assert.equal(said, gap);
        assert.equal(answer - cue - 1, gap);
        assert.equal(task.languageOf(words[cue]!), words[answer]);
        assert.equal(words[words.length - 1], '.');
        assert.equal(words.filter((word) => task.countries.includes(word)).length, 1);
        assert.equal(words.filter((word) => task.languages.includes(word)).length, 1);
      }
    }
  }
});

test('the fillers between belong to the split that was asked for', () => {
  for (const split of splits) {
    const random = createRandom(0);
    for (let n = 0; n < 200; n++) {
      const { words, cue, answer } = task.sentence(random, { kind: 'long', gap: 40, split });
      // From the word after the opening's full stop on, sentence by sentence; the last is the ending.
      const sentences = words
        .slice(cue + 2, answer)
        .join(' ')
        .split(/(?<=\.) /);
      assert.ok(sentences.length > 2);
      for (const sentence of sentences.slice(0, -1)) assert.equal(splitOfSentence(sentence), split, sentence);
    }
  }
});

test('short sentences ask for an attribute one word after a value that is true of the thing', () => {
  const seen = new Set<string>();
  for (const split of splits) {
    const random = createRandom(3);
    for (let n = 0; n < 300; n++) {
      const { words, cue, answer, gap } = task.sentence(random, { kind: 'short', split });
      assert.equal(gap, 1);
      assert.equal(splitOfSentence(words.join(' ')), split);
      const attribute = words[answer]!;
      const thing = words.find((word) => frozen.short.things[word] !== undefined)!;
      assert.ok(frozen.short.things[thing]![attribute]!.includes(words[cue]!), words.join(' '));
      seen.add(attribute);
    }
  }
  assert.deepEqual([...seen].sort(), [...task.attributes].sort());
});

test('training never sees a held-out gap, and sees every other', () => {
  const gaps = new Map<number, number>();
  for (const { kind, gap } of task.sample(createRandom(1), 8000)) {
    if (kind === 'long') gaps.set(gap, (gaps.get(gap) ?? 0) + 1);
  }
  assert.deepEqual(
    [...gaps.keys()].sort((a, b) => a - b),
    task.gaps.train,
  );
  for (const gap of gaps.keys()) assert.equal(splitOfGap(gap), 'train');
  const all = [...gaps.values()].reduce((sum, count) => sum + count, 0);
  // 6,000 draws at 0.75 and 0.3: five standard deviations are 0.024 and 0.03.
  assert.ok(Math.abs(all / 8000 - 0.75) < 0.024);
  assert.ok(Math.abs(gaps.get(2)! / all - 0.3) < 0.03);
  assert.deepEqual(task.gaps.validation, [15, 25, 35, 45]);
  assert.ok([20, 30, 40, 51, 70].every((gap) => task.gaps.test.includes(gap)));
});

test('balanced sentences name each country equally often', () => {
  const sentences = task.balanced(createRandom(2), 48, { gap: 12, split: 'test' });
  const counts = new Map<string, number>();
  for (const { words, cue } of sentences) counts.set(words[cue]!, (counts.get(words[cue]!) ?? 0) + 1);
  assert.deepEqual(new Set(counts.values()), new Set([2]));
  assert.throws(() => task.balanced(createRandom(2), 50, { gap: 12, split: 'test' }), /a multiple of 24/);
});

test('the same stream gives the same sentences, and the vocabulary spells them', () => {
  const make = () => task.sample(createRandom(7), 50);
  assert.deepEqual(make(), make());
  for (const sentence of make()) {
    assert.equal(task.vocabulary.decode(task.encode(sentence)), sentence.words.join(' '));
  }
});

test('what cannot be is refused, with what can be', () => {
  const random = createRandom(0);
  for (const gap of [0, 1, 71, 2.5, Number.NaN]) {
    assert.throws(() => task.sentence(random, { kind: 'long', gap }), /gap of .*: expected .* from 2 to 70/);
  }
  assert.throws(() => task.sentence(random, { kind: 'short', gap: 3 }), /leave gap \(3\) out/);
  assert.throws(() => task.languageOf('atlantis'), /No country "atlantis": there are france/);
  assert.throws(() => loadGrowingUp({ name: 'dates' } as never), /Not the growing-up grammar/);
});
