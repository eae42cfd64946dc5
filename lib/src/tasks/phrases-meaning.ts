import type {
  Adjective,
  Coordinator,
  Determiner,
  Noun,
  Subordinator,
  Tense,
  Verb,
} from './phrases-lexicon.js';

/** `the three small red houses of the king`, before any language. */
export interface NounPhrase {
  readonly type: 'noun phrase';
  readonly noun: Noun;
  readonly plural: boolean;
  /** Absent where a number stands alone: three houses. */
  readonly determiner?: Determiner;
  /** 2 ... 99, always with the plural. */
  readonly number?: number;
  /** In English order. */
  readonly adjectives: readonly Adjective[];
  readonly of?: NounPhrase;
  readonly who?: Predicate;
}

/** he or she */
export interface Pronoun {
  readonly type: 'pronoun';
  readonly gender: 'm' | 'f';
}

export interface Predicate {
  readonly verb: Verb;
  readonly tense: Tense;
  readonly object?: NounPhrase;
  readonly recipient?: NounPhrase;
  readonly company?: NounPhrase;
  readonly place?: NounPhrase;
  readonly that?: Clause;
}

export interface Clause {
  readonly subject: NounPhrase | Pronoun;
  readonly predicate: Predicate;
}

/** A main clause, perhaps with a clause that depends on it, before or after. */
export interface Unit {
  readonly main: Clause;
  readonly dependent?: {
    readonly conjunction: Subordinator;
    readonly clause: Clause;
    readonly fronted: boolean;
  };
}

/** What a phrase says: a noun phrase alone, or main clauses joined by `joints` (one fewer than `units`). */
export type Meaning =
  | NounPhrase
  | {
      readonly type: 'sentence';
      readonly units: readonly Unit[];
      readonly joints: readonly Coordinator[];
    };

/**
 * A word of a spelt phrase with the parts of the meaning that it expresses, named by their path. Words of two languages
 * are aligned where they share a part.
 */
export interface SpeltWord {
  readonly text: string;
  readonly parts: readonly string[];
}

export const word = (text: string, ...parts: string[]): SpeltWord => ({ text, parts });

/** For each target word the source words, ascending, with which it shares a part of the meaning. */
export function alignmentOf(source: readonly SpeltWord[], target: readonly SpeltWord[]): number[][] {
  const places = new Map<string, number[]>();
  source.forEach(({ parts }, at) => {
    for (const part of parts) places.set(part, [...(places.get(part) ?? []), at]);
  });
  return target.map(({ parts }) =>
    [...new Set(parts.flatMap((part) => places.get(part) ?? []))].sort((a, b) => a - b),
  );
}

/** Parts of a number: one word in English up to 20 and for full tens, else tens and units. */
export function numberParts(value: number, path: string): { tens: string[]; units: string[]; all: string[] } {
  const whole = [`${path}/number`];
  if (value < 20 || value % 10 === 0) return { tens: whole, units: whole, all: whole };
  const [tens, units] = [`${path}/tens`, `${path}/units`];
  return { tens: [tens], units: [units], all: [tens, units] };
}

export const isPlural = (subject: NounPhrase | Pronoun): boolean =>
  subject.type === 'noun phrase' && subject.plural;

/** Pairs of words that depend on one another, by which the splits are made. */
export function combinationsOf(meaning: Meaning): string[] {
  if (meaning.type === 'noun phrase') return nounPhraseCombinations(meaning);
  return meaning.units.flatMap(({ main, dependent }) => [
    ...clauseCombinations(main),
    ...(dependent ? clauseCombinations(dependent.clause) : []),
  ]);
}

export const nameOf = (noun: Noun): string => noun.english[0];

/** How each kind of combination is written: from this text alone its split follows. */
export const combination = {
  determiner: (determiner: Determiner, plural: boolean, noun: Noun): string =>
    `determiner ${determiner} ${plural ? 'plural' : 'singular'} ${nameOf(noun)}`,
  number: (value: number, noun: Noun): string => `number ${value} ${nameOf(noun)}`,
  adjective: (adjective: Adjective, noun: Noun): string => `adjective ${adjective.english} ${nameOf(noun)}`,
  of: (noun: Noun, owner: Noun): string => `of ${nameOf(noun)} ${nameOf(owner)}`,
  subject: (subject: Noun | Pronoun, verb: Verb): string =>
    `subject ${'gender' in subject ? (subject.gender === 'm' ? 'he' : 'she') : nameOf(subject)} ${verb.english.base}`,
  role: (role: Role, verb: Verb, noun: Noun): string => `${role} ${verb.english.base} ${nameOf(noun)}`,
};

export type Role = 'object' | 'recipient' | 'company' | 'place';
export const ROLES: readonly Role[] = ['object', 'recipient', 'company', 'place'];

function nounPhraseCombinations(phrase: NounPhrase): string[] {
  const { noun, plural, determiner, number, adjectives, of, who } = phrase;
  return [
    ...(determiner ? [combination.determiner(determiner, plural, noun)] : []),
    ...(number === undefined ? [] : [combination.number(number, noun)]),
    ...adjectives.map((adjective) => combination.adjective(adjective, noun)),
    ...(of ? [combination.of(noun, of.noun), ...nounPhraseCombinations(of)] : []),
    ...(who ? [combination.subject(noun, who.verb), ...predicateCombinations(who)] : []),
  ];
}

function clauseCombinations({ subject, predicate }: Clause): string[] {
  return [
    ...(subject.type === 'pronoun'
      ? [combination.subject(subject, predicate.verb)]
      : [...nounPhraseCombinations(subject), combination.subject(subject.noun, predicate.verb)]),
    ...predicateCombinations(predicate),
  ];
}

function predicateCombinations(predicate: Predicate): string[] {
  return [
    ...ROLES.flatMap((role) => {
      const phrase = predicate[role];
      return phrase
        ? [combination.role(role, predicate.verb, phrase.noun), ...nounPhraseCombinations(phrase)]
        : [];
    }),
    ...(predicate.that ? clauseCombinations(predicate.that) : []),
  ];
}
