/**
 * Days of 1900-2099 (proleptic Gregorian, UTC) as numbers from 0, and the rule that splits them. Nothing here depends
 * on the time zone or on Intl.
 */

const MILLISECONDS_A_DAY = 86_400_000;
const FIRST = Date.UTC(1900, 0, 1);

/** Number of days in 1900-01-01 ... 2099-12-31. */
export const DAY_COUNT = (Date.UTC(2100, 0, 1) - FIRST) / MILLISECONDS_A_DAY;

/** First and last day with a year of four digits, 1000-01-01 and 9999-12-31: what can be written, if not all of it is data. */
const FIRST_WRITABLE = (Date.UTC(1000, 0, 1) - FIRST) / MILLISECONDS_A_DAY;
const LAST_WRITABLE = (Date.UTC(9999, 11, 31) - FIRST) / MILLISECONDS_A_DAY;

export type Split = 'train' | 'validation' | 'test';

/** A day taken apart: year 1000-9999, month 1-12, date 1-31, weekday 0 (Sunday) - 6. */
export interface CivilDay {
  readonly year: number;
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
}

/**
 * A day by its number from 1900-01-01; earlier days have negative ones.
 *
 * @throws RangeError unless it is a whole number whose year has four digits
 */
export function civilDay(day: number): CivilDay {
  if (!Number.isInteger(day) || day < FIRST_WRITABLE || day > LAST_WRITABLE) {
    throw new RangeError(
      `day ${day} cannot be written: expected a whole number from ${FIRST_WRITABLE} (1000-01-01) to ${LAST_WRITABLE} ` +
        `(9999-12-31). Use dayOfIso('yyyy-mm-dd') to get one.`,
    );
  }
  const instant = new Date(FIRST + day * MILLISECONDS_A_DAY);
  return {
    year: instant.getUTCFullYear(),
    month: instant.getUTCMonth() + 1,
    date: instant.getUTCDate(),
    weekday: instant.getUTCDay(),
  };
}

export function isoOfDay(day: number): string {
  const { year, month, date } = civilDay(day);
  return `${year}-${twoDigits(month)}-${twoDigits(date)}`;
}

/** First day of a year. @throws RangeError unless the year has four digits */
export function firstDayOf(year: number): number {
  // Date.UTC takes years below 100 for 19xx.
  if (!Number.isInteger(year) || year < 1000 || year > 9999) {
    throw new RangeError(`year ${year} cannot be written with four digits: expected 1000 to 9999.`);
  }
  return (Date.UTC(year, 0, 1) - FIRST) / MILLISECONDS_A_DAY;
}

/** @throws RangeError when the text is not `yyyy-mm-dd` with a year from 1000, or names a day that does not exist */
export function dayOfIso(iso: string): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (parts !== null) {
    const [year, month, date] = parts.slice(1).map(Number) as [number, number, number];
    const day = (Date.UTC(year, month - 1, date) - FIRST) / MILLISECONDS_A_DAY;
    // A date that does not exist (2023-02-29) rolls over into another one, so it does not come back as it was.
    if (day >= FIRST_WRITABLE && isoOfDay(day) === iso) return day;
  }
  throw new RangeError(
    `"${iso}" is not a day: expected an existing one as yyyy-mm-dd with a year from 1000, such as 2031-03-07.`,
  );
}

export function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/**
 * A fixed scrambling of 32-bit numbers (a bijection): the finaliser of MurmurHash3. It takes the place of a random
 * draw where the data must be the same for everybody, for ever: which days are held out.
 */
export function scramble(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** About 10 % of the days are for test, 5 % for validation, all others for training. */
export function splitOfDay(day: number): Split {
  const share = scramble(day + 1) % 100;
  if (share < 10) return 'test';
  return share < 15 ? 'validation' : 'train';
}
