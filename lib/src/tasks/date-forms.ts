import { civilDay, DAY_COUNT, isoOfDay, twoDigits } from './calendar.js';

/** Characters start ... end - 1 of the input. */
export type Span = readonly [start: number, end: number];

/** How one language writes a date at one length, frozen: `{weekday}, {day} {month} {year}` and the names to fill in. */
export interface FrozenForm {
  readonly style: 'full' | 'long' | 'medium';
  /** Literal text with `{weekday}`, `{day}` (7), `{day2}` (07), `{month}` and `{year}`. */
  readonly pattern: string;
  readonly months: readonly string[];
  /** From Sunday; absent where the pattern has no weekday. */
  readonly weekdays?: readonly string[];
}

export interface FrozenLocale {
  /** BCP 47 tag. */
  readonly locale: string;
  readonly language: string;
  /** True where no string of this language is ever trained on. */
  readonly heldOut: boolean;
  readonly forms: readonly FrozenForm[];
}

/** `datasets/dates/dates.json`. */
export interface FrozenDates {
  readonly name: 'dates';
  readonly version: number;
  readonly madeWith: { readonly icu: string; readonly cldr: string };
  /** Number and SHA-256 of all strings, rebuilt: lines `source TAB target LF`, form after form, day after day. */
  readonly strings: { readonly count: number; readonly sha256: string };
  readonly locales: readonly FrozenLocale[];
}

/** One way of writing a date, ready to use. */
export interface DateForm extends FrozenForm {
  readonly locale: string;
  readonly language: string;
  readonly heldOut: boolean;
  /** The pattern cut at its fields. */
  readonly pieces: readonly Piece[];
}

type Field = 'weekday' | 'day' | 'day2' | 'month' | 'year';
type Piece = { readonly field: Field } | { readonly literal: string };

/** A date as written, what it means, and where each character of the meaning comes from. */
export interface DateExample {
  readonly day: number;
  readonly form: DateForm;
  readonly source: string;
  /** `yyyy-mm-dd` */
  readonly target: string;
  /**
   * For each of the 10 target characters the span of `source` it comes from. Each year and day digit points at its
   * own digit, both month digits at the whole month name. `null` where nothing in the source says it: the dashes, and
   * the leading 0 of a day that is written with one digit.
   */
  readonly spans: readonly (Span | null)[];
}

/** Cuts a pattern at its fields. @throws Error when a field is unknown, missing or doubled, or text outside holds digits */
export function parsePattern(pattern: string): Piece[] {
  const pieces = pattern
    .split(/(\{[^}]*\})/u)
    .filter((text) => text !== '')
    .map((text): Piece => {
      const field = /^\{(weekday|day2?|month|year)\}$/u.exec(text)?.[1];
      if (field !== undefined) return { field: field as Field };
      if (/[{}\p{N}]/u.test(text))
        throw new Error(`Date pattern "${pattern}": "${text}" is neither a field nor plain text.`);
      return { literal: text };
    });
  const fields = pieces.flatMap((piece) => ('field' in piece ? [piece.field.replace('2', '')] : []));
  for (const needed of ['day', 'month', 'year']) {
    if (fields.filter((field) => field === needed).length !== 1) {
      throw new Error(`Date pattern "${pattern}" must hold {${needed}} exactly once.`);
    }
  }
  return pieces;
}

/** Writes a day in a form, keeping track of where each field lands. */
export function writeDate(day: number, form: DateForm): DateExample {
  const { year, month, date, weekday } = civilDay(day);
  const spans: (Span | null)[] = new Array(10).fill(null);
  let source = '';
  for (const piece of form.pieces) {
    const at = source.length;
    if ('literal' in piece) {
      source += piece.literal;
    } else if (piece.field === 'weekday') {
      source += form.weekdays![weekday];
    } else if (piece.field === 'month') {
      source += form.months[month - 1];
      spans[5] = spans[6] = [at, source.length];
    } else if (piece.field === 'year') {
      source += year;
      for (let digit = 0; digit < 4; digit++) spans[digit] = [at + digit, at + digit + 1];
    } else {
      source += piece.field === 'day2' ? twoDigits(date) : date;
      spans[9] = [source.length - 1, source.length];
      if (source.length - at === 2) spans[8] = [at, at + 1];
    }
  }
  return { day, form, source, target: isoOfDay(day), spans };
}

/** Every string of the data set, form after form, day after day: what the frozen hash is taken over. */
export function* allDates(forms: readonly DateForm[]): Generator<DateExample> {
  for (const form of forms) for (let day = 0; day < DAY_COUNT; day++) yield writeDate(day, form);
}

/** Checks the frozen file's shape and readies its forms. @throws Error that names what is wrong */
export function thawForms(frozen: FrozenDates): DateForm[] {
  if (frozen?.name !== 'dates' || frozen.version !== 1 || !Array.isArray(frozen.locales)) {
    throw new Error(
      'Expected the parsed content of datasets/dates/dates.json, version 1; got ' +
        `name ${JSON.stringify(frozen?.name)}, version ${JSON.stringify(frozen?.version)}. ` +
        'Pass JSON.parse(readFileSync(path, "utf8")).',
    );
  }
  const locales: readonly FrozenLocale[] = frozen.locales;
  return locales.flatMap(({ locale, language, heldOut, forms }) =>
    forms.map((form) => {
      const pieces = parsePattern(form.pattern);
      const needsWeekday = pieces.some((piece) => 'field' in piece && piece.field === 'weekday');
      if (form.months.length !== 12 || (needsWeekday && form.weekdays?.length !== 7)) {
        throw new Error(
          `Frozen dates, ${locale} ${form.style}: expected 12 months and, with {weekday}, 7 weekdays; ` +
            `got ${form.months.length} and ${form.weekdays?.length ?? 0}. The file is damaged: restore it.`,
        );
      }
      return { ...form, locale, language, heldOut, pieces };
    }),
  );
}
