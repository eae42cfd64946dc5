import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, DAY_COUNT } from 'heed';
import { type FrozenDates, parsePattern } from '../../../lib/src/tasks/date-forms.js';
import { loadDates } from '../../../lib/src/tasks/dates.js';

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => prefix + String.fromCharCode(97 + index));

const frozen: FrozenDates = {
  name: 'dates',
  version: 1,
  madeWith: { icu: '0', cldr: '0' },
  strings: { count: 0, sha256: '' },
  locales: [
    {
      locale: 'aa',
      language: 'Aa',
      heldOut: false,
      forms: [
        {
          style: 'full',
          pattern: '{weekday}, {day} {month} {year}.',
          months: names('m', 12),
          weekdays: names('w', 7),
        },
        { style: 'long', pattern: '{year} {month} {day2}', months: names('month', 12) },
      ],
    },
    {
      locale: 'bb',
      language: 'Bb',
      heldOut: true,
      forms: [{ style: 'long', pattern: '{day}{month}{year}', months: names('ж', 12) }],
    },
  ],
};
const dates = loadDates(frozen);

test('a date is written with each field where its span says', () => {
  const [full, long] = dates.forms;
  const first = dates.example(0, full!); // Monday, 1 January 1900
  assert.equal(first.source, 'wb, 1 ma 1900.');
  assert.equal(first.target, '1900-01-01');
  assert.deepEqual(first.spans, [
    [9, 10],
    [10, 11],
    [11, 12],
    [12, 13],
    null,
    [6, 8],
    [6, 8],
    null,
    null,
    [4, 5],
  ]);
  const second = dates.example(0, long!);
  assert.equal(second.source, '1900 montha 01');
  assert.deepEqual(second.spans, [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
    null,
    [5, 11],
    [5, 11],
    null,
    [12, 13],
    [13, 14],
  ]);
});

test('alphabet, lengths and locales leave held-out languages aside', () => {
  assert.deepEqual([dates.locales, dates.heldOutLocales], [['aa'], ['bb']]);
  assert.ok(!dates.sourceCharacters.includes('ж'));
  assert.equal(dates.longestSource, 'wb, 31 ma 1900.'.length);
  assert.deepEqual(
    dates.formsOf(['bb']).map(({ locale }) => locale),
    ['bb'],
  );
  assert.equal(dates.languageOf('bb'), 'Bb');
});

test('a fixed set is the same every time, has no example twice, and lets forms take turns', () => {
  const set = dates.fixedSet(9_000);
  assert.deepEqual(dates.fixedSet(9_000), set);
  assert.equal(new Set(set.map(({ source }) => source)).size, 9_000);
  assert.equal(set.filter(({ form }) => form.style === 'full').length, 4_500);
  assert.ok(set.every(({ day }) => dates.days('test').includes(day)));
  const everything = dates.days('test').length * 2;
  assert.equal(new Set(dates.fixedSet(everything).map(({ source }) => source)).size, everything);
});

test('sample draws the day, then the form, from what it is passed', () => {
  const answers = [5, 1, 0, 0];
  const asked: number[] = [];
  const random = {
    integer: (n: number) => {
      asked.push(n);
      return answers.shift()!;
    },
  };
  const drawn = dates.sample(random, 2, { split: 'validation' });
  assert.deepEqual(asked, [dates.days('validation').length, 2, dates.days('validation').length, 2]);
  assert.deepEqual(
    drawn.map(({ day }) => day),
    [dates.days('validation')[5], dates.days('validation')[0]],
  );
  assert.deepEqual(
    drawn.map(({ form }) => form.style),
    ['long', 'full'],
  );
});

test('bad input is refused with what to do', () => {
  assert.throws(() => loadDates({} as FrozenDates), /datasets\/dates\/dates.json/);
  assert.throws(() => dates.fixedSet(0), /whole number from 1/);
  assert.throws(() => dates.fixedSet(1e9), /whole number from 1/);
  assert.throws(() => dates.formsOf(['xx']), /No dates in locale "xx". There are aa, bb/);
  assert.throws(() => dates.formsOf([]), /empty/);
  assert.throws(() => dates.example(0.5, dates.forms[0]!), /cannot be written/);
  assert.throws(() => parsePattern('{day} {month}'), /\{year\} exactly once/);
  assert.throws(() => parsePattern('{day} {month} {year} {era}'), /neither a field nor plain text/);
  const damaged = structuredClone(frozen) as unknown as { locales: { forms: { months: string[] }[] }[] };
  damaged.locales[0]!.forms[0]!.months.pop();
  assert.throws(() => loadDates(damaged as unknown as FrozenDates), /aa full: expected 12 months/);
});

test('years beyond the data are drawn evenly, and held-out days of the data never', () => {
  const drawn = dates.sample(createRandom(3), 4000, { years: [1000, 2999] });
  const years = drawn.map(({ target }) => Number(target.slice(0, 4)));
  assert.ok(Math.min(...years) >= 1000 && Math.max(...years) <= 2999);
  const firstDigits = years.filter((year) => year < 2000).length / years.length;
  // A tenth of the days of 1900-1999 is held out, as of 2000-2099: both halves lose alike.
  assert.ok(Math.abs(firstDigits - 0.5) < 4 * Math.sqrt(0.25 / years.length));
  const test = new Set(dates.days('test'));
  assert.ok(drawn.every(({ day }) => !test.has(day)));
  assert.ok(drawn.some(({ day }) => day >= 0 && day < DAY_COUNT));
  assert.throws(() => dates.sample(createRandom(3), 1, { years: [1, 2999] }), /expected 1000 to 9999/);
});
