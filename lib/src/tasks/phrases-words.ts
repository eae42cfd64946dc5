import type { Determiner, FrozenPhrases, Noun, Tense, Verb } from './phrases-lexicon.js';
import type { Clause, Meaning, NounPhrase, Predicate, Role, SpeltWord } from './phrases-meaning.js';

type Lexicon = Pick<FrozenPhrases, 'nouns' | 'adjectives' | 'verbs'>;

/**
 * Every word that phrases can hold, in code point order: found by spelling each noun with each determiner, adjective
 * and number in each role, and each verb in each tense and order.
 */
export function phraseWords(lexicon: Lexicon, spell: (meaning: Meaning) => SpeltWord[]): string[] {
  const words = new Set<string>();
  for (const meaning of everyForm(lexicon)) for (const { text } of spell(meaning)) words.add(text);
  return [...words].sort();
}

const TENSES: readonly Tense[] = ['present', 'past', 'future'];

function* everyForm(lexicon: Lexicon): Generator<Meaning> {
  const { nouns, verbs } = lexicon;
  const he: Clause['subject'] = { type: 'pronoun', gender: 'm' };
  const she: Clause['subject'] = { type: 'pronoun', gender: 'f' };
  const [king, cat] = [theOne(nouns, 'person'), theOne(nouns, 'animal')];
  for (const noun of nouns) {
    for (const phrase of describedForms(lexicon, noun)) {
      yield phrase;
      // The form depends on the role, not on the verb: the first verb that takes the noun shows it.
      const told = (role: Role, takes: (verb: Verb) => boolean | undefined): Meaning[] => {
        const verb = verbs.find(takes);
        const object = verb?.objects ? { object: king } : {};
        return verb
          ? [main({ subject: he, predicate: { verb, tense: 'past', ...object, [role]: phrase } })]
          : [];
      };
      const living = noun.kind === 'person' || noun.kind === 'animal';
      yield* told('object', ({ objects }) => objects?.includes(noun.kind));
      yield* told('recipient', ({ recipients }) => recipients?.includes(noun.kind));
      yield* told('company', ({ company }) => company && living);
      yield* told('place', ({ that }) => noun.kind === 'place' && !that);
      if (living && phrase.determiner) yield { ...king, of: phrase };
      if (phrase.adjectives.length > 0 || phrase.number !== undefined) continue;
      for (const verb of verbs) if (verb.subjects.includes(noun.kind)) yield* tensesOf(verb, phrase, cat);
    }
  }
  for (const verb of verbs.filter(({ subjects }) => subjects.includes('person')))
    for (const subject of [he, she]) yield* tensesOf(verb, subject, cat);
}

const theOne = (nouns: readonly Noun[], kind: Noun['kind']): NounPhrase => ({
  type: 'noun phrase',
  noun: nouns.find((noun) => noun.kind === kind)!,
  plural: false,
  determiner: 'the',
  adjectives: [],
});

const main = (clause: Clause): Meaning => ({ type: 'sentence', units: [{ main: clause }], joints: [] });

/** A noun with each determiner, alone and with each adjective, and with each number. */
function* describedForms({ adjectives }: Lexicon, noun: Noun): Generator<NounPhrase> {
  const base = { type: 'noun phrase', noun } as const;
  for (const plural of [false, true])
    for (const determiner of plural
      ? (['the', 'this', 'my'] as const)
      : (['the', 'a', 'this', 'my'] as const)) {
      const phrase = { ...base, plural, determiner: determiner as Determiner };
      yield { ...phrase, adjectives: [] };
      for (const adjective of adjectives)
        if (adjective.kinds.includes(noun.kind)) yield { ...phrase, adjectives: [adjective] };
    }
  for (let number = 2; number < 100; number++) yield { ...base, plural: true, number, adjectives: [] };
  for (const adjective of adjectives)
    if (adjective.kinds.includes(noun.kind))
      yield { ...base, plural: true, number: 2, adjectives: [adjective] };
}

/** A subject that does something, in each tense, in main and dependent clauses with each conjunction. */
function* tensesOf(verb: Verb, subject: Clause['subject'], someone: NounPhrase): Generator<Meaning> {
  for (const tense of TENSES) {
    const said: Predicate = { verb, tense };
    const predicate: Predicate = {
      ...said,
      ...(verb.objects ? { object: someone } : {}),
      ...(verb.recipients ? { recipient: someone } : {}),
    };
    const clause: Clause = verb.that
      ? { subject, predicate: { ...said, that: { subject, predicate: said } } }
      : { subject, predicate };
    for (const conjunction of ['because', 'while'] as const)
      yield {
        type: 'sentence',
        units: [
          { main: clause, dependent: { conjunction, clause, fronted: true } },
          { main: clause },
          { main: clause },
          { main: clause },
        ],
        joints: ['and', 'but', 'or'],
      };
    if (subject.type === 'noun phrase') {
      yield { ...subject, who: predicate };
      yield main({ subject, predicate: { ...said, that: clause } });
    }
  }
}
