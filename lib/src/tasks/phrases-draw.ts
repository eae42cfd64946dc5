import type { Random } from '../random/random.js';
import type { Adjective, FrozenPhrases, Noun, Tense, Verb } from './phrases-lexicon.js';
import type { Clause, Meaning, NounPhrase, Predicate, Pronoun, Role, Unit } from './phrases-meaning.js';
import { share } from './phrases-share.js';
import { isLiving, PRONOUNS, phraseTables } from './phrases-tables.js';

/** Draws the meaning of an English phrase of `words` words; `undefined` where it ran into a dead end: draw again. */
export type MeaningDrawer = (random: Random, words: number) => Meaning | undefined;

const TENSES: readonly Tense[] = ['present', 'past', 'future'];
// More than three adjectives or two owners are no phrase that anybody says.
const MOST_IN_NOUN_PHRASE = 12;
// From here on two clauses read better than one.
const LONG_CLAUSE = 11;

interface NounPhrasePlan {
  /** May have "who ...". */
  readonly who: boolean;
}
interface ClausePlan {
  /** May say "that ...": one clause within another is enough. */
  readonly that: boolean;
}

/** @param allowed whether a combination of words may come */
export function meaningDrawer(
  lexicon: Pick<FrozenPhrases, 'nouns' | 'adjectives' | 'verbs'>,
  allowed: (combination: string) => boolean,
): MeaningDrawer {
  const { nouns } = lexicon;
  const living = nouns.filter(isLiving);
  const tables = phraseTables(lexicon, allowed);
  const among = <T>(random: Random, items: readonly T[]): T | undefined =>
    items.length === 0 ? undefined : random.choice(items);

  /** A determiner or a number or both, adjectives, a noun: exactly `words` of them. `bare`: a number may stand alone. */
  function plain(random: Random, noun: Noun, words: number, bare: boolean): NounPhrase | undefined {
    const plural = random.uniform() < 0.5;
    const fits: { determined: boolean; numbered: 0 | 1 | 2; described: number }[] = [];
    for (const determined of [true, false])
      for (const numbered of plural ? ([0, 1, 2] as const) : ([0] as const)) {
        const described = words - 1 - Number(determined) - numbered;
        if ((determined || (bare && numbered > 0)) && described >= 0 && described <= 3)
          fits.push({ determined, numbered, described });
      }
    const plan = among(random, fits);
    if (plan === undefined) return undefined;
    const { determined, numbered, described } = plan;
    const determiner = determined ? among(random, tables.determiners.get(noun)![plural ? 1 : 0]) : undefined;
    const number = numbered === 0 ? undefined : among(random, tables.numbers.get(noun)![numbered]);
    const adjectives = describe(random, noun, described);
    if (determined !== (determiner !== undefined) || numbered > 0 !== (number !== undefined))
      return undefined;
    if (adjectives === undefined) return undefined;
    return {
      type: 'noun phrase',
      noun,
      plural,
      ...(determiner === undefined ? {} : { determiner }),
      ...(number === undefined ? {} : { number }),
      adjectives,
    };
  }

  /** At most one adjective of each place, so that French has one before the noun and no two orders. */
  function describe(random: Random, noun: Noun, count: number): Adjective[] | undefined {
    const chosen: Adjective[] = [];
    while (chosen.length < count) {
      const fitting = tables.adjectives
        .get(noun)!
        .filter((one) => chosen.every(({ place }) => place !== one.place));
      if (fitting.length === 0) return undefined;
      chosen.push(random.choice(fitting));
    }
    return chosen.sort((a, b) => a.rank - b.rank);
  }

  function nounPhrase(
    random: Random,
    noun: Noun,
    words: number,
    { who }: NounPhrasePlan,
  ): NounPhrase | undefined {
    const extended = words > 7 || (words >= 5 && random.uniform() < 0.35);
    if (!extended) return plain(random, noun, words, true);
    if (who && noun.kind === 'person' && random.uniform() < 0.5) {
      const own = 2 + random.integer(Math.min(3, words - 3));
      const phrase = plain(random, noun, own, true);
      const told = predicate(random, noun, words - own - 1, { that: false });
      return phrase && told && { ...phrase, who: told };
    }
    const own = 2 + random.integer(Math.min(5, words - 4));
    const owner = among(random, tables.owners.get(noun)!);
    const phrase = plain(random, noun, own, true);
    // No bare number after "of": German has no good form for it.
    const of = owner && plain(random, owner, words - own - 1, false);
    // What is mine is nobody else's.
    return phrase && of && phrase.determiner !== 'my' ? { ...phrase, of } : undefined;
  }

  function predicate(
    random: Random,
    subject: Noun | Pronoun,
    words: number,
    { that }: ClausePlan,
  ): Predicate | undefined {
    // One word is no future, and two words are nothing but a future: a complement has two or more.
    const tense = random.choice(words === 1 ? TENSES.slice(0, 2) : words === 2 ? TENSES.slice(2) : TENSES);
    const left = words - (tense === 'future' ? 2 : 1);
    const verb = among(
      random,
      tables.verbs.get(subject)!.filter(({ objects, recipients, that: says }) => {
        if (says) return that && left >= 3;
        return objects ? left >= (recipients ? 5 : 2) : left === 0 || left >= 3;
      }),
    );
    if (verb === undefined) return undefined;
    if (!verb.that) return complements(random, verb, tense, left);
    const said = clause(random, left - 1, { that: false });
    return said && { verb, tense, that: said };
  }

  /** Object, recipient, company and place that take exactly `left` words. */
  function complements(random: Random, verb: Verb, tense: Tense, left: number): Predicate | undefined {
    const roles: Role[] = [];
    if (verb.objects) roles.push('object');
    if (verb.recipients) roles.push('recipient');
    const needed = roles.length === 0 && left > 0;
    const cost = (role: Role): number => (role === 'object' ? 2 : 3);
    let free = left - roles.reduce((sum, role) => sum + cost(role), 0);
    for (const role of random.shuffle<Role>(verb.company ? ['company', 'place'] : ['place'])) {
      if (free >= cost(role) && ((needed && roles.length === 0) || random.uniform() < 0.4)) {
        roles.push(role);
        free -= cost(role);
      }
    }
    const bounds = roles.map((role) => ({ least: cost(role), most: cost(role) - 2 + MOST_IN_NOUN_PHRASE }));
    const shares = share(random, left, bounds);
    if (shares === undefined) return undefined;
    const phrases: Partial<Record<Role, NounPhrase>> = {};
    for (const [at, role] of roles.entries()) {
      const noun = among(random, tables.roles[role].get(verb)!);
      const phrase = noun && nounPhrase(random, noun, shares[at]! - (cost(role) - 2), { who: false });
      if (phrase === undefined) return undefined;
      phrases[role] = phrase;
    }
    return { verb, tense, ...phrases };
  }

  function clause(random: Random, words: number, plan: ClausePlan): Clause | undefined {
    const own = words < 3 || random.uniform() < 0.25 ? 1 : 2 + random.integer(Math.min(6, words - 2));
    if (own === 1) {
      const pronoun = random.choice(PRONOUNS);
      const told = predicate(random, pronoun, words - 1, plan);
      return told && { subject: pronoun, predicate: told };
    }
    const noun = random.choice(living);
    const subject = nounPhrase(random, noun, own, { who: true });
    const told = subject && predicate(random, noun, words - own, plan);
    return subject && told && { subject, predicate: told };
  }

  /** @param first of the phrase: only there a dependent clause may stand in front, or it could belong to two */
  function unit(random: Random, words: number, first: boolean): Unit | undefined {
    if (words < 5 || (words <= LONG_CLAUSE && random.uniform() < 0.6)) {
      const main = clause(random, words, { that: true });
      return main && { main };
    }
    const fronted = first && words >= 6 && random.uniform() < 0.4;
    const both = words - (fronted ? 2 : 1);
    const own = 2 + random.integer(both - 3);
    const main = clause(random, own, { that: true });
    const dependent = main && clause(random, both - own, { that: false });
    if (dependent === undefined) return undefined;
    const conjunction = random.choice(['because', 'while'] as const);
    // What goes on at the same time is told in the same tense.
    if (conjunction === 'while' && main!.predicate.tense !== dependent.predicate.tense) return undefined;
    return { main: main!, dependent: { conjunction, clause: dependent, fronted } };
  }

  return (random, words) => {
    // Two and three words are nearly all noun phrases: there are few sentences of that length.
    if (words <= MOST_IN_NOUN_PHRASE && random.uniform() < (words < 4 ? 0.9 : 0.3))
      return nounPhrase(random, random.choice(nouns), words, { who: true });
    const units: Unit[] = [];
    let left = words;
    while (left > 0) {
      // A conjunction and two words are the least that may remain.
      const joined = left > 2 * LONG_CLAUSE || (left >= 5 && random.uniform() < 0.35);
      const own = joined ? 2 + random.integer(Math.min(16, left - 4)) : left;
      const next = unit(random, own, units.length === 0);
      if (next === undefined) return undefined;
      units.push(next);
      left -= joined ? own + 1 : own;
    }
    const joints = units.slice(1).map(() => random.choice(['and', 'but', 'or'] as const));
    return { type: 'sentence', units, joints };
  };
}
