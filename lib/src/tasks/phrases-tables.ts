import type { Adjective, Determiner, FrozenPhrases, Noun, NounKind, Verb } from './phrases-lexicon.js';
import { combination, type Pronoun, ROLES, type Role } from './phrases-meaning.js';

/** Which words may stand beside which, looked up once: drawing asks thousands of times. */
export interface PhraseTables {
  /** `[singular, plural]` */
  readonly determiners: ReadonlyMap<Noun, readonly [Determiner[], Determiner[]]>;
  /** 2 ... 99, by whether they are one or two English words. */
  readonly numbers: ReadonlyMap<Noun, Readonly<Record<1 | 2, readonly number[]>>>;
  readonly adjectives: ReadonlyMap<Noun, readonly Adjective[]>;
  /** Whose it may be. */
  readonly owners: ReadonlyMap<Noun, readonly Noun[]>;
  readonly verbs: ReadonlyMap<Noun | Pronoun, readonly Verb[]>;
  readonly roles: Readonly<Record<Role, ReadonlyMap<Verb, readonly Noun[]>>>;
}

export const PRONOUNS: readonly Pronoun[] = [
  { type: 'pronoun', gender: 'm' },
  { type: 'pronoun', gender: 'f' },
];

export const isLiving = ({ kind }: Noun): boolean => kind === 'person' || kind === 'animal';

const LIVING: readonly NounKind[] = ['person', 'animal'];
const KINDS: Readonly<Record<Role, (verb: Verb) => readonly NounKind[]>> = {
  object: ({ objects }) => objects ?? [],
  recipient: ({ recipients }) => recipients ?? [],
  company: ({ company }) => (company ? LIVING : []),
  place: ({ that }) => (that ? [] : ['place']),
};

/** @param allowed whether a combination of words may come */
export function phraseTables(
  { nouns, adjectives, verbs }: Pick<FrozenPhrases, 'nouns' | 'adjectives' | 'verbs'>,
  allowed: (combination: string) => boolean,
): PhraseTables {
  const by = <Key, Value>(keys: readonly Key[], make: (key: Key) => Value): Map<Key, Value> =>
    new Map(keys.map((key) => [key, make(key)]));
  const numbers = (noun: Noun): Record<1 | 2, number[]> => {
    const found: Record<1 | 2, number[]> = { 1: [], 2: [] };
    for (let value = 2; value < 100; value++)
      if (allowed(combination.number(value, noun))) found[value < 20 || value % 10 === 0 ? 1 : 2].push(value);
    return found;
  };
  const determiners = (noun: Noun, plural: boolean): Determiner[] =>
    (plural ? (['the', 'this', 'my'] as const) : (['the', 'a', 'this', 'my'] as const)).filter((determiner) =>
      allowed(combination.determiner(determiner, plural, noun)),
    );
  const canDo = (verb: Verb, subject: Noun | Pronoun): boolean =>
    verb.subjects.includes('kind' in subject ? subject.kind : 'person') &&
    allowed(combination.subject(subject, verb));
  return {
    determiners: by(nouns, (noun) => [determiners(noun, false), determiners(noun, true)]),
    numbers: by(nouns, numbers),
    adjectives: by(nouns, (noun) =>
      adjectives.filter((one) => one.kinds.includes(noun.kind) && allowed(combination.adjective(one, noun))),
    ),
    owners: by(nouns, (noun) =>
      nouns.filter((one) => isLiving(one) && one !== noun && allowed(combination.of(noun, one))),
    ),
    verbs: by([...nouns, ...PRONOUNS], (subject) => verbs.filter((verb) => canDo(verb, subject))),
    roles: Object.fromEntries(
      ROLES.map((role) => [
        role,
        by(verbs, (verb) =>
          nouns.filter(
            (noun) => KINDS[role](verb).includes(noun.kind) && allowed(combination.role(role, verb, noun)),
          ),
        ),
      ]),
    ) as Record<Role, Map<Verb, Noun[]>>,
  };
}
