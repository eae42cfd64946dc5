import { readFileSync } from 'node:fs';
import type { FrozenPhrases } from 'heed';
import type { Determiner, Tense } from '../../../lib/src/tasks/phrases-lexicon.js';
import type {
  Clause,
  Meaning,
  NounPhrase,
  Predicate,
  Pronoun,
} from '../../../lib/src/tasks/phrases-meaning.js';

const file = new URL('../../../datasets/phrases/phrases.json', import.meta.url);
export const frozen = JSON.parse(readFileSync(file, 'utf8')) as FrozenPhrases;

/** `some('the 3 small red house+')`: a noun phrase by its words, `+` for the plural. */
export function some(text: string, more: Partial<NounPhrase> = {}): NounPhrase {
  const words = text.split(' ');
  const last = words.at(-1)!;
  const noun = frozen.nouns.find(({ english }) => english[0] === last.replace('+', ''));
  if (!noun) throw new Error(`no noun ${last}`);
  const determiner = words.find((word): word is Determiner => ['the', 'a', 'this', 'my'].includes(word));
  const number = words.find((word) => /^\d+$/.test(word));
  const adjectives = words.flatMap((word) => frozen.adjectives.filter(({ english }) => english === word));
  return {
    type: 'noun phrase',
    noun,
    plural: last.endsWith('+'),
    ...(determiner ? { determiner } : {}),
    ...(number ? { number: Number(number) } : {}),
    adjectives,
    ...more,
  };
}

export const he: Pronoun = { type: 'pronoun', gender: 'm' };
export const she: Pronoun = { type: 'pronoun', gender: 'f' };

export function does(base: string, tense: Tense, roles: Partial<Predicate> = {}): Predicate {
  const verb = frozen.verbs.find(({ english }) => english.base === base);
  if (!verb) throw new Error(`no verb ${base}`);
  return { verb, tense, ...roles };
}

export const clause = (subject: Clause['subject'], predicate: Predicate): Clause => ({ subject, predicate });

export const says = (subject: Clause['subject'], predicate: Predicate): Meaning => ({
  type: 'sentence',
  units: [{ main: { subject, predicate } }],
  joints: [],
});
