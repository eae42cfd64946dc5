import type { Split } from './calendar.js';

export type Language = 'english' | 'french' | 'german';
export const LANGUAGES: readonly Language[] = ['english', 'french', 'german'];

/** What a noun is, as far as verbs and adjectives ask: a key can be heavy, a king can be sad. */
export type NounKind = 'person' | 'animal' | 'thing' | 'nature' | 'place';
export type Determiner = 'the' | 'a' | 'this' | 'my';
export type Tense = 'present' | 'past' | 'future';
export type Coordinator = 'and' | 'but' | 'or';
export type Subordinator = 'because' | 'while';

type SingularPlural = readonly [singular: string, plural: string];

export interface Noun {
  readonly kind: NounKind;
  readonly english: SingularPlural;
  readonly french: {
    readonly gender: 'm' | 'f';
    readonly forms: SingularPlural;
    /** True where it begins with a vowel or a silent h: l'homme, cet homme, vieil homme. */
    readonly elides: boolean;
  };
  readonly german: {
    readonly gender: 'm' | 'f' | 'n';
    /** Nominative, accusative and dative: no noun here is weak. */
    readonly singular: string;
    readonly genitive: string;
    readonly plural: string;
    readonly dativePlural: string;
  };
}

export interface Adjective {
  readonly english: string;
  /** Where it stands: in French `before` the noun, the others after it. A noun has one of each at most. */
  readonly place: 'before' | 'quality' | 'colour';
  /** Order in English: the smaller, the further from the noun. */
  readonly rank: number;
  readonly kinds: readonly NounKind[];
  /** Masculine, feminine, their plurals; `beforeVowel` is the masculine of bel homme. */
  readonly french: {
    readonly forms: readonly [m: string, f: string, ms: string, fs: string];
    readonly beforeVowel?: string;
  };
  /** The stem that takes the endings. */
  readonly german: string;
}

export interface Verb {
  readonly english: { readonly base: string; readonly third: string; readonly past: string };
  /** Third person; the past is the passé composé. */
  readonly french: {
    readonly auxiliary: 'avoir' | 'être';
    readonly present: SingularPlural;
    readonly participle: string;
    readonly future: SingularPlural;
  };
  /** Third person, without the particle; the past is the Perfekt. */
  readonly german: {
    readonly auxiliary: 'haben' | 'sein';
    readonly present: SingularPlural;
    readonly participle: string;
    readonly infinitive: string;
    /** `an` of `kommt ... an`. */
    readonly particle?: string;
  };
  readonly subjects: readonly NounKind[];
  readonly objects?: readonly NounKind[];
  readonly recipients?: readonly NounKind[];
  /** May be done "with" somebody. */
  readonly company?: boolean;
  /** Takes a clause: says that ... */
  readonly that?: boolean;
}

/** `datasets/phrases/phrases.json`: the words. What is done with them is `phrases-{english,french,german}.ts`. */
export interface FrozenPhrases {
  readonly name: 'phrases';
  readonly version: number;
  readonly nouns: readonly Noun[];
  readonly adjectives: readonly Adjective[];
  readonly verbs: readonly Verb[];
  /** Combinations of words that depend on one another, of each split. */
  readonly combinations: Readonly<Record<Split, number>>;
  /** Different words of each language, the comma included. */
  readonly vocabulary: Readonly<Record<Language, number>>;
  /** Lines `english TAB french TAB german` of `count` phrases: guards the grammar against changing unseen. */
  readonly sample: { readonly count: number; readonly sha256: string };
}

/** @throws Error unless it is the parsed content of `datasets/phrases/phrases.json` */
export function checkFrozenPhrases(frozen: FrozenPhrases): void {
  if (frozen?.name !== 'phrases' || frozen.version !== 1 || !Array.isArray(frozen.nouns)) {
    throw new Error(
      'Expected the parsed content of datasets/phrases/phrases.json, version 1; got ' +
        `name ${JSON.stringify(frozen?.name)}, version ${JSON.stringify(frozen?.version)}.`,
    );
  }
}
