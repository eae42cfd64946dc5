import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { civilDay, DAY_COUNT, isoOfDay } from '../../../lib/src/tasks/calendar.js';
import { allDates, type DateExample, type FrozenDates } from '../../../lib/src/tasks/date-forms.js';
import { loadDates } from '../../../lib/src/tasks/dates.js';
import { normaliseText } from '../../../lib/src/text/normalise.js';

const folder = new URL('../../../datasets/dates/', import.meta.url);
const text = readFileSync(new URL('dates.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text) as FrozenDates;
const dates = loadDates(frozen);

test('the file has the hash that SHA256SUMS and the card give', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  dates.json\n`);
  assert.ok(card.includes(hash));
});

test('all rebuilt strings have the frozen hash, and none differs from its normal spelling', () => {
  const hash = createHash('sha256');
  let count = 0;
  let lines: string[] = [];
  for (const { source, target } of allDates(dates.forms)) {
    lines.push(source, '\t', target, '\n');
    count++;
    if (lines.length > 20_000) {
      const block = lines.join('');
      assert.equal(block, block.normalize('NFC'));
      hash.update(block);
      lines = [];
    }
  }
  const sha256 = hash.update(lines.join('')).digest('hex');
  assert.deepEqual({ count, sha256 }, frozen.strings);
  assert.ok(card.includes(sha256));
  assert.ok(card.includes(count.toLocaleString('en')));
});

test('the alignment of every form spells the target, on every month, weekday and day length', () => {
  for (const form of dates.forms) {
    for (let day = 0; day < DAY_COUNT; day += day < 800 ? 1 : 97) checkAlignment(dates.example(day, form));
  }
});

function checkAlignment({ day, form, source, target, spans }: DateExample): void {
  const { month } = civilDay(day);
  const spelt = spans.map((span) => span && source.slice(...span));
  const label = `${form.locale} ${form.style}: ${source}`;
  assert.equal(spans.length, target.length);
  for (const position of [0, 1, 2, 3, 9]) assert.equal(spelt[position], target[position], label);
  for (const position of [4, 7]) assert.equal(spelt[position], null, label);
  for (const position of [5, 6]) assert.equal(spelt[position], form.months[month - 1], label);
  const oneDigit = new RegExp(`(?<!\\p{N})${target[9]}(?!\\p{N})`, 'u').test(source);
  assert.equal(spelt[8], oneDigit ? null : target[8], label);
  // All digits of the source are accounted for, each by one target character.
  const pointed = spans.flatMap((span) => (span && span[1] - span[0] === 1 ? [span[0]] : []));
  const digits = [...source].flatMap((character, at) => (/\p{N}/u.test(character) ? [at] : []));
  assert.deepEqual(
    [...pointed].sort((a, b) => a - b),
    digits,
    label,
  );
}

test('no form writes the month as a number, and no string means two days', () => {
  for (const form of dates.forms) for (const month of form.months) assert.doesNotMatch(month, /\p{N}/u);
  const meaning = new Map<string, string>();
  // Whole years, brute force: one common, one leap, and one whose digits can be mistaken for a day.
  for (let day = 0; day < DAY_COUNT; day++) {
    if (![1911, 1912, 2023].includes(civilDay(day).year)) continue;
    for (const form of dates.formsOf()) {
      const { source, target } = dates.example(day, form);
      assert.equal(meaning.get(source) ?? target, target, source);
      meaning.set(source, target);
    }
  }
  assert.ok(meaning.size > 1000 * 30);
});

test('splits are disjoint, cover all days, have the sizes of the card and no bias', () => {
  const splits = (['train', 'validation', 'test'] as const).map((split) => dates.days(split));
  assert.equal(new Set(splits.flatMap((days) => [...days])).size, DAY_COUNT);
  assert.equal(
    splits.reduce((sum, days) => sum + days.length, 0),
    DAY_COUNT,
  );
  for (const days of splits) assert.ok(card.includes(days.length.toLocaleString('en')), `${days.length}`);
  // Chi-square of the test days' months and weekdays; 99.9 % points for 11 and 6 degrees of freedom are 31.3 and 22.5.
  const all = Int32Array.from({ length: DAY_COUNT }, (_, day) => day);
  assert.ok(chiSquare(splits[2]!, all, (day) => civilDay(day).month - 1, 12) < 31.3);
  assert.ok(chiSquare(splits[2]!, all, (day) => civilDay(day).weekday, 7) < 22.5);
});

function chiSquare(
  sample: Int32Array,
  all: Int32Array,
  classOf: (day: number) => number,
  classes: number,
): number {
  const count = (days: Int32Array): number[] => {
    const counts = new Array<number>(classes).fill(0);
    for (const day of days) counts[classOf(day)]!++;
    return counts;
  };
  const observed = count(sample);
  return count(all).reduce((sum, total, index) => {
    const expected = (total * sample.length) / all.length;
    return sum + (observed[index]! - expected) ** 2 / expected;
  }, 0);
}

test('held-out languages are never drawn for training', () => {
  assert.deepEqual(dates.heldOutLocales, ['nb', 'uk', 'hr']);
  let state = 1;
  const random = {
    integer: (n: number) => {
      state = (state * 48271) % 2147483647;
      return state % n;
    },
  };
  const drawn = dates.sample(random, 20_000);
  assert.deepEqual(new Set(drawn.map(({ form }) => form.locale)), new Set(dates.locales));
  const train = new Set(dates.days('train'));
  for (const { day, form } of drawn) assert.ok(train.has(day) && !form.heldOut);
  assert.ok(dates.formsOf(['uk']).every(({ heldOut }) => heldOut));
});

test('the alphabet and the longest length are those of all training strings', () => {
  const characters = new Set<string>();
  let longest = 0;
  for (let day = 0; day < 400; day++) {
    for (const form of dates.formsOf()) {
      const { source } = dates.example(day, form);
      longest = Math.max(longest, source.length);
      for (const character of source) characters.add(character);
    }
  }
  assert.equal([...characters].sort().join(''), dates.sourceCharacters);
  assert.equal(longest, dates.longestSource);
  assert.ok(card.includes(`${dates.sourceCharacters.length} characters`));
});

test('Intl spells the same, where its data are of the frozen version', (t) => {
  if (process.versions.icu !== frozen.madeWith.icu) {
    return t.skip(
      `ICU ${process.versions.icu} here, ${frozen.madeWith.icu} when frozen: run npm run datasets for the differences`,
    );
  }
  for (const form of dates.forms) {
    const format = new Intl.DateTimeFormat(form.locale, {
      dateStyle: form.style,
      timeZone: 'UTC',
      calendar: 'gregory',
      numberingSystem: 'latn',
    });
    for (let day = 0; day < DAY_COUNT; day += 53) {
      const printed = format.format(new Date(`${isoOfDay(day)}T00:00:00Z`));
      assert.equal(dates.example(day, form).source, normaliseText(printed, form.locale));
    }
  }
});
