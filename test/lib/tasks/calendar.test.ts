import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  civilDay,
  DAY_COUNT,
  dayOfIso,
  isoOfDay,
  scramble,
  splitOfDay,
} from '../../../lib/src/tasks/calendar.js';

test('days count from 1900-01-01, a Monday, through leap years to 2099-12-31', () => {
  assert.equal(DAY_COUNT, 200 * 365 + 49);
  assert.deepEqual(civilDay(0), { year: 1900, month: 1, date: 1, weekday: 1 });
  assert.equal(isoOfDay(58), '1900-02-28');
  assert.equal(isoOfDay(59), '1900-03-01'); // 1900 is no leap year
  assert.equal(isoOfDay(dayOfIso('2000-02-29') + 1), '2000-03-01');
  assert.equal(isoOfDay(DAY_COUNT - 1), '2099-12-31');
});

test('isoOfDay and dayOfIso undo one another on every day', () => {
  for (let day = 0; day < DAY_COUNT; day++) if (dayOfIso(isoOfDay(day)) !== day) assert.fail(`day ${day}`);
});

test('what is not a day, or has no year of four digits, is refused by name', () => {
  for (const text of [
    '2023-02-29',
    '2023-13-01',
    '0999-12-31',
    '10000-01-01',
    '2023-1-1',
    '',
    '7 march 2031',
  ]) {
    assert.throws(() => dayOfIso(text), {
      name: 'RangeError',
      message: new RegExp(`"${text}" is not a day`),
    });
  }
  for (const day of [dayOfIso('1000-01-01') - 1, 0.5, dayOfIso('9999-12-31') + 1, Number.NaN]) {
    assert.throws(() => civilDay(day), /cannot be written/);
  }
});

test('scramble is the finaliser of MurmurHash3', () => {
  // Python: h ^= h >> 16; h = h * 0x85ebca6b & m; h ^= h >> 13; h = h * 0xc2b2ae35 & m; h ^= h >> 16   with m = 2**32 - 1
  assert.deepEqual([0, 1, 2, 0xffffffff].map(scramble), [0, 1364076727, 821347078, 2180083513]);
});

test('the split of a day is frozen: these days are what they were', () => {
  const days = ['1969-07-20', '1989-11-09', '2000-02-29', '2031-03-07'].map((iso) =>
    splitOfDay(dayOfIso(iso)),
  );
  assert.deepEqual(days, ['train', 'train', 'test', 'train']);
});
