import { type AdditiveParams, initAdditive } from '../attention/index.js';
import { type EmbeddingParams, initEmbedding } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { type BidirectionalParams, initBidirectional } from '../recurrent/bidirectional.js';
import { type GruParams, gruCell } from '../recurrent/gru.js';
import type { Vocabulary } from '../text/vocabulary.js';

/** Sizes and choices of a reader that answers with words of the passage. */
export interface PassageReaderConfig {
  /** Length of a word's vector. */
  readonly embedding: number;
  /** Units of each direction of reading. */
  readonly units: number;
  /** Width of the hidden layer that scores. */
  readonly attention: number;
  /** Whether a word of the passage is told where it stands in the question: how a word that is in no vocabulary is known again. */
  readonly match: boolean;
  /** Most words of an answer. */
  readonly longest: number;
}

export const defaultPassageReaderConfig: PassageReaderConfig = {
  embedding: 24, // some sixty words of frames: vectors need not be long
  units: 48, // with 32 held-out frames were read worse
  attention: 48,
  match: true, // without it unknown words are all alike, and nothing says which of them is asked about
  longest: 8, // the longest answer of the passages has six
};

export type PassageReaderParams = {
  readonly words: EmbeddingParams;
  readonly question: BidirectionalParams<GruParams>;
  readonly passage: BidirectionalParams<GruParams>;
  /** Who asks where the answer begins, and where it ends. */
  readonly start: AdditiveParams;
  readonly end: AdditiveParams;
};

/** A reader of passages with the words that it knows. */
export interface PassageReader {
  readonly config: PassageReaderConfig;
  readonly vocabulary: Vocabulary;
  readonly params: PassageReaderParams;
}

/** Makes a reader with random weights. @throws for sizes that cannot be */
export function initPassageReader(
  random: Random,
  vocabulary: Vocabulary,
  config: Partial<PassageReaderConfig> = {},
): PassageReader {
  const full: PassageReaderConfig = { ...defaultPassageReaderConfig, ...config };
  const { embedding, units, attention, match, longest } = full;
  if (!Number.isSafeInteger(longest) || longest < 1)
    throw new Error(`passage reader: longest must be an integer of at least 1, got ${longest}`);
  const both = 2 * units;
  const read = (name: string, input: number) =>
    initBidirectional(gruCell, random.child(name), { input, units });
  const look = (name: string) =>
    initAdditive(random.child(name), { query: both, key: both, units: attention });
  return {
    config: full,
    vocabulary,
    params: {
      words: initEmbedding(random.child('words'), { vocab: vocabulary.size, features: embedding }),
      question: read('question', embedding),
      // A matched word comes with what the question's reading says of it, and with a 1.
      passage: read('passage', embedding + (match ? both + 1 : 0)),
      start: look('start'),
      end: look('end'),
    },
  };
}
