import { type AdditiveParams, initAdditive } from '../attention/index.js';
import { checkOneOf, checkSizes } from '../core/options.js';
import { type EmbeddingParams, initEmbedding } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { type BidirectionalParams, initBidirectional } from '../recurrent/bidirectional.js';
import { type CoderCell, type CoderCellParams, coderCell } from '../seq2seq/encoder.js';
import type { Vocabulary } from '../text/vocabulary.js';
import { checkReading, type Reading } from './reading.js';

/** Sizes and choices of a reader that answers with words of the passage. */
export interface PassageReaderConfig {
  /** Length of a word's vector. */
  readonly embedding: number;
  readonly cell: CoderCell;
  /** Units of each direction of reading. */
  readonly units: number;
  /** Width of the hidden layer that scores. */
  readonly attention: number;
  /** Whether a word of the passage is told where it stands in the question: how a word that is in no vocabulary is known again. */
  readonly match: boolean;
  /**
   * Weights of the places where an answer may begin or end, and what of them is read at the start: mixtures (`soft`; with exact zeros
   * `sparsemax`), or the likeliest place itself (`hard`).
   */
  readonly reading: Reading;
  /**
   * What asks where the answer ends: the question alone, the question and what was read at the start (`start`), or nothing (`none`):
   * an answer is one word.
   */
  readonly end: 'question' | 'start' | 'none';
  /** Most words of an answer. */
  readonly longest: number;
  /** Share of the numbers of the words' vectors that are dropped in training. */
  readonly dropout: number;
}

export const defaultPassageReaderConfig: PassageReaderConfig = {
  embedding: 24, // some sixty words of frames: vectors need not be long
  cell: 'gru', // learns where to look in fewer steps than an LSTM does
  units: 48, // with 32 held-out frames were read worse
  attention: 48,
  match: true, // without it unknown words are all alike, and nothing says which of them is asked about
  reading: 'soft', // a gradient at every place, whichever is the right one
  end: 'question', // the fewest weights, and enough for the passages; `start` is what makes a hard choice matter
  longest: 8, // the longest answer of the passages has six
  dropout: 0, // passages that are drawn afresh are never learnt by heart
};

export type PassageReaderParams = {
  readonly words: EmbeddingParams;
  readonly question: BidirectionalParams<CoderCellParams>;
  readonly passage: BidirectionalParams<CoderCellParams>;
  /** Who asks where the answer begins. */
  readonly start: AdditiveParams;
  /** Who asks where it ends; nobody where the answer is one word. */
  readonly end: AdditiveParams | Record<string, never>;
};

/** A reader of passages with the words that it knows. */
export interface PassageReader {
  readonly config: PassageReaderConfig;
  readonly vocabulary: Vocabulary;
  readonly params: PassageReaderParams;
}

/** Makes a reader with random weights. @throws for sizes that cannot be and choices that do not exist */
export function initPassageReader(
  random: Random,
  vocabulary: Vocabulary,
  config: Partial<PassageReaderConfig> = {},
): PassageReader {
  const full: PassageReaderConfig = { ...defaultPassageReaderConfig, ...config };
  const { embedding, units, attention, match, longest, end, dropout } = full;
  checkReading('passage reader', full.reading);
  checkOneOf('passage reader', 'end', end, ['question', 'start', 'none']);
  checkSizes('passage reader', { embedding, units, attention, longest });
  if (!(dropout >= 0 && dropout < 1))
    throw new Error(`passage reader: dropout must be in [0, 1), got ${dropout}`);
  const cell = coderCell(full.cell);
  const both = 2 * units;
  const read = (name: string, input: number) => initBidirectional(cell, random.child(name), { input, units });
  const look = (name: string, query: number) =>
    initAdditive(random.child(name), { query, key: both, units: attention });
  return {
    config: full,
    vocabulary,
    params: {
      words: initEmbedding(random.child('words'), { vocab: vocabulary.size, features: embedding }),
      question: read('question', embedding),
      // A matched word comes with what the question's reading says of it, and with a 1.
      passage: read('passage', embedding + (match ? both + 1 : 0)),
      start: look('start', both),
      end: end === 'none' ? {} : look('end', end === 'start' ? 2 * both : both),
    },
  };
}
