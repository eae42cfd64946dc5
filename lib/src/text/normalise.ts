// Zero-width characters and direction marks: invisible, so a learner could not see why a string is refused.
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/gu;

/**
 * The one spelling that vocabularies see: NFC, lower case, every kind of space (no-break, thin, narrow ...) a plain
 * one, runs of spaces joined, ends trimmed, invisible marks removed.
 *
 * @param locale language whose rules lower-case (`'tr'`: I becomes dotless ı); without it the language-neutral rules
 */
export function normaliseText(text: string, locale?: string): string {
  const lower = locale === undefined ? text.toLowerCase() : text.toLocaleLowerCase(locale);
  return lower.normalize('NFC').replace(INVISIBLE, '').replace(/\s+/gu, ' ').trim();
}
