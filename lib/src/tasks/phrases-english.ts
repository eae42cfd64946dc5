import {
  type Clause,
  isPlural,
  type Meaning,
  type NounPhrase,
  numberParts,
  type Predicate,
  type SpeltWord,
  type Unit,
  word,
} from './phrases-meaning.js';

// biome-ignore format: a table
const SMALL = ['', '', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve',
  'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** 21 is two words, as it is read: twenty one. */
export function englishNumber(value: number, path: string): SpeltWord[] {
  const { tens, units, all } = numberParts(value, path);
  if (value < 20) return [word(SMALL[value]!, ...all)];
  const ten = word(TENS[Math.floor(value / 10)]!, ...tens);
  if (value % 10 === 0) return [ten];
  return [ten, word(value % 10 === 1 ? 'one' : SMALL[value % 10]!, ...units)];
}

/** English is the plan of the meaning: each part is a word of its own, but for verbs, which carry their tense. */
export function spellEnglish(meaning: Meaning): SpeltWord[] {
  if (meaning.type === 'noun phrase') return nounPhrase(meaning, 'phrase');
  return meaning.units.flatMap((part, n) => [
    ...(n === 0 ? [] : [word(meaning.joints[n - 1]!, `joint ${n}`)]),
    ...unit(part, `unit ${n}`),
  ]);
}

function unit({ main, dependent }: Unit, path: string): SpeltWord[] {
  const first = clause(main, `${path}/main`);
  if (!dependent) return first;
  const second = [
    word(dependent.conjunction, `${path}/conjunction`),
    ...clause(dependent.clause, `${path}/dependent`),
  ];
  return dependent.fronted ? [...second, word(',', `${path}/comma`), ...first] : [...first, ...second];
}

function clause({ subject, predicate }: Clause, path: string): SpeltWord[] {
  const first =
    subject.type === 'pronoun'
      ? [word(subject.gender === 'm' ? 'he' : 'she', `${path}/subject`)]
      : nounPhrase(subject, `${path}/subject`);
  return [...first, ...predicateWords(predicate, isPlural(subject), path)];
}

function predicateWords(predicate: Predicate, plural: boolean, path: string): SpeltWord[] {
  const { object, recipient, company, place, that } = predicate;
  const behind = (preposition: string, phrase: NounPhrase | undefined, role: string): SpeltWord[] =>
    phrase
      ? [word(preposition, `${path}/${role}/preposition`), ...nounPhrase(phrase, `${path}/${role}`)]
      : [];
  return [
    ...verbWords(predicate, plural, path),
    ...(object ? nounPhrase(object, `${path}/object`) : []),
    ...behind('to', recipient, 'recipient'),
    ...behind('with', company, 'company'),
    ...behind('in', place, 'place'),
    ...(that ? [word('that', `${path}/that`), ...clause(that, `${path}/that`)] : []),
  ];
}

function verbWords({ verb, tense }: Predicate, plural: boolean, path: string): SpeltWord[] {
  const parts = [`${path}/verb`, `${path}/tense`] as const;
  if (tense === 'future') return [word('will', parts[1]), word(verb.english.base, parts[0])];
  if (tense === 'past') return [word(verb.english.past, ...parts)];
  return [word(plural ? verb.english.base : verb.english.third, ...parts)];
}

function nounPhrase(phrase: NounPhrase, path: string): SpeltWord[] {
  const { noun, plural, determiner, number, adjectives, of, who } = phrase;
  const inner = [
    ...(number === undefined ? [] : englishNumber(number, path)),
    ...adjectives.map(({ english, place }) => word(english, `${path}/${place}`)),
    word(noun.english[plural ? 1 : 0], `${path}/noun`),
  ];
  return [
    ...(determiner ? [word(article(determiner, plural, inner[0]!.text), `${path}/determiner`)] : []),
    ...inner,
    ...(of ? [word('of', `${path}/of/preposition`), ...nounPhrase(of, `${path}/of`)] : []),
    ...(who ? [word('who', `${path}/who`), ...predicateWords(who, plural, `${path}/who`)] : []),
  ];
}

function article(determiner: string, plural: boolean, next: string): string {
  if (determiner === 'this') return plural ? 'these' : 'this';
  return determiner === 'a' && /^[aeio]/.test(next) ? 'an' : determiner;
}
