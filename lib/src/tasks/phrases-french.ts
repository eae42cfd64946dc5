import type { Adjective, Coordinator, Noun, Subordinator } from './phrases-lexicon.js';
import {
  type Clause,
  isPlural,
  type Meaning,
  type NounPhrase,
  numberParts,
  type Predicate,
  type Pronoun,
  type SpeltWord,
  type Unit,
  word,
} from './phrases-meaning.js';

// biome-ignore format: a table
const SMALL = ['', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf', 'dix', 'onze', 'douze', 'treize',
  'quatorze', 'quinze', 'seize', 'dix-sept', 'dix-huit', 'dix-neuf'];
const TENS = [
  '',
  '',
  'vingt',
  'trente',
  'quarante',
  'cinquante',
  'soixante',
  'soixante',
  'quatre-vingt',
  'quatre-vingt',
];
const COORDINATORS: Readonly<Record<Coordinator, string>> = { and: 'et', but: 'mais', or: 'ou' };
const SUBORDINATORS: Readonly<Record<Subordinator, string>> = { because: 'parce', while: 'pendant' };

/**
 * Numbers before 1990: a hyphen below a hundred, but for `et` (vingt et un); seventy and ninety count on from sixty and
 * eighty; `un` agrees with the noun.
 */
export function frenchNumber(value: number, gender: 'm' | 'f', path: string): SpeltWord[] {
  const { tens, units, all } = numberParts(value, path);
  if (value < 20) return [word(SMALL[value]!, ...all)];
  if (value === 80) return [word('quatre-vingts', ...all)];
  const ten = Math.floor(value / 10);
  const counted = ten === 7 || ten === 9; // soixante-douze: sixty and twelve
  const rest = (value % 10) + (counted ? 10 : 0);
  if (rest === 0) return [word(TENS[ten]!, ...all)];
  const last = rest === 1 && gender === 'f' ? 'une' : SMALL[rest]!;
  if (value % 10 === 1 && ten < 8)
    return [word(TENS[ten]!, ...tens), word('et', ...all), word(last, ...(counted ? all : units))];
  return [word(`${TENS[ten]}-${last}`, ...all)];
}

/**
 * French: adjectives agree with the noun, most stand after it in the order opposite to English; articles merge with prepositions and
 * vowels (du, au, l'homme, qu'elle), and such a word carries the parts of both.
 */
export function spellFrench(meaning: Meaning): SpeltWord[] {
  if (meaning.type === 'noun phrase') return nounPhrase(meaning, 'phrase');
  return meaning.units.flatMap((part, n) => [
    ...(n === 0 ? [] : [word(COORDINATORS[meaning.joints[n - 1]!], `joint ${n}`)]),
    ...unit(part, `unit ${n}`),
  ]);
}

function unit({ main, dependent }: Unit, path: string): SpeltWord[] {
  const first = clause(main, `${path}/main`);
  if (!dependent) return first;
  const conjunction = `${path}/conjunction`;
  const second = [
    word(SUBORDINATORS[dependent.conjunction], conjunction),
    ...merge('que', conjunction, clause(dependent.clause, `${path}/dependent`)),
  ];
  return dependent.fronted ? [...second, word(',', `${path}/comma`), ...first] : [...first, ...second];
}

function clause({ subject, predicate }: Clause, path: string): SpeltWord[] {
  const first =
    subject.type === 'pronoun'
      ? [word(subject.gender === 'm' ? 'il' : 'elle', `${path}/subject`)]
      : nounPhrase(subject, `${path}/subject`);
  return [...first, ...predicateWords(predicate, subject, path)];
}

function predicateWords(predicate: Predicate, subject: NounPhrase | Pronoun, path: string): SpeltWord[] {
  const { object, recipient, company, place, that } = predicate;
  const behind = (preposition: string, phrase: NounPhrase | undefined, role: string): SpeltWord[] =>
    phrase ? merge(preposition, `${path}/${role}/preposition`, nounPhrase(phrase, `${path}/${role}`)) : [];
  return [
    ...verbWords(predicate, subject, path),
    ...(object ? nounPhrase(object, `${path}/object`) : []),
    ...behind('à', recipient, 'recipient'),
    ...behind('avec', company, 'company'),
    ...behind('dans', place, 'place'),
    ...(that ? merge('que', `${path}/that`, clause(that, `${path}/that`)) : []),
  ];
}

function verbWords({ verb, tense }: Predicate, subject: NounPhrase | Pronoun, path: string): SpeltWord[] {
  const { french } = verb;
  const plural = isPlural(subject);
  const at = plural ? 1 : 0;
  const parts = [`${path}/verb`, `${path}/tense`] as const;
  if (tense === 'present') return [word(french.present[at], ...parts)];
  if (tense === 'future') return [word(french.future[at], ...parts)];
  if (french.auxiliary === 'avoir')
    return [word(plural ? 'ont' : 'a', parts[1]), word(french.participle, parts[0])];
  const feminine = (subject.type === 'pronoun' ? subject.gender : subject.noun.french.gender) === 'f';
  const participle = `${french.participle}${feminine ? 'e' : ''}${plural ? 's' : ''}`;
  return [word(plural ? 'sont' : 'est', parts[1]), word(participle, parts[0])];
}

function nounPhrase(phrase: NounPhrase, path: string): SpeltWord[] {
  const { noun, plural, determiner, number, adjectives, of, who } = phrase;
  const agreed = (adjective: Adjective): SpeltWord =>
    word(agree(adjective, noun, plural), `${path}/${adjective.place}`);
  const before = adjectives.filter(({ place }) => place === 'before');
  const after = adjectives.filter(({ place }) => place !== 'before').reverse();
  const inner = [
    ...(number === undefined ? [] : frenchNumber(number, noun.french.gender, path)),
    ...before.map(agreed),
    word(noun.french.forms[plural ? 1 : 0], `${path}/noun`),
    ...after.map(agreed),
  ];
  const vowel = noun.french.elides && before.length === 0 && number === undefined;
  return [
    ...(determiner ? withDeterminer(phrase, vowel, inner, `${path}/determiner`) : inner),
    ...(of ? merge('de', `${path}/of/preposition`, nounPhrase(of, `${path}/of`)) : []),
    ...(who ? [word('qui', `${path}/who`), ...predicateWords(who, phrase, `${path}/who`)] : []),
  ];
}

function agree({ french, place }: Adjective, noun: Noun, plural: boolean): string {
  const feminine = noun.french.gender === 'f';
  if (place === 'before' && !plural && !feminine && noun.french.elides && french.beforeVowel !== undefined)
    return french.beforeVowel;
  return french.forms[(plural ? 2 : 0) + (feminine ? 1 : 0)]!;
}

/** @param vowel the next word begins with a vowel or a silent h */
function withDeterminer(
  { noun, plural, determiner }: NounPhrase,
  vowel: boolean,
  inner: readonly SpeltWord[],
  part: string,
): SpeltWord[] {
  const feminine = noun.french.gender === 'f';
  if (determiner === 'the' && !plural && vowel) {
    const [first, ...rest] = inner;
    return [word(`l'${first!.text}`, part, ...first!.parts), ...rest];
  }
  const forms = {
    the: plural ? 'les' : feminine ? 'la' : 'le',
    a: feminine ? 'une' : 'un',
    this: plural ? 'ces' : feminine ? 'cette' : vowel ? 'cet' : 'ce',
    my: plural ? 'mes' : feminine && !vowel ? 'ma' : 'mon',
  };
  return [word(forms[determiner!], part), ...inner];
}

const MERGED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  de: { le: 'du', les: 'des', un: "d'un", une: "d'une" },
  à: { le: 'au', les: 'aux' },
  que: { il: "qu'il", elle: "qu'elle", un: "qu'un", une: "qu'une" },
};

/** Puts a small word before others, in one with the first where French writes them so. */
function merge(small: string, part: string, words: readonly SpeltWord[]): SpeltWord[] {
  const [first, ...rest] = words;
  const merged = MERGED[small]?.[first!.text];
  return merged === undefined
    ? [word(small, part), ...words]
    : [word(merged, part, ...first!.parts), ...rest];
}
