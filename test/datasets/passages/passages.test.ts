import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom } from '../../../lib/src/random/random.js';
import type { Split } from '../../../lib/src/tasks/calendar.js';
import { loadPassages } from '../../../lib/src/tasks/passages.js';
import type { FrozenPassages } from '../../../lib/src/tasks/passages-grammar.js';

const folder = new URL('../../../datasets/passages/', import.meta.url);
const text = readFileSync(new URL('passages.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text) as FrozenPassages;
const splits: readonly Split[] = ['train', 'validation', 'test'];

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

test('the file has the hash that SHA256SUMS and the card give', () => {
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${sha256(text)}  passages.json\n`);
  assert.ok(card.includes(sha256(text)));
});

test('the passages that are drawn have the frozen hash', () => {
  const passages = loadPassages(frozen);
  const lines = splits.flatMap((split) =>
    passages
      .sample(createRandom(split), frozen.sample.count, { split, unanswerable: 0.2 })
      .map(({ passage, question, answer }) => `${passage.join(' ')}\t${question.join(' ')}\t${answer}\n`),
  );
  assert.equal(sha256(lines.join('')), frozen.sample.sha256);
  assert.ok(card.includes(frozen.sample.sha256));
});

test('no word of the test passages fills a frame in training, nor of the validation passages in the test', () => {
  const small = new Set(['a', 'the', 'of', 'their']);
  const fillers = (split: Split) =>
    new Set(
      Object.values(frozen.slots[split])
        .flat()
        .flatMap((words) => words.split(' '))
        .filter((word) => !small.has(word)),
    );
  const test = fillers('test');
  for (const other of ['train', 'validation'] as const)
    assert.deepEqual(
      [...fillers(other)].filter((word) => test.has(word)),
      [],
      other,
    );
  const { vocabulary } = loadPassages(frozen);
  for (const split of splits)
    assert.deepEqual(
      [...fillers(split)].filter((word) => vocabulary.tokens.includes(word)),
      [],
      split,
    );
  for (const word of ['teachers', 'course', 'study', 'curriculum', 'professionals', 'facilitate', 'qualify'])
    assert.ok(test.has(word), word);
});

test('every slot has enough words for a passage and one more question', () => {
  for (const split of splits)
    for (const [slot, words] of Object.entries(frozen.slots[split]))
      assert.ok(new Set(words).size >= 5, `${split} ${slot}`);
});
