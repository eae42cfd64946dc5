import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom, type FrozenPhrases, loadPhrases } from 'heed';
import { splitOfCombination } from '../../../lib/src/tasks/phrases.js';
import { allCombinations } from '../../../lib/src/tasks/phrases-combinations.js';

const folder = new URL('../../../datasets/phrases/', import.meta.url);
const text = readFileSync(new URL('phrases.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text) as FrozenPhrases;
const phrases = loadPhrases(frozen);
const splits = ['train', 'validation', 'test'] as const;
const spaced = (count: number) => count.toLocaleString('en');

test('the file has the hash that SHA256SUMS and the card give', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  phrases.json\n`);
  assert.ok(card.includes(hash));
});

test('phrases are spelt as when they were frozen', () => {
  const lines = splits.flatMap((split) =>
    phrases
      .sample(createRandom(split), frozen.sample.count / 3, { split })
      .map(({ source, target, meaning }) => {
        const german = phrases.pair(meaning, 'english', 'german').target;
        return `${[source, target, german].map((words) => words.join(' ')).join('\t')}\n`;
      }),
  );
  assert.equal(createHash('sha256').update(lines.join('')).digest('hex'), frozen.sample.sha256);
  assert.ok(card.includes(frozen.sample.sha256));
});

test('combinations: each once, as many in each split as the file and the card say', () => {
  const all = [...allCombinations(frozen)];
  assert.equal(new Set(all).size, all.length);
  const count = (split: string) => all.filter((one) => splitOfCombination(one) === split).length;
  assert.deepEqual(Object.fromEntries(splits.map((split) => [split, count(split)])), frozen.combinations);
  assert.ok(
    card.includes(splits.map((split) => `${split} ${spaced(frozen.combinations[split])}`).join(', ')),
  );
  assert.ok(card.includes(`English ${frozen.vocabulary.english}, French ${frozen.vocabulary.french}`));
  assert.ok(card.includes(`German ${frozen.vocabulary.german}`));
});

test('phrases of two words: counted by hand from the lexicon, and none beyond is ever drawn', () => {
  // A noun with one of 7 determiners (4 singular, 3 plural) or one of the 26 numbers of one word: 24 x 33. He or she with one of
  // 5 verbs that need nothing, present or past: 20.
  const determiners = frozen.nouns.length * 7;
  const numbers = frozen.nouns.length * 26;
  const free = frozen.verbs.filter(({ objects, that }) => !objects && !that).length;
  assert.equal(determiners + numbers + 2 * 2 * free, 812);
  const drawn = (split: (typeof splits)[number]) =>
    new Set(
      phrases
        .sample(createRandom(1), 20_000, { split, lengths: [2, 2] })
        .map(({ source }) => source.join(' ')),
    ).size;
  const sizes = splits.map(drawn);
  assert.equal(
    sizes.reduce((a, b) => a + b, 0),
    812,
  );
  assert.ok(
    card.includes(`812 of two words (${splits.map((split, n) => `${split} ${sizes[n]}`).join(', ')})`),
  );
});

test('the lexicon is what the grammar takes for granted', () => {
  for (const { french, german } of frozen.nouns) {
    // The accusative and dative singular are spelt as the nominative, so no noun may be weak: those have a genitive in -n.
    if (german.gender !== 'f') assert.match(german.genitive, /s$/);
    else assert.equal(german.genitive, german.singular);
    assert.match(german.dativePlural, /n$/);
    assert.match(german.singular, /^\p{Lu}/u);
    assert.equal(french.elides, /^[aeiouéêh]/.test(french.forms[0]));
  }
  // Adjectives before the noun begin with a consonant: the article before them is never shortened.
  for (const { french, place } of frozen.adjectives)
    if (place === 'before') for (const form of french.forms) assert.match(form, /^[^aeiouéêh]/);
  // A present in German that ends the sentence carries its particle.
  for (const { german } of frozen.verbs)
    if (german.particle) assert.ok(german.infinitive.startsWith(german.particle));
});
