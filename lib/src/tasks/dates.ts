import type { Random } from '../random/random.js';
import { civilDay, DAY_COUNT, firstDayOf, type Split, scramble, splitOfDay } from './calendar.js';
import { type DateExample, type DateForm, type FrozenDates, thawForms, writeDate } from './date-forms.js';

export interface DateChoice {
  /** Days to draw from. */
  readonly split?: Split;
  /** Only these locales, held out or not; without it all locales that are trained on. */
  readonly locales?: readonly string[];
}

export interface DateDraw extends DateChoice {
  /**
   * Draw from all days of these years, 1000 to 9999, instead of the data's 1900-2099; days of the data that are not of
   * `split` are left out. In 1900-2099 one digit of the century tells the other; with more centuries each counts.
   */
  readonly years?: readonly [first: number, last: number];
}

/** The dates task: read a date as people write it in many languages, write it as `yyyy-mm-dd`. */
export interface Dates {
  /** All forms, held-out languages included. */
  readonly forms: readonly DateForm[];
  /** Languages trained on, in the file's order. */
  readonly locales: readonly string[];
  /** Languages never trained on. */
  readonly heldOutLocales: readonly string[];
  /** Name of a locale's language in English. */
  languageOf(locale: string): string;
  /** Days of a split, ascending. No day is in two splits. */
  days(split: Split): Int32Array;
  /** The forms of the locales, by default of all that are trained on. */
  formsOf(locales?: readonly string[]): readonly DateForm[];
  /** A day written in a form, with its true alignment. */
  example(day: number, form: DateForm): DateExample;
  /** `count` independent draws, uniform over days and forms, with replacement. Nothing is stored. */
  sample(random: Pick<Random, 'integer'>, count: number, choice?: DateDraw): DateExample[];
  /**
   * `size` different examples, the same for everybody: scrambled days in a fixed order, forms taking turns so that each
   * comes equally often.
   */
  fixedSet(size: number, choice?: DateChoice): DateExample[];
  /** Every character that a training string can hold, in code point order. */
  readonly sourceCharacters: string;
  /** Every character of a target. */
  readonly targetCharacters: string;
  /** Length of the longest training string, in characters. */
  readonly longestSource: number;
}

/**
 * Makes the dates task from its frozen file.
 *
 * Source: `datasets/dates/card.md`. Strings are a pure function of day, language and style and are built when asked
 * for; about three million exist.
 *
 * @param frozen parsed content of `datasets/dates/dates.json`
 * @throws Error when it is not that, or a locale is unknown
 */
export function loadDates(frozen: FrozenDates): Dates {
  const forms = thawForms(frozen);
  const names = new Map(frozen.locales.map(({ locale, language }) => [locale, language]));
  const locales = frozen.locales.filter(({ heldOut }) => !heldOut).map(({ locale }) => locale);
  const heldOutLocales = frozen.locales.filter(({ heldOut }) => heldOut).map(({ locale }) => locale);
  const days = daysBySplit();

  function languageOf(locale: string): string {
    const language = names.get(locale);
    if (language === undefined) {
      throw new RangeError(`No dates in locale "${locale}". There are ${[...names.keys()].join(', ')}.`);
    }
    return language;
  }
  function formsOf(chosen: readonly string[] = locales): DateForm[] {
    if (chosen.length === 0) throw new RangeError('The list of locales is empty: name one or leave it out.');
    chosen.forEach(languageOf);
    return forms.filter(({ locale }) => chosen.includes(locale));
  }
  function sample(random: Pick<Random, 'integer'>, count: number, choice: DateDraw = {}): DateExample[] {
    const { split = 'train', years } = choice;
    const from = days[split];
    const among = formsOf(choice.locales);
    const [low, high] = years ? [firstDayOf(years[0]), firstDayOf(years[1]) + 366] : [0, 0];
    const anyDay = (): number => {
      for (;;) {
        const day = low + random.integer(high - low);
        const beyond = civilDay(day).year > years![1];
        const foreign = day >= 0 && day < DAY_COUNT && splitOfDay(day) !== split;
        if (!beyond && !foreign) return day;
      }
    };
    const draw = years ? anyDay : () => from[random.integer(from.length)]!;
    return Array.from({ length: count }, () => writeDate(draw(), among[random.integer(among.length)]!));
  }
  function fixedSet(size: number, choice: DateChoice = {}): DateExample[] {
    const among = formsOf(choice.locales);
    const from = scrambled(days[choice.split ?? 'test']);
    if (!Number.isInteger(size) || size < 1 || size > from.length * among.length) {
      throw new RangeError(
        `A fixed set of ${size} examples cannot be made: expected a whole number from 1 to ${from.length * among.length}.`,
      );
    }
    return Array.from({ length: size }, (_, index) => {
      const turn = Math.floor(index / from.length);
      const position = index % from.length;
      return writeDate(from[position]!, among[(position + turn) % among.length]!);
    });
  }

  const trained = formsOf();
  return {
    forms,
    locales,
    heldOutLocales,
    languageOf,
    days: (split) => days[split],
    formsOf,
    example: writeDate,
    sample,
    fixedSet,
    sourceCharacters: charactersOf(trained),
    targetCharacters: '-0123456789',
    longestSource: Math.max(...trained.map(longestOf)),
  };
}

function daysBySplit(): Record<Split, Int32Array> {
  const lists: Record<Split, number[]> = { train: [], validation: [], test: [] };
  for (let day = 0; day < DAY_COUNT; day++) lists[splitOfDay(day)].push(day);
  return {
    train: Int32Array.from(lists.train),
    validation: Int32Array.from(lists.validation),
    test: Int32Array.from(lists.test),
  };
}

// Salted, so that the order has nothing to do with the split, which scrambles the bare day.
const ORDER_SALT = 0x5eed0000;

function scrambled(days: Int32Array): number[] {
  return [...days].sort((a, b) => scramble(a ^ ORDER_SALT) - scramble(b ^ ORDER_SALT));
}

function charactersOf(forms: readonly DateForm[]): string {
  const characters = new Set('0123456789');
  for (const form of forms) {
    const literals = form.pieces.map((piece) => ('literal' in piece ? piece.literal : ''));
    for (const text of [...literals, ...form.months, ...(form.weekdays ?? [])]) {
      for (const character of text) characters.add(character);
    }
  }
  return [...characters].sort().join('');
}

function longestOf(form: DateForm): number {
  const longest = (names: readonly string[] = ['']): number => Math.max(...names.map((name) => name.length));
  const lengths = { weekday: longest(form.weekdays), month: longest(form.months), day: 2, day2: 2, year: 4 };
  return form.pieces.reduce(
    (sum, piece) => sum + ('literal' in piece ? piece.literal.length : lengths[piece.field]),
    0,
  );
}
