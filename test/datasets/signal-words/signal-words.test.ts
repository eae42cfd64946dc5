import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Split } from '../../../lib/src/tasks/calendar.js';
import { wordsOf } from '../../../lib/src/tasks/growing-up-grammar.js';
import { loadSignalWords } from '../../../lib/src/tasks/signal-words.js';
import type { FrozenSignalWords } from '../../../lib/src/tasks/signal-words-grammar.js';

const folder = new URL('../../../datasets/signal-words/', import.meta.url);
const text = readFileSync(new URL('signal-words.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text) as FrozenSignalWords;
const task = loadSignalWords(frozen);

test('the file has the hash that SHA256SUMS and the card give, the sample the one of the file', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  signal-words.json\n`);
  assert.ok(card.includes(hash));
  const texts = [
    ...task.fixedSet(1500, { split: 'test' }),
    ...task.fixedSet(1500, { split: 'test', counts: 'marked' }),
  ];
  const lines = texts.map(({ words, label, deciding, decoys }) =>
    [task.classes[label], deciding.join(), decoys.join(), words.join(' ')].join('\t'),
  );
  const sha256 = createHash('sha256')
    .update(`${lines.join('\n')}\n`)
    .digest('hex');
  assert.deepEqual({ texts: texts.length, sha256 }, frozen.sample);
  assert.ok(card.includes(sha256));
});

test('600 fillers, five topics of eight signal words, and no word in two of them', () => {
  const fillers = new Set([
    ...Object.values(frozen.slots).flat(),
    ...frozen.templates.flatMap(wordsOf).filter((word) => !word.startsWith('{')),
    ...frozen.joints.flatMap(wordsOf),
  ]);
  assert.equal(fillers.size, 600);
  const signals = Object.values(frozen.topics).flat();
  assert.deepEqual(
    Object.values(frozen.topics).map(({ length }) => length),
    [8, 8, 8, 8, 8],
  );
  assert.equal(new Set([...fillers, ...signals, frozen.marker]).size, 600 + 40 + 1);
  for (const words of Object.values(frozen.slots)) assert.equal(new Set(words).size, words.length);
});

test('every word of the vocabulary comes in every split', () => {
  for (const split of ['train', 'validation', 'test'] satisfies Split[]) {
    const seen = new Set(
      task.fixedSet(6000, { split, counts: 'marked', length: 60 }).flatMap(({ words }) => words),
    );
    assert.deepEqual(
      task.vocabulary.tokens.slice(4).filter((word) => !seen.has(word)),
      [],
    );
  }
});
