import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Language, LONGEST_PHRASE, loadPhrases, SHORTEST_PHRASE } from 'heed';
import { splitOfCombination, splitOfMeaning } from '../../../lib/src/tasks/phrases.js';
import { combinationsOf } from '../../../lib/src/tasks/phrases-meaning.js';
import { share } from '../../../lib/src/tasks/phrases-share.js';
import { frozen } from './phrases-meanings.js';

const phrases = loadPhrases(frozen);
const splits = ['train', 'validation', 'test'] as const;
const pairs: readonly (readonly [Language, Language])[] = phrases.languages.flatMap((from) =>
  phrases.languages.filter((to) => to !== from).map((to) => [from, to] as const),
);

test('in all six directions every word on both sides is aligned, in range, ascending', () => {
  for (const [from, to] of pairs) {
    for (const { source, target, alignment } of phrases.sample(createRandom(1), 150, { from, to })) {
      assert.equal(alignment.length, target.length);
      const used = new Set(alignment.flat());
      for (const places of alignment) {
        assert.ok(places.length > 0, `${source.join(' ')} / ${target.join(' ')}`);
        assert.deepEqual(
          places,
          [...new Set(places)].sort((a, b) => a - b),
        );
        assert.ok(places.every((s) => Number.isInteger(s) && s >= 0 && s < source.length));
      }
      assert.equal(used.size, source.length, `a source word is left over: ${source.join(' ')}`);
    }
  }
});

test('every length is reached, in every split and from every language', () => {
  for (const from of phrases.languages) {
    for (const split of splits) {
      for (let length = SHORTEST_PHRASE; length <= LONGEST_PHRASE; length += from === 'english' ? 1 : 4) {
        const drawn = phrases.sample(createRandom(length), 3, { from, split, lengths: [length, length] });
        assert.deepEqual(
          drawn.map(({ source }) => source.length),
          [length, length, length],
        );
      }
    }
  }
});

test('lengths of a bucket come equally often', () => {
  const counts = new Map<number, number>();
  for (const { source } of phrases.sample(createRandom(2), 3000, { lengths: [6, 10] }))
    counts.set(source.length, (counts.get(source.length) ?? 0) + 1);
  assert.deepEqual(
    [...counts.keys()].sort((a, b) => a - b),
    [6, 7, 8, 9, 10],
  );
  // 600 are expected; five standard deviations are 110.
  for (const count of counts.values()) assert.ok(Math.abs(count - 600) < 110, String(count));
});

test('no held-out combination in training; in the others at least one of their own and none of each other', () => {
  for (const split of splits) {
    for (const { meaning } of phrases.sample(createRandom(split), 800, { split })) {
      const found = new Set(combinationsOf(meaning).map(splitOfCombination));
      assert.ok(found.size > 0);
      assert.deepEqual(
        [...found].filter((one) => one !== 'train' && one !== split),
        [],
      );
      assert.ok(split === 'train' || found.has(split));
      assert.equal(splitOfMeaning(meaning), split);
    }
  }
});

test('no test phrase stands in training, at any length and in any language', () => {
  for (const lengths of [
    [2, 2],
    [3, 3],
    [4, 5],
    [6, 10],
    [11, 30],
  ] as const) {
    const drawn = (split: (typeof splits)[number], count: number) =>
      phrases.sample(createRandom(9), count, { split, lengths }).map(({ meaning }) => meaning);
    const meanings = {
      train: drawn('train', 1500),
      validation: drawn('validation', 300),
      test: drawn('test', 300),
    };
    for (const language of phrases.languages) {
      const to = language === 'english' ? 'french' : 'english';
      const spell = (split: (typeof splits)[number]) =>
        meanings[split].map((meaning) => phrases.pair(meaning, language, to).source.join(' '));
      const trained = new Set(spell('train'));
      for (const text of [...spell('validation'), ...spell('test')]) assert.ok(!trained.has(text), text);
    }
  }
});

test('a phrase means one thing: equal words in one language are equal in the others', () => {
  const meanings = phrases.sample(createRandom(4), 2500, { lengths: [2, 12] }).map(({ meaning }) => meaning);
  const spelt = meanings.map((meaning) => {
    const { source, target } = phrases.pair(meaning, 'english', 'french');
    return [source, target, phrases.pair(meaning, 'english', 'german').target].map((words) =>
      words.join(' '),
    );
  });
  for (const from of [0, 1, 2]) {
    for (const to of [0, 1, 2]) {
      const said = new Map<string, string>();
      for (const texts of spelt) {
        const known = said.get(texts[from]!) ?? texts[to]!;
        assert.equal(texts[to], known, texts[from]);
        said.set(texts[from]!, known);
      }
    }
  }
});

test('the vocabularies hold every word of every split, and training alone shows every word of them', () => {
  const seen = new Set<string>();
  for (const split of splits) {
    for (const { meaning } of phrases.sample(createRandom(5), split === 'train' ? 8000 : 1000, { split })) {
      for (const language of phrases.languages) {
        const { source } = phrases.pair(meaning, language, language === 'english' ? 'german' : 'english');
        if (split === 'train') for (const word of source) seen.add(`${language} ${word}`);
        const text = source.join(' ');
        const vocabulary = phrases.vocabulary(language);
        // It throws where a word is unknown, and decodes to the same words where each is one token.
        assert.equal(vocabulary.decode(vocabulary.encode(text)), text);
      }
    }
  }
  for (const language of phrases.languages) {
    const words = phrases.vocabulary(language).tokens.slice(4);
    assert.equal(words.length, frozen.vocabulary[language]);
    assert.deepEqual(
      words.filter((word) => !seen.has(`${language} ${word}`)),
      [],
    );
  }
});

test('agreement: French articles and participles go with the number of the noun', () => {
  const plural = new Set(['les', 'ces', 'mes', 'des', 'aux']);
  const singular = new Set([
    'le',
    'la',
    'un',
    'une',
    'ce',
    'cet',
    'cette',
    'mon',
    'ma',
    'du',
    'au',
    "d'un",
    "d'une",
  ]);
  const forms = new Map(
    frozen.nouns.flatMap(({ french }) => french.forms.map((form, at) => [form, at] as const)),
  );
  let checked = 0;
  for (const { target } of phrases.sample(createRandom(7), 1200)) {
    target.forEach((word, at) => {
      if (!plural.has(word) && !singular.has(word)) return;
      // vingt et un rois: this un is no article.
      if (target[at - 1] === 'et' && /^(?:vingt|trente|.*ante)$/.test(target[at - 2] ?? '')) return;
      const noun = target.slice(at + 1).find((next) => forms.has(next) || next.includes("'"))!;
      if (noun.includes("'")) return;
      assert.equal(forms.get(noun), plural.has(word) ? 1 : 0, target.join(' '));
      checked++;
    });
  }
  assert.ok(checked > 1000);
});

test('German dependent clauses end in the finite verb', () => {
  const finite = new Set(['hat', 'haben', 'ist', 'sind', 'wird', 'werden', 'ankommt', 'ankommen']);
  for (const { german } of frozen.verbs) for (const form of german.present) finite.add(form);
  let checked = 0;
  for (const { target } of phrases.sample(createRandom(8), 800, { to: 'german' })) {
    const text = target.join(' ');
    // Without a relative clause between, up to the next comma or the end.
    for (const [, inside] of text.matchAll(/(?:weil|während|dass) ([^,]+?)(?: ,|$)/g)) {
      if (/ , d(?:er|ie|as) /.test(text)) continue;
      assert.ok(finite.has(inside!.split(' ').at(-1)!), text);
      checked++;
    }
  }
  assert.ok(checked > 300);
});

test('a fixed set has different phrases and is the same for everybody; sampling follows the stream', () => {
  const texts = (set: ReturnType<typeof phrases.fixedSet>) => set.map(({ source }) => source.join(' '));
  const set = phrases.fixedSet(300, { to: 'german' });
  assert.equal(new Set(texts(set)).size, 300);
  assert.deepEqual(set, loadPhrases(frozen).fixedSet(300, { to: 'german' }));
  assert.deepEqual(texts(phrases.fixedSet(300)), texts(set), 'the same sources for either target');
  for (const { meaning } of set) assert.equal(splitOfMeaning(meaning), 'test');
  const draw = (seed: number) => phrases.sample(createRandom(seed), 30);
  assert.deepEqual(draw(3), draw(3));
  assert.notDeepEqual(draw(3), draw(4));
});

test('shares fill a total within their bounds', () => {
  const parts = [
    { least: 2, most: 5 },
    { least: 3, most: 3 },
    { least: 1, most: 9 },
  ];
  const random = createRandom(0);
  for (let total = 0; total < 20; total++) {
    const shares = share(random, total, parts);
    assert.equal(shares !== undefined, total >= 6 && total <= 17);
    if (!shares) continue;
    assert.equal(
      shares.reduce((a, b) => a + b, 0),
      total,
    );
    shares.forEach((one, at) => {
      assert.ok(one >= parts[at]!.least && one <= parts[at]!.most);
    });
  }
});

test('what cannot be is refused, with what can be', () => {
  const random = createRandom(0);
  const sample = (choice: object) => () => phrases.sample(random, 1, choice);
  for (const lengths of [[1, 5], [2, 31], [5, 4], [2.5, 3], [Number.NaN, 3], [2]])
    assert.throws(sample({ lengths }), /expected \[fewest, most\], whole numbers from 2 to 30/);
  assert.throws(sample({ to: 'latin' }), /No phrases in "latin": there are english, french, german/);
  assert.throws(sample({ from: 'german', to: 'german' }), /from german to german: expected two languages/);
  assert.throws(sample({ split: 'trial' }), /No split "trial": expected train, validation or test/);
  for (const count of [0, -1, 1.5, Number.NaN])
    assert.throws(() => phrases.sample(random, count), /expected a whole number from 1/);
  assert.throws(() => phrases.fixedSet(5000, { lengths: [2, 2] }), /only \d+ different ones/);
  assert.throws(() => phrases.vocabulary('latin' as never), /No phrases in "latin"/);
  assert.throws(() => loadPhrases({ name: 'dates' } as never), /phrases\.json, version 1; got name "dates"/);
});
