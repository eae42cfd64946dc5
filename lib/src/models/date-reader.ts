import { dayOfIso } from '../tasks/calendar.js';
import { normaliseText } from '../text/normalise.js';
import type { Vocabulary } from '../text/vocabulary.js';
import { translate } from './translate.js';
import type { Translator } from './translator-config.js';
import type { Translation } from './translator-step.js';

/** A translator of dates with what it takes to give it a text. */
export interface DateReader {
  readonly translator: Translator;
  readonly source: Vocabulary;
  readonly target: Vocabulary;
  /** Characters of the longest text that training could draw. */
  readonly longest: number;
}

export interface ReadDate {
  /** The text as the network got it. */
  readonly text: string;
  /** `yyyy-mm-dd`, a day that exists. */
  readonly iso: string;
  /** alpha[t][t'] of the ten characters of `iso` over the characters of `text`. */
  readonly alpha: Translation['alpha'];
  /** Probability that the network gives its answer. */
  readonly probability: number;
}

/**
 * Reads one date that somebody typed.
 *
 * @throws RangeError for an empty text, characters that were never trained, a text longer than any that was, and where
 *   what the network writes is no day: then the text is most likely no date, or in a language it does not know
 */
export function readDate({ translator, source, target, longest }: DateReader, typed: string): ReadDate {
  const text = normaliseText(typed);
  if (text === '')
    throw new RangeError('There is no date to read: the text is empty. Type one, such as "7 march 2031".');
  const { length } = source.tokenise(text);
  if (length > longest) {
    throw new RangeError(
      `"${text}" has ${length} characters, the longest text in training had ${longest}. Give the date alone, without words around it.`,
    );
  }
  const [answer] = translate(translator, [source.encode(text)], { maxLength: 12 });
  const iso = target.decode(answer!.ids);
  try {
    dayOfIso(iso);
  } catch {
    throw new RangeError(
      `"${text}" was read as "${iso}", which is no day. Is it a date, with a month in words, in a language that was trained?`,
    );
  }
  return { text, iso, alpha: answer!.alpha, probability: Math.exp(answer!.logProbability) };
}
