import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { createVocabulary, type DateReader, loadDates, loadTranslator, readDate, useBackend } from 'heed';

const root = resolve(import.meta.dirname, '../../..');
let reader: DateReader;

before(async () => {
  await useBackend();
  const dates = loadDates(JSON.parse(readFileSync(join(root, 'datasets/dates/dates.json'), 'utf8')));
  const { translator } = await loadTranslator(join(root, 'notebooks/checkpoints/06-dates.safetensors'));
  const [source, target] = [dates.sourceCharacters, dates.targetCharacters].map((text) =>
    createVocabulary([text]),
  );
  reader = { translator, source, target, longest: dates.longestSource };
});

test("the first lesson's checkpoint reads dates as people type them, capitals and all", () => {
  for (const [typed, iso] of [
    ['Vendredi 7 mars 2031', '2031-03-07'],
    ['14 July 1987', '1987-07-14'],
    ['7. maaliskuuta 2031', '2031-03-07'],
    ['четверг, 24 июня 1965 г.', '1965-06-24'],
  ]) {
    const read = readDate(reader, typed);
    assert.equal(read.iso, iso);
    assert.equal(read.alpha.length, 10);
    assert.equal(read.alpha[0].length, [...read.text].length);
    assert.ok(read.probability > 0.5 && read.probability <= 1);
  }
});

test('what cannot be read is refused with the reason', () => {
  assert.throws(() => readDate(reader, '  '), /the text is empty/);
  assert.throws(() => readDate(reader, '2031年3月7日'), /does not know: "年"/);
  assert.throws(
    () => readDate(reader, `on the most wonderful morning of 7 march 2031`),
    /45 characters, the longest .* 38/,
  );
  assert.throws(() => readDate(reader, '31 février 2031'), /was read as "2031-02-31", which is no day/);
});
