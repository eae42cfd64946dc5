import { createRandom, type Random } from '../random/random.js';
import { createVocabulary, type Vocabulary } from '../text/vocabulary.js';
import type { Split } from './calendar.js';
import { splitOfSentence } from './growing-up-grammar.js';
import { allCombinations } from './phrases-combinations.js';
import { type MeaningDrawer, meaningDrawer } from './phrases-draw.js';
import { spellEnglish } from './phrases-english.js';
import { spellFrench } from './phrases-french.js';
import { spellGerman } from './phrases-german.js';
import { checkFrozenPhrases, type FrozenPhrases, LANGUAGES, type Language } from './phrases-lexicon.js';
import { alignmentOf, combinationsOf, type Meaning, type SpeltWord } from './phrases-meaning.js';
import { phraseWords } from './phrases-words.js';

/** Fewest and most words of a source phrase. */
export const SHORTEST_PHRASE = 2;
export const LONGEST_PHRASE = 30;

/** A phrase in two languages, with the words that belong together. */
export interface PhrasePair {
  /** Words as they stand between spaces; the comma is one. */
  readonly source: readonly string[];
  readonly target: readonly string[];
  /** For each target word the source words that it comes from, ascending: one or more. */
  readonly alignment: readonly (readonly number[])[];
  readonly meaning: Meaning;
}

export interface PhraseChoice {
  /** Default English. */
  readonly from?: Language;
  /** Default French; another than `from`. */
  readonly to?: Language;
  /**
   * `train` (the default): only combinations of words that are trained on. `validation`, `test`: at least one combination that
   * is held out for it in each phrase, and none that is held out for the other.
   */
  readonly split?: Split;
  /** Fewest and most source words; each length between is equally likely. Default 2 and 30. */
  readonly lengths?: readonly [fewest: number, most: number];
}

/** The phrases task: translate between English, French and German, with the true alignment known. */
export interface Phrases {
  readonly languages: readonly Language[];
  /** Every word of a language. */
  vocabulary(language: Language): Vocabulary;
  /** `count` independent draws. Nothing is stored. @throws RangeError on a count, length or language that cannot be */
  sample(random: Random, count: number, choice?: PhraseChoice): PhrasePair[];
  /** `size` phrases of different source, the same for everybody, of the test split by default. @throws as `sample`, and where there are not as many */
  fixedSet(size: number, choice?: PhraseChoice): PhrasePair[];
  /** A meaning in two languages. */
  pair(meaning: Meaning, from: Language, to: Language): PhrasePair;
}

const SPELL: Readonly<Record<Language, (meaning: Meaning) => SpeltWord[]>> = {
  english: spellEnglish,
  french: spellFrench,
  german: spellGerman,
};

// A draw that fits comes at least once in a few hundred; this many misses mean a mistake in the lexicon.
const MOST_TRIES = 200_000;

/**
 * The split of a combination of words that depend on one another: 10 % test, 5 % validation, by a hash of its text. "the" is
 * trained on with every noun: with some it is one word in French (l'image), which would not be known otherwise.
 */
export const splitOfCombination = (combination: string): Split =>
  combination.startsWith('determiner the ') ? 'train' : splitOfSentence(combination);

/** The split of a phrase by its combinations, or `undefined` where some are held out for validation and some for test. */
export function splitOfMeaning(meaning: Meaning): Split | undefined {
  const splits = new Set(combinationsOf(meaning).map(splitOfCombination));
  if (splits.has('test')) return splits.has('validation') ? undefined : 'test';
  return splits.has('validation') ? 'validation' : 'train';
}

/**
 * Makes the phrases task from its frozen lexicon.
 *
 * Source: `datasets/phrases/card.md`. A phrase is drawn as a meaning and spelt in both languages; two words are aligned where
 * they express the same part of the meaning.
 *
 * @param frozen parsed content of `datasets/phrases/phrases.json`
 * @throws Error when it is not that
 */
export function loadPhrases(frozen: FrozenPhrases): Phrases {
  checkFrozenPhrases(frozen);
  const splits = new Map([...allCombinations(frozen)].map((one) => [one, splitOfCombination(one)]));
  const drawerOf = (split: Split): MeaningDrawer =>
    meaningDrawer(frozen, (one) => splits.get(one) === 'train' || splits.get(one) === split);
  const drawers = { train: drawerOf('train'), validation: drawerOf('validation'), test: drawerOf('test') };
  const holdsOut = (meaning: Meaning, split: Split): boolean =>
    combinationsOf(meaning).some((one) => splits.get(one) === split);
  const vocabularies = new Map<Language, Vocabulary>();

  function vocabulary(language: Language): Vocabulary {
    checkLanguage(language);
    const known = vocabularies.get(language);
    if (known !== undefined) return known;
    const words = phraseWords(frozen, SPELL[language]);
    const made = createVocabulary([words.join(' ')], { kind: 'word' });
    vocabularies.set(language, made);
    return made;
  }

  function drawOne(random: Random, length: number, split: Split, from: Language): Meaning {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const meaning = drawers[split](random, from === 'english' ? length : nearby(random, length));
      if (meaning === undefined || (split !== 'train' && !holdsOut(meaning, split))) continue;
      if (from === 'english' || SPELL[from](meaning).length === length) return meaning;
    }
    throw new Error(
      `phrases: no ${from} phrase of ${length} words was found for ${split}; restore the lexicon.`,
    );
  }

  function pair(meaning: Meaning, from: Language, to: Language): PhrasePair {
    const [source, target] = [SPELL[from](meaning), SPELL[to](meaning)];
    const texts = (words: readonly SpeltWord[]): string[] => words.map(({ text }) => text);
    return { source: texts(source), target: texts(target), alignment: alignmentOf(source, target), meaning };
  }

  function* draws(random: Random, choice: PhraseChoice): Generator<PhrasePair, never> {
    const { from, to, split, fewest, most } = checkChoice(choice);
    for (;;) {
      const length = fewest + random.integer(most - fewest + 1);
      yield pair(drawOne(random, length, split, from), from, to);
    }
  }

  return {
    languages: LANGUAGES,
    vocabulary,
    pair: (meaning, from, to) => {
      checkLanguage(from);
      checkLanguage(to);
      return pair(meaning, from, to);
    },
    sample: (random, count, choice = {}) => {
      checkCount('sample', count);
      const source = draws(random, choice);
      return Array.from({ length: count }, () => source.next().value);
    },
    fixedSet: (size, choice = {}) => {
      checkCount('fixed set', size);
      const chosen = { split: 'test', ...choice } as const;
      const seen = new Map<string, PhrasePair>();
      let repeated = 0;
      for (const drawn of draws(createRandom(`phrases ${chosen.split}`), chosen)) {
        if (seen.size === size) break;
        const text = drawn.source.join(' ');
        repeated = seen.has(text) ? repeated + 1 : 0;
        seen.set(text, seen.get(text) ?? drawn);
        if (repeated > 2000)
          throw new RangeError(
            `A fixed set of ${size} phrases cannot be made: only ${seen.size} different ones were found of these lengths and this split.`,
          );
      }
      return [...seen.values()];
    },
  };
}

// A French or German phrase has this many words more or fewer than the English one, seldom more.
const SPREAD = 5;

/** A length of the English phrase, the likelier the nearer. */
function nearby(random: Random, length: number): number {
  return Math.max(SHORTEST_PHRASE, length + random.integer(SPREAD + 1) - random.integer(SPREAD + 1));
}

function checkLanguage(language: Language): void {
  if (!LANGUAGES.includes(language))
    throw new RangeError(`No phrases in ${JSON.stringify(language)}: there are ${LANGUAGES.join(', ')}.`);
}

function checkCount(what: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`A ${what} of ${count} phrases: expected a whole number from 1.`);
}

function checkChoice({
  from = 'english',
  to = from === 'french' ? 'english' : 'french',
  split = 'train',
  lengths = [SHORTEST_PHRASE, LONGEST_PHRASE],
}: PhraseChoice) {
  checkLanguage(from);
  checkLanguage(to);
  if (from === to) throw new RangeError(`Phrases from ${from} to ${to}: expected two languages.`);
  if (!['train', 'validation', 'test'].includes(split))
    throw new RangeError(`No split ${JSON.stringify(split)}: expected train, validation or test.`);
  const [fewest, most] = lengths;
  const whole = Number.isSafeInteger(fewest) && Number.isSafeInteger(most) && lengths.length === 2;
  if (!whole || fewest < SHORTEST_PHRASE || most > LONGEST_PHRASE || fewest > most)
    throw new RangeError(
      `Phrases of ${JSON.stringify(lengths)} words: expected [fewest, most], whole numbers from ${SHORTEST_PHRASE} to ${LONGEST_PHRASE}.`,
    );
  return { from, to, split, fewest, most };
}
