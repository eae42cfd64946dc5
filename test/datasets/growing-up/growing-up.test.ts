import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Split } from '../../../lib/src/tasks/calendar.js';
import { loadGrowingUp } from '../../../lib/src/tasks/growing-up.js';
import {
  allFacts,
  allFillers,
  type FrozenGrowingUp,
  placesOf,
  spellFact,
  splitOfSentence,
  wordsOf,
} from '../../../lib/src/tasks/growing-up-grammar.js';

const folder = new URL('../../../datasets/growing-up/', import.meta.url);
const text = readFileSync(new URL('growing-up.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text) as FrozenGrowingUp;
const growingUp = loadGrowingUp(frozen);
const splits: readonly Split[] = ['train', 'validation', 'test'];

test('the file has the hash that SHA256SUMS and the card give', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  growing-up.json\n`);
  assert.ok(card.includes(hash));
});

test('all sentences have the frozen hash and the sizes of the card; none is spelt in two ways', () => {
  const fillers = [...allFillers(frozen)];
  const short = [...allFacts(frozen)].map(spellFact);
  assert.equal(new Set([...fillers, ...short]).size, fillers.length + short.length);
  const sha256 = createHash('sha256')
    .update(`${fillers.join('\n')}\n${short.join('\n')}\n`)
    .digest('hex');
  const count = (sentences: string[]) => {
    const counts: Record<Split, number> = { train: 0, validation: 0, test: 0 };
    for (const sentence of sentences) counts[splitOfSentence(sentence)]++;
    return counts;
  };
  assert.deepEqual({ fillers: count(fillers), short: count(short), sha256 }, frozen.sentences);
  assert.ok(card.includes(sha256));
  for (const counts of [frozen.sentences.fillers, frozen.sentences.short]) {
    assert.ok(
      card.includes(splits.map((split) => `${split} ${counts[split].toLocaleString('en')}`).join(', ')),
    );
  }
  assert.ok(card.includes(`| ${fillers.length.toLocaleString('en')}: train`));
  assert.ok(card.includes(`| ${growingUp.vocabulary.size - 4} words`));
});

test('every word is trained on, and no filler names a country or a language', () => {
  const trained = new Set<string>();
  for (const sentence of allFillers(frozen)) {
    const words = wordsOf(sentence);
    for (const { country, language } of frozen.countries) {
      assert.ok(!words.includes(country) && !words.includes(language), sentence);
    }
    if (splitOfSentence(sentence) === 'train') for (const word of words) trained.add(word);
  }
  for (const fact of allFacts(frozen)) {
    const sentence = spellFact(fact);
    if (splitOfSentence(sentence) === 'train') for (const word of wordsOf(sentence)) trained.add(word);
  }
  for (const template of [...frozen.long.near, ...frozen.long.openings, ...frozen.long.endings]) {
    for (const word of wordsOf(template)) trained.add(word);
  }
  for (const { country, language } of frozen.countries) trained.add(country).add(language);
  const missing = growingUp.vocabulary.tokens.slice(4).filter((token) => !trained.has(token));
  assert.deepEqual(missing, []);
});

test('at least 24 countries with languages of their own', () => {
  const { countries, languages, chance } = growingUp;
  assert.ok(countries.length >= 24);
  assert.equal(new Set([...countries, ...languages]).size, 2 * countries.length);
  assert.equal(chance, 1 / countries.length);
});

test('fillers of 2 and 3 words exist in every split: from them every longer stretch can be made', () => {
  const lengths = Object.fromEntries(splits.map((split) => [split, new Set<number>()]));
  for (const sentence of allFillers(frozen)) {
    lengths[splitOfSentence(sentence)]!.add(wordsOf(sentence).length);
  }
  const wanted = new Set(frozen.fillers.templates.map((t) => placesOf(t, frozen.fillers.slots).length));
  assert.ok(wanted.has(2) && wanted.has(3));
  for (const split of splits) assert.deepEqual([...lengths[split]!].sort(), [...wanted].sort());
});
