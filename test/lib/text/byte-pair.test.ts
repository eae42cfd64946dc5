import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bytePairFrom,
  createBytePair,
  createRandom,
  END,
  PADDING,
  START,
  tokeniserFrom,
  UNKNOWN,
} from 'heed';
import { learnMerges, type Merge, mergeSymbols, symbolsOf } from '../../../lib/src/text/byte-pair-merges.js';
import { compareText } from '../../../lib/src/text/tokeniser.js';

interface Case {
  readonly text: readonly string[];
  readonly merges: readonly Merge[];
  readonly segmented: readonly (readonly [string, readonly string[]])[];
}

// Made by make-byte-pair-case.py with the authors' own program.
const program: Case = JSON.parse(readFileSync(new URL('./byte-pair-case.json', import.meta.url), 'utf8'));

test("merges and segmentation are those of the authors' program", () => {
  const bpe = createBytePair(program.text, { merges: 150, split: 'spaces' });
  assert.deepEqual(bpe.merges, program.merges);
  for (const [word, parts] of program.segmented) {
    // The program writes "ab@@ c" where the tokens are ab and c</w>.
    const written = bpe
      .tokenise(word)
      .map((token) => (token.endsWith('</w>') ? token.slice(0, -4) : `${token}@@`));
    assert.deepEqual(written, parts, word);
  }
});

test("the paper's four words by hand: counts, then ties", () => {
  const words = new Map([
    ['low', 5],
    ['lowest', 2],
    ['newer', 6],
    ['wider', 3],
  ]);
  // e r</w> 9 times, l o 7 times; then n e, e w and w er</w> 6 times each: w is the greatest.
  const merges = learnMerges(words, { merges: 3, minimumCount: 2 });
  assert.deepEqual(merges, [
    ['e', 'r</w>'],
    ['l', 'o'],
    ['w', 'er</w>'],
  ]);
  assert.deepEqual(
    createBytePair(
      ['low low low low low lowest lowest newer newer newer newer newer newer wider wider wider'],
      { merges: 3 },
    ).tokenise('lower'),
    ['lo', 'wer</w>'],
  );
});

/** A pass over all words for each merge, as the paper prints it. */
function learnPlainly(words: ReadonlyMap<string, number>, limit: number, minimumCount: number): Merge[] {
  let vocabulary: (readonly [readonly string[], number])[] = [...words].map(([word, n]) => [
    symbolsOf(word),
    n,
  ]);
  const merges: Merge[] = [];
  while (merges.length < limit) {
    const counts = new Map<string, number>();
    for (const [symbols, count] of vocabulary) {
      for (let at = 0; at + 1 < symbols.length; at++) {
        const key = JSON.stringify([symbols[at], symbols[at + 1]]);
        counts.set(key, (counts.get(key) ?? 0) + count);
      }
    }
    const all = [...counts].map(([key, count]) => ({ pair: JSON.parse(key) as Merge, count }));
    all.sort(
      (a, b) => b.count - a.count || compareText(b.pair[0], a.pair[0]) || compareText(b.pair[1], a.pair[1]),
    );
    if (all.length === 0 || all[0]!.count < minimumCount) break;
    const [left, right] = all[0]!.pair;
    merges.push([left, right]);
    vocabulary = vocabulary.map(([symbols, count]) => [mergeSymbols(symbols, left, right), count]);
  }
  return merges;
}

test('the heap learns what a pass over all words for each merge learns', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', 'é', '😀', '.'),
    minLength: 1,
    maxLength: 7,
  });
  const counts = fc.dictionary(word, fc.integer({ min: 1, max: 4 }), { minKeys: 1, maxKeys: 12 });
  fc.assert(
    fc.property(counts, fc.nat(30), fc.integer({ min: 1, max: 3 }), (words, merges, minimumCount) => {
      const given = new Map(Object.entries(words));
      assert.deepEqual(
        learnMerges(given, { merges, minimumCount }),
        learnPlainly(given, merges, minimumCount),
      );
    }),
    { numRuns: 300 },
  );
});

const line = fc
  .array(
    fc.constantFrom('Ein', 'Mann', '"liest"', 'ein', 'Buch.', '(10-mal)', "don't", '...', 'x,y', '€5', '😀'),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((words) => words.join(' '));

test('decode undoes encode for any text with single spaces, and JSON brings the tokeniser back', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), line, fc.nat(40), (texts, other, merges) => {
      const bpe = createBytePair([...texts, other], { merges, minimumCount: 1 });
      const copy = tokeniserFrom(JSON.parse(JSON.stringify(bpe)));
      for (const text of [...texts, other]) {
        const ids = bpe.encode(text, { start: true, end: true });
        assert.equal(copy.decode(ids), text);
        assert.deepEqual(copy.encode(text, { start: true, end: true }), ids);
      }
    }),
  );
});

test('a word is the same token before a full stop, in quotes and alone', () => {
  const bpe = createBytePair(['Hund Hund Hund Hund. "Hund" (Hund)'], { merges: 20, minimumCount: 1 });
  assert.deepEqual(bpe.tokenise('Hund. "Hund" Hund'), [
    'Hund</w>',
    '￭.</w>',
    '"￭</w>',
    'Hund</w>',
    '￭"</w>',
    'Hund</w>',
  ]);
});

test('the order of the texts does not matter, and a run of merges is the start of a longer one', () => {
  const shuffled = createRandom(3).shuffle(program.text);
  const long = createBytePair(program.text, { merges: 80 });
  assert.deepEqual(createBytePair(shuffled, { merges: 80 }).toJSON(), long.toJSON());
  assert.deepEqual(createBytePair(program.text, { merges: 30 }).merges, long.merges.slice(0, 30));
});

test('counts are those of the tokens of the texts; extra specials have ids that text never gives', () => {
  const bpe = createBytePair(program.text, { merges: 60, specials: ['<de>', '<en>'] });
  assert.deepEqual([bpe.idOf('<de>'), bpe.idOf('<en>'), bpe.idOf('<end>')], [4, 5, END]);
  const counts = new Array<number>(bpe.size).fill(0);
  for (const text of program.text) for (const id of bpe.encode(text)) counts[id]!++;
  assert.deepEqual(bpe.counts, counts);
  assert.ok(!bpe.encode('<de> <end>', { unknown: 'id' }).some((id) => id === 4 || id === END));
  assert.throws(() => bpe.idOf('<fr>'), /No id for "<fr>"/);
});

test('unknown characters are named with their place, or become unknown alone; the marks are no text', () => {
  const bpe = createBytePair(['low lower lowest'], { merges: 5 });
  assert.throws(() => bpe.encode('low zow'), /parts that the vocabulary does not know: "z" \(U\+007A\) at 2/);
  const ids = bpe.encode('zow', { unknown: 'id' });
  assert.equal(ids[0], UNKNOWN);
  assert.ok(ids.slice(1).every((id) => id !== UNKNOWN));
  assert.deepEqual(bpe.tokenise('￭ </w>'), ['\ufffd</w>', '\ufffd</w>']);
  assert.equal(bpe.decode([START, ...bpe.encode('low low'), PADDING, END, 7]), 'low low');
});

test('what cannot be learnt or is no tokeniser is refused', () => {
  assert.throws(() => createBytePair([]), /no words/);
  assert.throws(() => createBytePair(['  ']), /no words/);
  assert.throws(() => createBytePair(['a'], { merges: -1 }), /merges -1/);
  assert.throws(() => createBytePair(['a'], { minimumCount: 0 }), /minimumCount 0/);
  assert.throws(() => createBytePair(['a'], { split: 'lines' as 'spaces' }), /"lines"/);
  const data = createBytePair(['aaa aaa']).toJSON();
  assert.throws(() => bytePairFrom({ ...data, merges: [['x', 'y']] }), /merge 0 gives "xy"/);
  assert.throws(() => bytePairFrom({ ...data, split: 'x' as 'spaces' }), /split "x"/);
  assert.throws(() => bytePairFrom({ ...data, counts: [1] }), /1 counts for/);
  assert.throws(() => bytePairFrom({ ...data, tokens: data.tokens.slice(4) }), /begin with <padding>/);
  assert.throws(() => tokeniserFrom({} as never), /Not a vocabulary/);
});
