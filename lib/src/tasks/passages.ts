import type { Random } from '../random/random.js';
import { normaliseText } from '../text/normalise.js';
import { createVocabulary, tokenise, type Vocabulary } from '../text/vocabulary.js';
import type { Split } from './calendar.js';
import {
  drawSentence,
  type FrozenPassages,
  fillPassage,
  type PassageSentence,
  slotDrawer,
  templateWords,
} from './passages-grammar.js';

/** A passage, a question about it, and where the answer stands. */
export interface PassageQuestion {
  /** Words and signs, lower case. */
  readonly passage: readonly string[];
  /** Where each sentence begins and ends in the passage, `[start, end)`. */
  readonly sentences: readonly (readonly [start: number, end: number])[];
  readonly question: readonly string[];
  /** `[start, end)` in the passage; null where it holds no answer. */
  readonly answer: readonly [start: number, end: number] | null;
  /** Which sentence answers; null where none does. */
  readonly from: number | null;
}

export interface PassageChoice {
  /** Whose words fill the frames: those of the other splits never do. Default `train`. */
  readonly split?: Split;
  /** Share of questions that the passage does not answer. Default 0. */
  readonly unanswerable?: number;
  /** Fewest and most sentences. Default 2 and 4. */
  readonly sentences?: readonly [fewest: number, most: number];
}

/** The passages task: find the words of a short informative text that answer a question. */
export interface Passages {
  /** The words of the frames and questions. What fills the frames is in no vocabulary: a reader must do without knowing it. */
  readonly vocabulary: Vocabulary;
  /** `count` independent draws. @throws RangeError on a count, share, split or number of sentences that cannot be */
  sample(random: Random, count: number, choice?: PassageChoice): PassageQuestion[];
}

const FEWEST_SENTENCES = 1;
/** More would use up the words of a slot that are held out. */
const MOST_SENTENCES = 4;

/**
 * Makes the passages task from its frozen grammar. Source: `datasets/passages/card.md`; passages are drawn when asked for.
 *
 * @param frozen parsed content of `datasets/passages/passages.json`
 * @throws Error when it is not that
 */
export function loadPassages(frozen: FrozenPassages): Passages {
  if (frozen?.name !== 'passages' || frozen.version !== 1) {
    throw new Error(
      `Not the passages grammar: expected name "passages", version 1, got ${JSON.stringify(frozen?.name)}, ${JSON.stringify(frozen?.version)}.`,
    );
  }

  function one(random: Random, choice: Required<PassageChoice>): PassageQuestion {
    const slots = frozen.slots[choice.split];
    const draw = slotDrawer(random, slots);
    const [fewest, most] = choice.sentences;
    // Sentences of one frame may come twice: then only the words of the question tell them apart.
    const told: PassageSentence[] = Array.from({ length: fewest + random.integer(most - fewest + 1) }, () =>
      drawSentence(random, random.choice(frozen.frames), { draw, all: choice.split !== 'train' }),
    );
    const passage = told.flatMap(({ words }) => words);
    const starts = told.map((_, n) => told.slice(0, n).reduce((sum, { words }) => sum + words.length, 0));
    const sentences = told.map(({ words }, n) => [starts[n]!, starts[n]! + words.length] as const);
    for (;;) {
      const from = random.integer(told.length);
      const { frame, parts } = told[from]!;
      const asked = random.choice(frame.questions);
      const place = parts.get(asked.answer);
      if (place === undefined || !parts.has(asked.key)) continue;
      const missing = random.uniform() < choice.unanswerable;
      const other = missing ? draw(asked.key) : undefined;
      const { words: question } = fillPassage(asked.text, (slot) =>
        slot === asked.key && other !== undefined ? other : parts.get(slot)!.text,
      );
      if (missing) return { passage, sentences, question, answer: null, from: null };
      const answer = [starts[from]! + place.start, starts[from]! + place.end] as const;
      return { passage, sentences, question, answer, from };
    }
  }

  return {
    vocabulary: vocabularyOf(frozen),
    sample: (random, count, choice = {}) => {
      const { split = 'train', unanswerable = 0 } = choice;
      const sentences: readonly [number, number] = choice.sentences ?? [2, 4];
      const [fewest, most] = sentences;
      const whole = Number.isSafeInteger(fewest) && Number.isSafeInteger(most);
      if (!whole || fewest < FEWEST_SENTENCES || most > MOST_SENTENCES || fewest > most)
        throw new RangeError(
          `Passages of ${JSON.stringify(sentences)} sentences: expected [fewest, most], whole numbers from ${FEWEST_SENTENCES} to ${MOST_SENTENCES}.`,
        );
      if (!Number.isSafeInteger(count) || count < 1)
        throw new RangeError(`A sample of ${count} passages: expected a whole number from 1.`);
      if (!(unanswerable >= 0 && unanswerable <= 1))
        throw new RangeError(
          `A share of ${unanswerable} unanswerable questions: expected a number from 0 to 1.`,
        );
      if (!['train', 'validation', 'test'].includes(split))
        throw new RangeError(`No split ${JSON.stringify(split)}: expected train, validation or test.`);
      return Array.from({ length: count }, () =>
        one(random, { split, unanswerable, sentences: [fewest, most] }),
      );
    },
  };
}

/** Words and signs of a text as the passages have them. */
export const passageWords = (text: string): string[] => tokenise(normaliseText(text), 'word');

function vocabularyOf({ frames }: FrozenPassages): Vocabulary {
  const templates = frames.flatMap(({ heads, tails, questions }) => [
    ...heads,
    ...tails,
    ...questions.map(({ text }) => text),
  ]);
  const words = templates.flatMap(templateWords).filter((word) => !/^[{<>]/.test(word));
  return createVocabulary([[...new Set(words)].sort().join(' ')], { kind: 'word' });
}
