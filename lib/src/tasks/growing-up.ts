import type { Random } from '../random/random.js';
import { createVocabulary, type Vocabulary } from '../text/vocabulary.js';
import type { Split } from './calendar.js';
import {
  allFacts,
  type FrozenGrowingUp,
  fill,
  prepareFillers,
  type ShortFact,
  spellFact,
  splitOfSentence,
  wordsOf,
} from './growing-up-grammar.js';

/** Fewest and most words between country and language. */
export const SHORTEST_GAP = 2;
export const LONGEST_GAP = 70;

/** A sentence whose last word follows from an earlier one, at a known distance. */
export interface GrowingUpSentence {
  /** `short`: things and what they are like; `long`: a country and its language. */
  readonly kind: 'short' | 'long';
  /** Words and full stops, all lower case. */
  readonly words: readonly string[];
  /** Place of the word that decides: the value (`green`) or the country. */
  readonly cue: number;
  /** Place of the word to be predicted: the attribute (`colour`) or the language. */
  readonly answer: number;
  /** Words and full stops between the two. */
  readonly gap: number;
}

export interface SentenceChoice {
  readonly kind: 'short' | 'long';
  /** Of a long sentence: words between country and language; drawn as in training where it is left out. */
  readonly gap?: number;
  /** Which filler sentences (or short sentences) may come: those of the other splits never do. `train` by default. */
  readonly split?: Split;
}

/** The task: predict the next word where it follows from a near word, and where it follows from a far one. */
export interface GrowingUp {
  readonly countries: readonly string[];
  /** Of the countries, in their order. */
  readonly languages: readonly string[];
  /** What the short sentences ask for: colour, taste ... */
  readonly attributes: readonly string[];
  /** Every word of the grammar and the full stop. */
  readonly vocabulary: Vocabulary;
  /** Probability of the right language for a reader who has forgotten the country: 1 / number of languages. */
  readonly chance: number;
  /** The gaps of each split: those held out for validation and test never come in training. */
  readonly gaps: Readonly<Record<Split, readonly number[]>>;
  languageOf(country: string): string;
  /** One sentence; a pure function of the stream and the choice. @throws where the gap is out of reach */
  sentence(random: Random, choice: SentenceChoice): GrowingUpSentence;
  /**
   * Sentences as a language model is trained on: `shortShare` of the short kind (default 0.25), the others long with gaps as
   * in training.
   */
  sample(
    random: Random,
    count: number,
    choice?: { readonly split?: Split; readonly shortShare?: number },
  ): GrowingUpSentence[];
  /**
   * Long sentences of one gap in which every country comes equally often, for measuring. @throws unless `count` is a multiple
   * of the number of countries
   */
  balanced(
    random: Random,
    count: number,
    choice: { readonly gap: number; readonly split: Split },
  ): GrowingUpSentence[];
  /** Ids of the words, without start and end. */
  encode(sentence: GrowingUpSentence): number[];
}

/**
 * The split of a gap: 20, 30, 40 and all above 50 are for test, 15, 25, 35 and 45 for validation. Short gaps are all
 * trained on, since the fall of a forgetful reader is measured there, word by word.
 */
export function splitOfGap(gap: number): Split {
  if (gap > 50 || (gap >= 20 && gap <= 40 && gap % 10 === 0)) return 'test';
  return gap >= 15 && gap <= 45 && gap % 10 === 5 ? 'validation' : 'train';
}

/**
 * Makes the task from its frozen grammar.
 *
 * Source: `datasets/growing-up/card.md`. Sentences are made when asked for; there are more than 200,000 filler sentences, and a
 * long sentence strings several together.
 *
 * @param frozen parsed content of `datasets/growing-up/growing-up.json`
 * @throws Error when it is not that
 */
export function loadGrowingUp(frozen: FrozenGrowingUp): GrowingUp {
  if (frozen?.name !== 'growing-up' || frozen.version !== 1) {
    throw new Error(
      `Not the growing-up grammar: expected name "growing-up", version 1, got ${JSON.stringify(frozen?.name)}, ${JSON.stringify(frozen?.version)}.`,
    );
  }
  const languageBy = new Map(frozen.countries.map(({ country, language }) => [country, language]));
  const countries = [...languageBy.keys()];
  const languages = [...languageBy.values()];
  const gaps = gapsBySplit();
  const fillers = prepareFillers(frozen);
  const facts = factsBySplit(frozen);
  const near = frozen.long.near.map((words) => ({ words, gap: betweenIn(words) }));
  const vocabulary = vocabularyOf(frozen);
  const endings = frozen.long.endings.map((words) => ({ words, gap: 1 + wordsOf(words).length - 2 }));

  function long(random: Random, country: string, gap: number, split: Split): GrowingUpSentence {
    const language = languageBy.get(country)!;
    const whole = near.filter((form) => form.gap === gap);
    if (whole.length > 0) {
      return place('long', fill(random.choice(whole).words, { country, language }), country, language);
    }
    // One word cannot be filled: no filler is shorter than a word and its full stop.
    const fitting = endings.filter((form) => gap === form.gap || gap >= form.gap + 2);
    const ending = random.choice(fitting);
    const words = [
      ...fill(random.choice(frozen.long.openings), { country }),
      ...fillers(random, gap - ending.gap, split),
      ...fill(ending.words, { language }),
    ];
    return place('long', words, country, language);
  }

  function sentence(random: Random, { kind, gap, split = 'train' }: SentenceChoice): GrowingUpSentence {
    if (kind === 'short') {
      if (gap !== undefined)
        throw new RangeError(`A short sentence has a gap of its own: leave gap (${gap}) out.`);
      const fact = random.choice(facts[split]);
      return place('short', spellFact(fact).split(' '), fact.value, fact.attribute);
    }
    if (gap !== undefined) checkGap(gap);
    const drawn = gap ?? drawGap(random, gaps.train);
    return long(random, random.choice(countries), drawn, split);
  }

  return {
    countries,
    languages,
    attributes: [...new Set(Object.values(frozen.short.things).flatMap((thing) => Object.keys(thing)))],
    vocabulary,
    chance: 1 / countries.length,
    gaps,
    languageOf: (country) => {
      const language = languageBy.get(country);
      if (language === undefined)
        throw new RangeError(`No country "${country}": there are ${countries.join(', ')}.`);
      return language;
    },
    sentence,
    sample: (random, count, { split = 'train', shortShare = 0.25 } = {}) =>
      Array.from({ length: count }, () =>
        sentence(random, { kind: random.uniform() < shortShare ? 'short' : 'long', split }),
      ),
    balanced: (random, count, { gap, split }) => {
      checkGap(gap);
      if (!Number.isSafeInteger(count) || count < 1 || count % countries.length !== 0)
        throw new RangeError(
          `Balanced sentences: expected a multiple of ${countries.length} (one a country), got ${count}.`,
        );
      return Array.from({ length: count }, (_, n) =>
        long(random, countries[n % countries.length]!, gap, split),
      );
    },
    encode: ({ words }) => vocabulary.encode(words.join(' ')),
  };
}

/** Words between `{country}` and `{language}`. */
function betweenIn(template: string): number {
  const words = wordsOf(template);
  return words.indexOf('{language}') - words.indexOf('{country}') - 1;
}

/** Finds cue and answer among the words. Neither stands in a sentence twice. */
function place(
  kind: GrowingUpSentence['kind'],
  words: readonly string[],
  cueWord: string,
  answerWord: string,
): GrowingUpSentence {
  const cue = words.indexOf(cueWord);
  const answer = words.lastIndexOf(answerWord);
  return { kind, words, cue, answer, gap: answer - cue - 1 };
}

/**
 * How often training sees a gap: three times in ten the nearest, so that what can be learnt without a memory is learnt; three
 * in ten those up to 12, where a short memory reaches; else the far ones.
 */
function drawGap(random: Random, gaps: readonly number[]): number {
  const share = random.uniform();
  if (share < 0.3) return SHORTEST_GAP;
  return random.choice(gaps.filter((gap) => gap > SHORTEST_GAP && gap <= 12 === share < 0.6));
}

function checkGap(gap: number): void {
  if (!Number.isSafeInteger(gap) || gap < SHORTEST_GAP || gap > LONGEST_GAP) {
    throw new RangeError(
      `No long sentence has a gap of ${gap}: expected a whole number of words from ${SHORTEST_GAP} to ${LONGEST_GAP}.`,
    );
  }
}

function gapsBySplit(): Record<Split, number[]> {
  const gaps: Record<Split, number[]> = { train: [], validation: [], test: [] };
  for (let gap = SHORTEST_GAP; gap <= LONGEST_GAP; gap++) gaps[splitOfGap(gap)].push(gap);
  return gaps;
}

function factsBySplit(frozen: FrozenGrowingUp): Record<Split, ShortFact[]> {
  const facts: Record<Split, ShortFact[]> = { train: [], validation: [], test: [] };
  for (const fact of allFacts(frozen)) facts[splitOfSentence(spellFact(fact))].push(fact);
  return facts;
}

/** All words in code point order: the ids must not depend on the order of the grammar. */
function vocabularyOf(frozen: FrozenGrowingUp): Vocabulary {
  const templates = [
    ...frozen.long.near,
    ...frozen.long.openings,
    ...frozen.long.endings,
    ...frozen.fillers.templates,
    ...frozen.short.templates,
  ];
  const words = [
    ...templates.flatMap(wordsOf).filter((word) => !word.startsWith('{')),
    ...frozen.countries.flatMap(({ country, language }) => [country, language]),
    ...Object.values(frozen.fillers.slots).flat(),
    ...Object.entries(frozen.short.things).flatMap(([thing, attributes]) => [
      thing,
      ...Object.entries(attributes).flatMap(([attribute, values]) => [attribute, ...values]),
    ]),
  ];
  return createVocabulary([[...new Set(words)].sort().join(' ')], { kind: 'word' });
}
