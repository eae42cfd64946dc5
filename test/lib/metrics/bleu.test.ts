import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type BleuOptions,
  type ChrfOptions,
  chrf,
  corpusBleu,
  formatBleu,
  formatChrf,
  SACREBLEU_VERSION,
  sentenceBleu,
} from 'heed';
import { printFixed } from '../../../lib/src/metrics/ngrams.js';
import { tokenise13a } from '../../../lib/src/metrics/tokenise-13a.js';

interface Case {
  readonly hypotheses: readonly string[];
  readonly references: readonly (readonly string[])[];
  readonly bleu: BleuOptions;
  readonly bleuPrinted: string;
  readonly chrf: ChrfOptions;
  readonly chrfPrinted: string;
}

// Made by make-bleu-cases.py with the release that the first line names.
const [header, ...cases] = readFileSync(new URL('./bleu-cases.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line)) as [{ sacrebleu: string }, ...Case[]];

test('BLEU is what sacreBLEU prints, signature and all, in every generated case', () => {
  assert.equal(header.sacrebleu, SACREBLEU_VERSION);
  assert.ok(cases.length >= 200, `${cases.length} cases`);
  assert.ok(new Set(cases.map(({ bleuPrinted }) => bleuPrinted)).size > 200, 'the cases differ');
  for (const { hypotheses, references, bleu, bleuPrinted } of cases) {
    const printed = formatBleu(corpusBleu(hypotheses, references, bleu));
    assert.equal(printed, bleuPrinted, JSON.stringify({ hypotheses, references, bleu }));
  }
});

test('chrF and chrF++ are what sacreBLEU prints in every generated case', () => {
  for (const given of cases) {
    const printed = formatChrf(chrf(given.hypotheses, given.references, given.chrf));
    assert.equal(printed, given.chrfPrinted, JSON.stringify(given));
  }
});

test('a corpus by hand: counts, brevity penalty, sentences with the effective order', () => {
  // sacrebleu 2.6.0: 36.57 (BP 0.779, counts 14 9 4 1 of 16 12 9 6); sentences 48.8923 71.6531 40.9365 0; chrF 58.6957
  const hypotheses = ['the cat sat on the mat .', 'a dog barks', 'hello world again my friend', 'short'];
  const references = [
    'the cat is on the mat .',
    'a dog barks loudly',
    'hello world again , my friend',
    'a longer reference',
  ];
  const bleu = corpusBleu(hypotheses, references);
  assert.deepEqual(
    [bleu.matches, bleu.totals],
    [
      [14, 9, 4, 1],
      [16, 12, 9, 6],
    ],
  );
  assert.equal(bleu.score.toFixed(2), '36.57');
  assert.ok(Math.abs(bleu.brevityPenalty - Math.exp(1 - 20 / 16)) < 1e-12);
  assert.deepEqual(
    hypotheses.map((hypothesis, i) => sentenceBleu(hypothesis, references[i]!).score.toFixed(4)),
    ['48.8923', '71.6531', '40.9365', '0.0000'],
  );
  assert.equal(chrf(hypotheses, references).score.toFixed(4), '58.6957');
});

test('closed forms: equal texts have 100, foreign ones 0, one order is clipped precision', () => {
  assert.ok(Math.abs(corpusBleu(['a b c d e'], ['a b c d e']).score - 100) < 1e-12);
  assert.equal(corpusBleu(['a b c d'], ['e f g h']).score, 0);
  // Papineni et al. 2002, example 2: "the" seven times, twice in the reference.
  const clipped = corpusBleu(['the the the the the the the'], ['the cat is on the mat'], { order: 1 });
  assert.ok(Math.abs(clipped.score - (100 * 2) / 7) < 1e-12);
});

test('bounds and monotony: 0 to 100, more references never lower the matches', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', '.', '1,5'), { maxLength: 8 })
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(text, text, text, (hypothesis, first, second) => {
      const one = corpusBleu([hypothesis], [first]);
      const two = corpusBleu([hypothesis], [[first, second]]);
      assert.ok(one.score >= 0 && one.score <= 100 + 1e-9);
      assert.ok(two.matches.every((count, n) => count >= one.matches[n]!));
    }),
  );
});

test('13a: numbers stay whole, signs of ASCII stand alone, others stay', () => {
  assert.deepEqual(tokenise13a('He paid $1,000.50, "really"? 10-year-old… don\'t'), [
    ...['He', 'paid', '$', '1,000.50', ',', '"', 'really', '"', '?', '10', '-', 'year-old…', "don't"],
  ]);
});

test('numbers are printed as Python prints them: a tie goes to the even digit', () => {
  // python3: [f'{x:.1f}' for x in (6.25, 18.75, 0.15, 0.25, 43.75)], f'{0.125:.2f}', f'{2.675:.2f}', f'{62.5:.0f}'
  assert.deepEqual(
    [6.25, 18.75, 0.15, 0.25, 43.75].map((value) => printFixed(value, 1)),
    ['6.2', '18.8', '0.1', '0.2', '43.8'],
  );
  assert.deepEqual([printFixed(0.125, 2), printFixed(2.675, 2), printFixed(62.5, 0)], ['0.12', '2.67', '62']);
});

test('what cannot be scored is an error', () => {
  assert.throws(() => corpusBleu([], []), /0 hypotheses for 0 references/);
  assert.throws(() => chrf(['a'], ['a', 'b']), /1 hypotheses for 2 references/);
  assert.throws(() => corpusBleu(['a'], [[]]), /sentence 0 has no reference/);
  assert.throws(() => corpusBleu(['a'], ['a'], { order: 0 }), /order 0/);
  assert.throws(
    () => corpusBleu(['a'], ['a'], { smoothing: 'some' as 'exp' }),
    /"some"; expected one of floor, add-k, exp, none/,
  );
  assert.throws(() => corpusBleu(['a'], ['a'], { smoothing: 'floor', smoothingValue: Number.NaN }), /NaN/);
  assert.throws(() => corpusBleu(['a'], ['a'], { tokeniser: 'zh' as 'none' }), /13a or none/);
});
