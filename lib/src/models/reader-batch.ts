import { storyWords } from '../tasks/stories.js';
import { padSequences } from '../text/padding.js';
import { UNKNOWN } from '../text/vocabulary.js';
import type { MemoryReader } from './reader-config.js';

/** A story and a question, as a reader gets them. */
export interface StoryToRead {
  readonly sentences: readonly string[];
  readonly question: string;
}

export interface StoryEncoding {
  /** `id` takes every unknown word for the same one. Default `error`: a silent unknown hides a typing mistake. */
  readonly unknown?: 'error' | 'id';
}

/**
 * A batch of stories as numbers. Stories share most of their sentences, so each text is held once and the others point at it.
 */
export interface StoryBatch {
  /** Word ids of the different texts, `[texts, words]`, padding 0. */
  readonly ids: Int32Array;
  readonly shape: readonly [texts: number, words: number];
  /** Words of each text. */
  readonly lengths: Int32Array;
  /** Text of each sentence, `[batch, sentences]`; padding 0. */
  readonly sentences: Int32Array;
  /** Sentences told after each, `[batch, sentences]`; padding 0. */
  readonly times: Int32Array;
  /** `[batch, sentences]`, 1 for real and 0 for padding */
  readonly mask: Float32Array;
  /** Text of each question, `[batch]`. */
  readonly questions: Int32Array;
  readonly batch: number;
  readonly longest: number;
}

/** @throws where a story has no sentence, a text no word, and for unknown words, naming them */
export function storyBatch(
  reader: Pick<MemoryReader, 'vocabulary' | 'config'>,
  stories: readonly StoryToRead[],
  { unknown = 'error' }: StoryEncoding = {},
): StoryBatch {
  if (stories.length === 0) throw new RangeError('There is no story to read: expected at least one.');
  const ids = new Map(reader.vocabulary.tokens.map((token, id) => [token, id]));
  const texts = new Map<string, number>();
  const encoded: number[][] = [];
  const indexOf = (text: string, what: string): number => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    encoded.push(encodeText(ids, text, what, unknown));
    texts.set(text, encoded.length - 1);
    return encoded.length - 1;
  };
  const longest = stories.reduce((most, { sentences }) => Math.max(most, sentences.length), 0);
  const places = stories.length * longest;
  const [sentences, times, mask] = [new Int32Array(places), new Int32Array(places), new Float32Array(places)];
  const questions = new Int32Array(stories.length);
  stories.forEach((story, row) => {
    if (story.sentences.length === 0)
      throw new RangeError(
        `Story ${row} has no sentence, so "${story.question}" has nothing to look at: tell at least one.`,
      );
    story.sentences.forEach((sentence, place) => {
      const at = row * longest + place;
      sentences[at] = indexOf(sentence, `sentence ${place} of story ${row}`);
      times[at] = Math.min(story.sentences.length - 1 - place, reader.config.times - 1);
      mask[at] = 1;
    });
    questions[row] = indexOf(story.question, `the question of story ${row}`);
  });
  const padded = padSequences(encoded);
  return {
    ...padded,
    sentences,
    times,
    mask,
    questions,
    batch: stories.length,
    longest,
  };
}

function encodeText(
  known: ReadonlyMap<string, number>,
  text: string,
  what: string,
  unknown: 'error' | 'id',
): number[] {
  const words = storyWords(text);
  if (words.length === 0) throw new RangeError(`There is no word in ${what}: ${JSON.stringify(text)}.`);
  const strange = words.filter((word) => !known.has(word));
  if (unknown === 'error' && strange.length > 0)
    throw new RangeError(
      `The reader does not know ${strange.map((word) => `"${word}"`).join(', ')} in ${what}, "${text}". ` +
        "Use words that it was trained on, or pass { unknown: 'id' } to have it read on without them.",
    );
  return words.map((word) => known.get(word) ?? UNKNOWN);
}

/**
 * How much each number of a word's vector counts at each place of a sentence, so that the order of words is kept in their sum:
 * l[j][k] = (1 - j / J) - (k / d) (1 - 2 j / J), j from 1 to J words and k from 1 to d numbers (Sukhbaatar et al. 2015, section 4.1).
 *
 * @returns `[words, units]`, row by row
 */
export function positionWeights(words: number, units: number): Float32Array {
  const weights = new Float32Array(words * units);
  for (let j = 1; j <= words; j++)
    for (let k = 1; k <= units; k++)
      weights[(j - 1) * units + k - 1] = 1 - j / words - (k / units) * (1 - (2 * j) / words);
  return weights;
}
