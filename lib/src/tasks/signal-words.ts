import { createRandom, type Random } from '../random/random.js';
import { createVocabulary, type Vocabulary } from '../text/vocabulary.js';
import type { Split } from './calendar.js';
import { wordsOf } from './growing-up-grammar.js';
import {
  type FillerText,
  type FrozenSignalWords,
  prepareTexts,
  SHORTEST_TEXT,
} from './signal-words-grammar.js';

/** A text with a topic, and the places that decide it. */
export interface SignalText {
  /** Words and signs, all lower case. */
  readonly words: readonly string[];
  /** Number of the class, see `SignalWords.classes`. */
  readonly label: number;
  /** Places of the words that decide; none where the text has no signal. */
  readonly deciding: readonly number[];
  /** Places of signal words that do not count, where only the marked one does. */
  readonly decoys: readonly number[];
}

export interface SignalChoice {
  /** Which clauses may come: those of the other splits never do. */
  readonly split: Split;
  /** Fewest and most words of a text, each number equally likely; or one number. */
  readonly length: number | readonly [fewest: number, most: number];
  /** Signal words of a text, all of its topic. */
  readonly signals: number;
  /** Whether texts without a signal word come, as a class of their own and as often as each topic. */
  readonly noSignal: boolean;
  /**
   * With `marked`, only the signal word right after the marker counts: `decoys` others, of other topics, stand about. A text
   * without a signal then has a marked filler and one decoy more.
   */
  readonly counts: 'all' | 'marked';
  readonly decoys: number;
}

export const defaultSignalChoice: SignalChoice = {
  split: 'train',
  length: [40, 60], // long enough that one word is hard to find by chance, short enough to read
  signals: 1,
  noSignal: true, // without it one topic becomes "none of the other four" and can be told from any word
  counts: 'all',
  decoys: 2, // so that the marked word cannot be found by the majority of signal words
};

/** The task: tell the topic of a long text that has it in one word, or in a few. */
export interface SignalWords {
  readonly topics: readonly string[];
  /** The topics, then `none`. A label is a place in it. */
  readonly classes: readonly string[];
  /** Of a topic. @throws where there is no such topic */
  signalsOf(topic: string): readonly string[];
  readonly marker: string;
  /** Every word of the grammar, of all splits. */
  readonly vocabulary: Vocabulary;
  /** One text of a class; a pure function of the stream and the choice. @throws for a choice that cannot be made */
  text(random: Random, label: number, choice?: Partial<SignalChoice>): SignalText;
  /** Texts of random classes, each class equally likely. @throws as `text`, and for a count that is no whole number from 1 */
  sample(random: Random, count: number, choice?: Partial<SignalChoice>): SignalText[];
  /** Texts for measuring: the same for everybody, classes in turn. */
  fixedSet(count: number, choice?: Partial<SignalChoice>): SignalText[];
  /** Ids of the words. @throws for a word outside the grammar, unless `unknown` is `id` */
  encode(words: readonly string[], options?: { readonly unknown?: 'id' | 'error' }): number[];
}

/**
 * Makes the task from its frozen grammar.
 *
 * Source: `datasets/signal-words/card.md`. Texts are made when asked for; there is no end of them.
 *
 * @param frozen parsed content of `datasets/signal-words/signal-words.json`
 * @throws Error when it is not that
 */
export function loadSignalWords(frozen: FrozenSignalWords): SignalWords {
  if (frozen?.name !== 'signal-words' || frozen.version !== 1) {
    throw new Error(
      `Not the signal-words grammar: expected name "signal-words", version 1, got ${JSON.stringify(frozen?.name)}, ${JSON.stringify(frozen?.version)}.`,
    );
  }
  const topics = Object.keys(frozen.topics);
  const classes = [...topics, 'none'];
  const fillers = prepareTexts(frozen);
  const vocabulary = vocabularyOf(frozen);
  const labelsOf = ({ noSignal }: SignalChoice) => (noSignal ? classes.length : topics.length);

  function text(random: Random, label: number, partial: Partial<SignalChoice> = {}): SignalText {
    const choice = { ...defaultSignalChoice, ...partial };
    checkChoice(choice);
    if (!Number.isInteger(label) || label < 0 || label >= labelsOf(choice))
      throw new RangeError(
        `No class ${label}: expected 0 ... ${labelsOf(choice) - 1} (${classes.slice(0, labelsOf(choice)).join(', ')}).`,
      );
    const signal = label < topics.length;
    const marked = choice.counts === 'marked';
    const decoys = marked ? choice.decoys + (signal ? 0 : 1) : 0;
    const wanted = { things: (signal ? choice.signals : 0) + decoys, described: marked ? 1 : 0 };
    const { words, things, described } = roomy(random, choice, wanted);

    // The marked thing is chosen first, among those that have a place for the marker.
    const head = marked ? [random.choice(described)] : [];
    const places = [...head, ...random.shuffle(things.filter((at) => !head.includes(at)))];
    if (marked) words[head[0]! - 1] = frozen.marker;
    const deciding = signal ? places.slice(0, choice.signals) : [];
    const others = topics.filter((_, topic) => topic !== label);
    const from = marked ? 1 : deciding.length;
    const apart = places.slice(from, from + decoys);
    for (const at of deciding) words[at] = random.choice(frozen.topics[topics[label]!]!);
    for (const at of apart) words[at] = random.choice(frozen.topics[random.choice(others)]!);
    return { words, label, deciding: ordered(deciding), decoys: ordered(apart) };
  }

  /** A text of fillers with room for what is to stand in it; one that has none is drawn again. */
  function roomy(
    random: Random,
    { length, split }: SignalChoice,
    wanted: { readonly things: number; readonly described: number },
  ): FillerText {
    const [fewest, most] = typeof length === 'number' ? [length, length] : length;
    for (let tries = 0; tries < 200; tries++) {
      const drawn = fillers(random, fewest + random.integer(most - fewest + 1), split);
      if (drawn.things.length >= wanted.things && drawn.described.length >= wanted.described) return drawn;
    }
    throw new RangeError(
      `Texts of ${fewest === most ? fewest : `${fewest} to ${most}`} words have no room for ${wanted.things} signal words: ask for longer texts or fewer words.`,
    );
  }

  const sample: SignalWords['sample'] = (random, count, choice = {}) => {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`A sample of ${count} texts: expected a whole number from 1.`);
    const labels = labelsOf({ ...defaultSignalChoice, ...choice });
    return Array.from({ length: count }, () => text(random, random.integer(labels), choice));
  };
  return {
    topics,
    classes,
    signalsOf: (topic) => {
      const words = frozen.topics[topic];
      if (words === undefined) throw new RangeError(`No topic "${topic}": there are ${topics.join(', ')}.`);
      return words;
    },
    marker: frozen.marker,
    vocabulary,
    text,
    sample,
    fixedSet: (count, choice = {}) => {
      if (!Number.isSafeInteger(count) || count < 1)
        throw new RangeError(`A fixed set of ${count} texts: expected a whole number above 0.`);
      const full = { ...defaultSignalChoice, ...choice };
      const random = createRandom(`signal-words, fixed set, ${full.split}`);
      return Array.from({ length: count }, (_, n) => text(random, n % labelsOf(full), full));
    },
    encode: (words, options = {}) => vocabulary.encode(words.join(' '), options),
  };
}

const ordered = (places: readonly number[]) => [...places].sort((a, b) => a - b);

function checkChoice({ length, signals, counts, decoys, split }: SignalChoice): void {
  if (!['train', 'validation', 'test'].includes(split))
    throw new RangeError(`No split ${JSON.stringify(split)}: expected train, validation or test.`);
  if (counts !== 'all' && counts !== 'marked')
    throw new RangeError(`counts: expected all or marked, got ${JSON.stringify(counts)}.`);
  const [fewest, most] = typeof length === 'number' ? [length, length] : length;
  if (!Number.isSafeInteger(fewest) || !Number.isSafeInteger(most) || fewest < SHORTEST_TEXT || most < fewest)
    throw new RangeError(
      `A text has ${SHORTEST_TEXT} words or more: expected whole numbers, the fewest first, got ${JSON.stringify(length)}.`,
    );
  if (!Number.isSafeInteger(signals) || signals < 1)
    throw new RangeError(`signals: expected a whole number above 0, got ${signals}.`);
  if (!Number.isSafeInteger(decoys) || decoys < 0)
    throw new RangeError(`decoys: expected a whole number of 0 or more, got ${decoys}.`);
  if (counts === 'marked' && signals !== 1)
    throw new RangeError(
      `Where only the marked word counts there is one of them: expected signals 1, got ${signals}.`,
    );
}

/** All words in code point order: the ids must not depend on the order of the grammar. */
function vocabularyOf(frozen: FrozenSignalWords): Vocabulary {
  const words = [
    ...frozen.templates.flatMap(wordsOf).filter((word) => !word.startsWith('{')),
    ...frozen.joints.flatMap(wordsOf),
    ...Object.values(frozen.slots).flat(),
    ...Object.values(frozen.topics).flat(),
    frozen.marker,
  ];
  return createVocabulary([[...new Set(words)].sort().join(' ')], { kind: 'word' });
}
