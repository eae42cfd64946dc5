/**
 * Makes dates.json from the ICU of this Node, or checks the frozen one.
 *
 *   node --import tsx datasets/dates/generate.ts [--check | --write]      (--check without an argument)
 *
 * --check verifies the frozen file's hash, the hash of all strings it spells, and, string by string, agreement with
 * the ICU at hand. ICU changes its data from version to version, so a difference there is reported and fails only
 * where the version is the frozen one.
 */
import { createHash } from 'node:crypto';
import { civilDay, DAY_COUNT, isoOfDay, twoDigits } from '../../lib/src/tasks/calendar.js';
import {
  allDates,
  type DateForm,
  type FrozenDates,
  type FrozenForm,
  type FrozenLocale,
  thawForms,
  writeDate,
} from '../../lib/src/tasks/date-forms.js';
import { normaliseText } from '../../lib/src/text/normalise.js';
import { runGenerator } from '../generator.js';

const TRAINED = [
  ['en-US', 'English (United States)'],
  ['en-GB', 'English (Great Britain)'],
  ['fr', 'French'],
  ['es', 'Spanish'],
  ['pt-BR', 'Portuguese (Brazil)'],
  ['it', 'Italian'],
  ['de', 'German'],
  ['nl', 'Dutch'],
  ['sv', 'Swedish'],
  ['fi', 'Finnish'],
  ['pl', 'Polish'],
  ['hu', 'Hungarian'],
  ['tr', 'Turkish'],
  ['el', 'Greek'],
  ['ru', 'Russian'],
] as const;

// One of each kind: names close to trained ones; a trained script with other names; a false friend (Croatian
// listopad is October, Polish listopad November).
const HELD_OUT = [
  ['nb', 'Norwegian'],
  ['uk', 'Ukrainian'],
  ['hr', 'Croatian'],
] as const;

const STYLES = ['full', 'long', 'medium'] as const;

const instantOf = (day: number): number => Date.UTC(1900, 0, 1 + day);

function formatter(locale: string, style: FrozenForm['style']): Intl.DateTimeFormat {
  const fixed = { timeZone: 'UTC', calendar: 'gregory', numberingSystem: 'latn' } as const;
  return new Intl.DateTimeFormat(locale, { ...fixed, dateStyle: style });
}

/** Reads a form off Intl, or returns undefined where the month is a number: 03/07 is March or July. */
function readForm(locale: string, style: FrozenForm['style']): FrozenForm | undefined {
  const format = formatter(locale, style);
  const normal = (text: string): string =>
    text.toLocaleLowerCase(locale).normalize('NFC').replace(/\s/gu, ' ');
  const partOf = (day: number, type: string): string | undefined => {
    const found = format.formatToParts(instantOf(day)).find((part) => part.type === type);
    return found && normal(found.value);
  };
  const firstOfMonth = (month: number): number => (Date.UTC(2023, month, 1) - instantOf(0)) / 86_400_000;
  const months = Array.from({ length: 12 }, (_, month) => partOf(firstOfMonth(month), 'month')!);
  if (months.some((name) => /\p{N}/u.test(name))) return undefined;

  const parts = format.formatToParts(instantOf(firstOfMonth(0)));
  const pattern = parts
    .map(({ type, value }) => {
      if (type === 'literal') return normal(value);
      return type === 'day' && value.startsWith('0') ? '{day2}' : `{${type}}`;
    })
    .join('');
  const form = { style, pattern, months };
  if (!pattern.includes('{weekday}')) return form;
  // 2023-01-01 is a Sunday.
  const weekdays = Array.from({ length: 7 }, (_, weekday) => partOf(firstOfMonth(0) + weekday, 'weekday')!);
  return { ...form, weekdays };
}

function readLocale([locale, language]: readonly [string, string], heldOut: boolean): FrozenLocale {
  const forms: FrozenForm[] = [];
  for (const style of STYLES) {
    const form = readForm(locale, style);
    const spelling = ({ style: _, ...rest }: FrozenForm): string => JSON.stringify(rest);
    if (form && !forms.some((known) => spelling(known) === spelling(form))) forms.push(form);
  }
  return { locale, language, heldOut, forms };
}

/** Days on which a form spells something else than Intl, or marks another alignment. */
function* differences(form: DateForm): Generator<string> {
  const format = formatter(form.locale, form.style);
  for (let day = 0; day < DAY_COUNT; day++) {
    const ours = writeDate(day, form).source;
    const theirs = normaliseText(format.format(instantOf(day)), form.locale);
    if (ours !== theirs)
      yield `${form.locale} ${form.style} ${isoOfDay(day)}: "${ours}" here, "${theirs}" from Intl`;
  }
}

/** Intl's own account of where the fields stand must be ours. One year holds every month, weekday and day length. */
function checkAlignment(form: DateForm): void {
  const format = formatter(form.locale, form.style);
  for (let day = 0; day < 366; day++) {
    const { year, month, date } = civilDay(day);
    let at = 0;
    for (const { type, value } of format.formatToParts(instantOf(day))) {
      const { spans } = writeDate(day, form);
      const first = { year: spans[0], month: spans[5], day: spans[8] ?? spans[9] }[type as string];
      if (first && first[0] !== at) {
        throw new Error(
          `${form.locale} ${form.style} ${year}-${twoDigits(month)}-${date}: ${type} stands at ${at}`,
        );
      }
      at += value.length;
    }
  }
}

function generate(): FrozenDates {
  const locales = [
    ...TRAINED.map((entry) => readLocale(entry, false)),
    ...HELD_OUT.map((entry) => readLocale(entry, true)),
  ];
  const { icu = 'unknown', cldr = 'unknown' } = process.versions;
  const draft = {
    name: 'dates',
    version: 1,
    madeWith: { icu, cldr },
    strings: { count: 0, sha256: '' },
    locales,
  } as const;
  const forms = thawForms(draft);
  const unlike = firstDifferences(forms);
  if (unlike.length > 0)
    throw new Error(`ICU ${icu} spells something that no regular form gives:\n${unlike.join('\n')}`);
  return { ...draft, strings: hashStrings(forms) };
}

function hashStrings(forms: readonly DateForm[]): FrozenDates['strings'] {
  const hash = createHash('sha256');
  let count = 0;
  let block = '';
  for (const { source, target } of allDates(forms)) {
    block += `${source}\t${target}\n`;
    // Blocks, because hashing line by line is several times slower.
    if (++count % 4096 === 0) {
      hash.update(block);
      block = '';
    }
  }
  return { count, sha256: hash.update(block).digest('hex') };
}

function firstDifferences(forms: readonly DateForm[]): string[] {
  return forms.flatMap((form) => {
    const first = differences(form).next();
    if (first.done) checkAlignment(form);
    return first.done ? [] : [first.value];
  });
}

/** Where another ICU spells otherwise, only the frozen file's own account of itself can be held. */
function check(text: string, again: () => void): void {
  const frozen = JSON.parse(text) as FrozenDates;
  const forms = thawForms(frozen);
  const strings = hashStrings(forms);
  if (JSON.stringify(strings) !== JSON.stringify(frozen.strings)) {
    throw new Error(
      `The rebuilt strings are not the frozen ones: ${JSON.stringify(strings)} instead of ${JSON.stringify(frozen.strings)}.`,
    );
  }
  console.log(`dates: file and ${strings.count} strings have the frozen hashes`);

  const { icu } = process.versions;
  if (icu === frozen.madeWith.icu) {
    again();
    return;
  }
  const unlike = firstDifferences(forms);
  console.log(
    `dates: ICU ${icu} here, ${frozen.madeWith.icu} when frozen; ${unlike.length} of ${forms.length} forms differ`,
  );
  for (const line of unlike) console.log(`  ${line}`);
}

runGenerator({ url: import.meta.url, generate, check, indent: 1 });
