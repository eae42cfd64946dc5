/**
 * Days of 1900-2099 (proleptic Gregorian, UTC) as numbers from 0, and the rule that splits them. Nothing here depends
 * on the time zone or on Intl.
 */

const MILLISECONDS_A_DAY = 86_400_000;
const FIRST = Date.UTC(1900, 0, 1);

/** Number of days in 1900-01-01 ... 2099-12-31. */
export const DAY_COUNT = (Date.UTC(2100, 0, 1) - FIRST) / MILLISECONDS_A_DAY;

export type Split = 'train' | 'validation' | 'test';

/** A day taken apart: year 1900-2099, month 1-12, date 1-31, weekday 0 (Sunday) - 6. */
export interface CivilDay {
  readonly year: number;
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
}

/** @throws RangeError unless `day` is a whole number in 0 ... DAY_COUNT - 1 */
export function civilDay(day: number): CivilDay {
  if (!Number.isInteger(day) || day < 0 || day >= DAY_COUNT) {
    throw new RangeError(
      `day ${day} is outside the data: expected a whole number from 0 (1900-01-01) to ${DAY_COUNT - 1} (2099-12-31).` +
        ` Use dayOfIso('yyyy-mm-dd') to get one.`,
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

/** @throws RangeError when the text is not `yyyy-mm-dd`, names a day that does not exist, or is outside 1900-2099 */
export function dayOfIso(iso: string): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (parts !== null) {
    const [year, month, date] = parts.slice(1).map(Number) as [number, number, number];
    const day = (Date.UTC(year, month - 1, date) - FIRST) / MILLISECONDS_A_DAY;
    // A date that does not exist (2023-02-29) rolls over into another one, so it does not come back as it was.
    if (day >= 0 && day < DAY_COUNT && isoOfDay(day) === iso) return day;
  }
  throw new RangeError(
    `"${iso}" is not a day of 1900-2099: expected an existing day as yyyy-mm-dd, such as 2031-03-07.`,
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
