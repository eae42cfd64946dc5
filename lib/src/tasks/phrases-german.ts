import type { Coordinator, Determiner, Noun, Subordinator } from './phrases-lexicon.js';
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
const SMALL = ['', 'ein', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun', 'zehn', 'elf', 'zwölf', 'dreizehn',
  'vierzehn', 'fünfzehn', 'sechzehn', 'siebzehn', 'achtzehn', 'neunzehn'];
// biome-ignore format: a table
const TENS = ['', '', 'zwanzig', 'dreißig', 'vierzig', 'fünfzig', 'sechzig', 'siebzig', 'achtzig', 'neunzig'];
const COORDINATORS: Readonly<Record<Coordinator, string>> = { and: 'und', but: 'aber', or: 'oder' };
const SUBORDINATORS: Readonly<Record<Subordinator, string>> = { because: 'weil', while: 'während' };

type Case = 'nominative' | 'accusative' | 'dative' | 'genitive';
type Slot = 'm' | 'f' | 'n' | 'plural';

/** One word, units before tens: einundzwanzig. */
export function germanNumber(value: number, path: string): SpeltWord {
  const { all } = numberParts(value, path);
  if (value < 20) return word(SMALL[value]!, ...all);
  const ten = TENS[Math.floor(value / 10)]!;
  return word(value % 10 === 0 ? ten : `${SMALL[value % 10]}und${ten}`, ...all);
}

// Endings of der, which dieser shares but for its own vowel, in the order masculine, feminine, neuter, plural.
const THE: Readonly<Record<Case, string>> = {
  nominative: 'der die das die',
  accusative: 'den die das die',
  dative: 'dem der dem den',
  genitive: 'des der des der',
};
const THIS: Readonly<Record<Case, string>> = {
  nominative: 'dieser diese dieses diese',
  accusative: 'diesen diese dieses diese',
  dative: 'diesem dieser diesem diesen',
  genitive: 'dieses dieser dieses dieser',
};
// Of ein and mein; ein has no plural.
const EIN: Readonly<Record<Case, string>> = {
  nominative: '- e - e',
  accusative: 'en e - e',
  dative: 'em er em en',
  genitive: 'es er es er',
};
const SLOTS: readonly Slot[] = ['m', 'f', 'n', 'plural'];

function determinerOf(determiner: Determiner, slot: Slot, grammatical: Case): string {
  const at = SLOTS.indexOf(slot);
  if (determiner === 'the') return THE[grammatical].split(' ')[at]!;
  if (determiner === 'this') return THIS[grammatical].split(' ')[at]!;
  const ending = EIN[grammatical].split(' ')[at]!;
  return `${determiner === 'a' ? 'ein' : 'mein'}${ending === '-' ? '' : ending}`;
}

/** Weak after der and dieser, mixed after ein and mein, strong after a bare number. */
function adjectiveEnding(determiner: Determiner | undefined, slot: Slot, grammatical: Case): string {
  if (determiner === undefined)
    return { nominative: 'e', accusative: 'e', dative: 'en', genitive: 'er' }[grammatical];
  if (slot === 'plural' || grammatical === 'dative' || grammatical === 'genitive') return 'en';
  if (slot === 'm' && grammatical === 'accusative') return 'en';
  if (slot === 'f' || determiner === 'the' || determiner === 'this') return 'e';
  return slot === 'm' ? 'er' : 'es';
}

function nounForm({ german }: Noun, plural: boolean, grammatical: Case): string {
  if (plural) return grammatical === 'dative' ? german.dativePlural : german.plural;
  return grammatical === 'genitive' ? german.genitive : german.singular;
}

const slotOf = (noun: Noun, plural: boolean): Slot => (plural ? 'plural' : noun.german.gender);

/**
 * German: the finite verb stands second in main clauses and last in dependent ones, participle and infinitive at the end, the
 * recipient before the object; case shows in articles and endings, so the article carries the parts of English "to" and "of".
 * A comma before and after a dependent clause carries the part of the word that opens the clause.
 */
export function spellGerman(meaning: Meaning): SpeltWord[] {
  if (meaning.type === 'noun phrase') return settleCommas(nounPhrase(meaning, 'nominative', 'phrase'));
  return settleCommas(
    meaning.units.flatMap((part, n) => [
      ...(n === 0 ? [] : joint(meaning.joints[n - 1]!, `joint ${n}`)),
      ...unit(part, `unit ${n}`),
    ]),
  );
}

function joint(coordinator: Coordinator, part: string): SpeltWord[] {
  const said = word(COORDINATORS[coordinator], part);
  return coordinator === 'but' ? [word(',', part), said] : [said];
}

/** Two commas that meet are one; none stands at the end. */
function settleCommas(words: readonly SpeltWord[]): SpeltWord[] {
  const settled: SpeltWord[] = [];
  for (const next of words) {
    const last = settled.at(-1);
    if (next.text === ',' && last?.text === ',')
      settled[settled.length - 1] = word(',', ...new Set([...last.parts, ...next.parts]));
    else settled.push(next);
  }
  if (settled.at(-1)!.text === ',') settled.pop();
  return settled;
}

function unit({ main, dependent }: Unit, path: string): SpeltWord[] {
  const inverted = dependent?.fronted === true;
  const first = clause(main, inverted ? 'inverted' : 'main', `${path}/main`);
  if (!dependent) return first;
  const conjunction = `${path}/conjunction`;
  const second = [
    word(SUBORDINATORS[dependent.conjunction], conjunction),
    ...clause(dependent.clause, 'dependent', `${path}/dependent`),
    word(',', conjunction, ...(inverted ? [`${path}/comma`] : [])),
  ];
  return inverted ? [...second, ...first] : [...first, word(',', conjunction), ...second];
}

type Order = 'main' | 'inverted' | 'dependent';

function clause({ subject, predicate }: Clause, order: Order, path: string): SpeltWord[] {
  const first =
    subject.type === 'pronoun'
      ? [word(subject.gender === 'm' ? 'er' : 'sie', `${path}/subject`)]
      : nounPhrase(subject, 'nominative', `${path}/subject`);
  return predicateWords(predicate, isPlural(subject), first, order, path);
}

function predicateWords(
  predicate: Predicate,
  plural: boolean,
  subject: readonly SpeltWord[],
  order: Order,
  path: string,
): SpeltWord[] {
  const { object, recipient, company, place, that } = predicate;
  const middle = [
    ...(recipient
      ? nounPhrase(recipient, 'dative', `${path}/recipient`, `${path}/recipient/preposition`)
      : []),
    ...(object ? nounPhrase(object, 'accusative', `${path}/object`) : []),
    ...(company
      ? [word('mit', `${path}/company/preposition`), ...nounPhrase(company, 'dative', `${path}/company`)]
      : []),
    ...(place ? inPlace(place, `${path}/place`) : []),
  ];
  const { finite, last } = verbWords(predicate, plural, order, path);
  const ordered = {
    main: [...subject, finite, ...middle, ...last],
    inverted: [finite, ...subject, ...middle, ...last],
    dependent: [...subject, ...middle, ...last, finite],
  }[order];
  if (!that) return ordered;
  const part = `${path}/that`;
  return [
    ...ordered,
    word(',', part),
    word('dass', part),
    ...clause(that, 'dependent', part),
    word(',', part),
  ];
}

function verbWords(
  { verb, tense }: Predicate,
  plural: boolean,
  order: Order,
  path: string,
): { finite: SpeltWord; last: SpeltWord[] } {
  const { german } = verb;
  const parts = [`${path}/verb`, `${path}/tense`] as const;
  if (tense === 'future')
    return { finite: word(plural ? 'werden' : 'wird', parts[1]), last: [word(german.infinitive, parts[0])] };
  if (tense === 'past') {
    const auxiliary = german.auxiliary === 'sein' ? (plural ? 'sind' : 'ist') : plural ? 'haben' : 'hat';
    return { finite: word(auxiliary, parts[1]), last: [word(german.participle, parts[0])] };
  }
  const form = german.present[plural ? 1 : 0];
  const { particle } = german;
  if (particle === undefined) return { finite: word(form, ...parts), last: [] };
  if (order === 'dependent') return { finite: word(`${particle}${form}`, ...parts), last: [] };
  return { finite: word(form, ...parts), last: [word(particle, parts[0])] };
}

/** in dem is written im. */
function inPlace(place: NounPhrase, path: string): SpeltWord[] {
  const [first, ...rest] = nounPhrase(place, 'dative', path);
  const preposition = `${path}/preposition`;
  return first!.text === 'dem'
    ? [word('im', preposition, ...first!.parts), ...rest]
    : [word('in', preposition), first!, ...rest];
}

/** @param shown a part of the meaning that only the case expresses; the first word carries it */
function nounPhrase(phrase: NounPhrase, grammatical: Case, path: string, shown?: string): SpeltWord[] {
  const { noun, plural, determiner, number, adjectives, of, who } = phrase;
  const slot = slotOf(noun, plural);
  const ending = adjectiveEnding(determiner, slot, grammatical);
  const words = [
    ...(determiner ? [word(determinerOf(determiner, slot, grammatical), `${path}/determiner`)] : []),
    ...(number === undefined ? [] : [germanNumber(number, path)]),
    ...adjectives.map(({ german, place }) => word(`${german}${ending}`, `${path}/${place}`)),
    word(nounForm(noun, plural, grammatical), `${path}/noun`),
  ];
  if (shown !== undefined) words[0] = word(words[0]!.text, shown, ...words[0]!.parts);
  const part = `${path}/who`;
  return [
    ...words,
    ...(of ? nounPhrase(of, 'genitive', `${path}/of`, `${path}/of/preposition`) : []),
    ...(who
      ? [
          word(',', part),
          ...predicateWords(
            who,
            plural,
            [word(THE.nominative.split(' ')[SLOTS.indexOf(slot)]!, part)],
            'dependent',
            part,
          ),
          word(',', part),
        ]
      : []),
  ];
}
