import { padSequences } from '../text/padding.js';
import { START, UNKNOWN, type Vocabulary } from '../text/vocabulary.js';

const isWord = (word: string) => /[\p{L}\p{N}]/u.test(word);

/** A passage and a question as words and signs, as `passageWords` cuts a text. */
export interface PassageToRead {
  readonly passage: readonly string[];
  readonly question: readonly string[];
}

/**
 * A batch of passages as numbers. Before each passage stands the start symbol: the place that says "no answer here", so words count
 * from 1.
 */
export interface PassageBatch {
  /** `[batch, 1 + words]` */
  readonly passage: ReturnType<typeof padSequences>;
  /** `[batch, words]` */
  readonly question: ReturnType<typeof padSequences>;
  /** `[batch, passage, question]`: 1 / n at the n places of the question where the passage's word stands; rows of other words are 0. */
  readonly match: Float32Array;
  /** `[batch, passage]`, 1 where the word stands in the question. */
  readonly matched: Float32Array;
}

/** @throws where a passage or a question has no word, or no word of the question is known or stands in the passage */
export function passageBatch(vocabulary: Vocabulary, batch: readonly PassageToRead[]): PassageBatch {
  if (batch.length === 0) throw new RangeError('There is no passage to read: expected at least one.');
  const known = new Map(vocabulary.tokens.map((token, id) => [token, id]));
  const idsOf = (words: readonly string[]) => words.map((word) => known.get(word) ?? UNKNOWN);
  batch.forEach(({ passage, question }, row) => {
    if (!Array.isArray(passage) || !Array.isArray(question))
      throw new TypeError(
        `Passage ${row} and its question must be lists of words, as passageWords(text) makes them; got ${typeof passage} and ${typeof question}.`,
      );
    if (passage.length === 0)
      throw new RangeError(
        `Passage ${row} has no word, so "${question.join(' ')}" has nothing to look at: give it a text.`,
      );
    if (question.length === 0) throw new RangeError(`The question of passage ${row} has no word.`);
    // A word that is in no vocabulary is known by where it stands in the passage; one that stands nowhere says nothing.
    if (!question.some((word) => isWord(word) && (known.has(word) || passage.includes(word))))
      throw new RangeError(
        `The reader knows no word of the question of passage ${row}, "${question.join(' ')}", and none stands in the passage: ask with words of the passage, in lower case.`,
      );
  });
  const passage = padSequences(batch.map(({ passage: words }) => [START, ...idsOf(words)]));
  const question = padSequences(batch.map(({ question: words }) => idsOf(words)));
  const [, time] = passage.shape;
  const [, asked] = question.shape;
  const match = new Float32Array(batch.length * time * asked);
  const matched = new Float32Array(batch.length * time);
  batch.forEach((item, row) => {
    const places = new Map<string, number[]>();
    item.question.forEach((word, place) => {
      places.set(word, [...(places.get(word) ?? []), place]);
    });
    item.passage.forEach((word, index) => {
      const found = places.get(word) ?? [];
      const at = row * time + index + 1;
      for (const place of found) match[at * asked + place] = 1 / found.length;
      if (found.length > 0) matched[at] = 1;
    });
  });
  return { passage, question, match, matched };
}
