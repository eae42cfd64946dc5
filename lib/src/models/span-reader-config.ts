import { type AdditiveParams, initAdditive } from '../attention/score.js';
import type { Random } from '../random/random.js';
import { type CoderCell, type EncoderParams, initEncoder } from '../seq2seq/encoder.js';
import { checkReading, type Reading } from './text-classifier-config.js';

/** Sizes of a span reader; all that is needed to build it again. */
export interface SpanReaderConfig {
  /** Ids of the vocabulary that passages and questions share, specials included. */
  readonly vocab: number;
  /** What the end's question knows of the start: a mixture of annotations (`soft`, `sparsemax`) or the one of the start itself (`hard`). */
  readonly reading: Reading;
  /** `one word`: the answer is one place; `words`: it has a start and an end. */
  readonly answer: 'one word' | 'words';
  readonly cell: CoderCell;
  readonly embedding: number;
  /** Units of each direction of the encoder. */
  readonly units: number;
  /** Width of the hidden layers that score. */
  readonly attention: number;
  /** Rate of dropout in training. */
  readonly dropout: number;
}

export const defaultSpanReaderConfig: Omit<SpanReaderConfig, 'vocab'> = {
  reading: 'soft',
  answer: 'words',
  cell: 'gru', // learns where to look in fewer steps than an LSTM does
  embedding: 64,
  units: 64, // the sizes of the translators of lesson 06; others were not compared
  attention: 64,
  dropout: 0,
};

export type SpanReaderParams = {
  /** Reads the passage, and the question by itself. */
  readonly encoder: EncoderParams;
  readonly start: AdditiveParams;
  /** Asks with the question and what was read at the start; none where the answer is one word. */
  readonly end: AdditiveParams | Record<string, never>;
};

/** Parameters with the sizes they were made for. */
export interface SpanReader {
  readonly config: SpanReaderConfig;
  readonly params: SpanReaderParams;
}

/** Makes a span reader with random weights. @throws for choices that do not exist */
export function initSpanReader(
  random: Random,
  config: Partial<SpanReaderConfig> & Pick<SpanReaderConfig, 'vocab'>,
): SpanReader {
  const full: SpanReaderConfig = { ...defaultSpanReaderConfig, ...config };
  const { vocab, answer, cell, embedding, units, attention, dropout } = full;
  checkReading('span reader', full.reading);
  if (answer !== 'one word' && answer !== 'words')
    throw new Error(`span reader: answer must be "one word" or "words", got ${JSON.stringify(answer)}`);
  if (!(dropout >= 0 && dropout < 1))
    throw new Error(`span reader: dropout must be in [0, 1), got ${dropout}`);
  const key = 2 * units;
  const params: SpanReaderParams = {
    encoder: initEncoder(random.child('encoder'), { vocab, embedding, units, cell, bidirectional: true }),
    start: initAdditive(random.child('start'), { query: key, key, units: attention }),
    end:
      answer === 'words' ? initAdditive(random.child('end'), { query: 2 * key, key, units: attention }) : {},
  };
  return { config: full, params };
}
