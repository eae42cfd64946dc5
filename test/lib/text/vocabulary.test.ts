import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  createVocabulary,
  END,
  PADDING,
  START,
  UNKNOWN,
  vocabularyCounter,
  vocabularyFrom,
} from '../../../lib/src/text/vocabulary.js';

test('characters: specials first, then code point order', () => {
  const vocabulary = createVocabulary(['cab', 'ж']);
  assert.deepEqual([PADDING, START, END, UNKNOWN], [0, 1, 2, 3]);
  assert.deepEqual(vocabulary.tokens, ['<padding>', '<start>', '<end>', '<unknown>', 'a', 'b', 'c', 'ж']);
  assert.equal(vocabulary.size, 8);
  assert.deepEqual(vocabulary.encode('abc'), [4, 5, 6]);
  assert.deepEqual(vocabulary.encode('c', { start: true, end: true }), [START, 6, END]);
  assert.equal(vocabulary.decode([START, 6, 4, PADDING, END, 5]), 'ca');
});

test('words: by falling count; punctuation apart; decode joins with spaces', () => {
  const vocabulary = createVocabulary(['the cat, the dog', "don't stop, cat-like"], { kind: 'word' });
  assert.deepEqual(vocabulary.tokens.slice(4), [',', 'the', 'cat', 'cat-like', 'dog', "don't", 'stop']);
  assert.deepEqual(vocabulary.tokenise("L'été, 10-year plan!"), ["L'été", ',', '10-year', 'plan', '!']);
  assert.equal(vocabulary.decode(vocabulary.encode('the dog, the cat')), 'the dog , the cat');
});

test('minimumCount and maximumSize keep the most frequent', () => {
  const texts = ['a a a b b c'];
  assert.deepEqual(createVocabulary(texts, { kind: 'word', minimumCount: 2 }).tokens.slice(4), ['a', 'b']);
  assert.deepEqual(createVocabulary(texts, { kind: 'word', maximumSize: 1 }).tokens.slice(4), ['a']);
  assert.throws(
    () => createVocabulary(texts, { kind: 'word', minimumCount: 4 }),
    /No token is left of 3 seen/,
  );
  assert.throws(() => createVocabulary([]), /No token is left/);
});

test('unknown characters are named with their place, or become the unknown id when asked', () => {
  const vocabulary = createVocabulary(['abc ']);
  assert.throws(() => vocabulary.encode('a😀b\u00a0'), {
    name: 'RangeError',
    message: /"😀" \(U\+1F600\) at 1, "\u00a0" \(U\+00A0\) at 3.*\( abc\).*normaliseText/s,
  });
  assert.deepEqual(vocabulary.encode('a😀', { unknown: 'id' }), [5, UNKNOWN]);
});

test('a special typed as text is text', () => {
  const words = createVocabulary(['a <end> b'], { kind: 'word' });
  assert.ok(!words.encode('<end>').includes(END));
  assert.throws(() => createVocabulary(['abc']).encode('<'), /"<" \(U\+003C\) at 0/);
});

test('decoding an id that does not exist is an error', () => {
  const vocabulary = createVocabulary(['ab']);
  for (const id of [6, -1, 0.5, Number.NaN]) assert.throws(() => vocabulary.decode([id]), /from 0 to 5/);
});

test('decode undoes encode, and plain data bring the vocabulary back, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const vocabulary = createVocabulary([text]);
      const copy = vocabularyFrom(JSON.parse(JSON.stringify(vocabulary)));
      assert.equal(copy.decode(vocabulary.encode(text, { start: true, end: true })), text);
      assert.equal(copy.size, new Set(text).size + 4);
    }),
  );
});

test('counts stand beside the tokens, and extra specials have ids that no text gives', () => {
  const vocabulary = createVocabulary(['b a', 'b'], { kind: 'word', specials: ['<de>'] });
  assert.deepEqual(vocabulary.tokens.slice(4), ['<de>', 'b', 'a']);
  assert.deepEqual(vocabulary.counts, [0, 0, 0, 0, 0, 2, 1]);
  assert.equal(vocabulary.idOf('<de>'), 4);
  assert.equal(vocabulary.idOf('<end>'), END);
  assert.throws(() => vocabulary.idOf('c'), /No id for "c" \(U\+0063\)/);
  assert.ok(!vocabulary.encode('<de>', { unknown: 'id' }).includes(4));
  assert.deepEqual(vocabularyFrom(JSON.parse(JSON.stringify(vocabulary))).toJSON(), vocabulary.toJSON());
});

test('texts that come one by one give the vocabulary of all of them', () => {
  const counter = vocabularyCounter({ kind: 'word' });
  for (const text of ['b a', 'b']) counter.add(text);
  assert.deepEqual(counter.vocabulary().toJSON(), createVocabulary(['b a', 'b'], { kind: 'word' }).toJSON());
});

test('code point order puts signs beyond the basic plane last', () => {
  assert.deepEqual(createVocabulary(['😀\uffee\ue000z']).tokens.slice(4), ['z', '\ue000', '\uffee', '😀']);
});

test('what is not a vocabulary is refused', () => {
  const specials = ['<padding>', '<start>', '<end>', '<unknown>'];
  assert.throws(() => vocabularyFrom({ kind: 'character', tokens: ['a'] }), /begin with <padding>/);
  assert.throws(() => vocabularyFrom({ kind: 'byte' as 'word', tokens: specials }), /got kind "byte"/);
  assert.throws(() => vocabularyFrom({ kind: 'word', tokens: [...specials, 'a', 'a'] }), /twice/);
  const data = { kind: 'word', tokens: [...specials, 'a'] } as const;
  assert.throws(() => vocabularyFrom({ ...data, counts: [1, 2] }), /2 counts for 5 tokens/);
  assert.throws(() => vocabularyFrom({ ...data, extraSpecials: 2 }), /2 more specials, expected 0 to 1/);
  assert.throws(() => vocabularyFrom({} as never), /Not a vocabulary/);
});
