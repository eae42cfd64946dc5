export { type BucketOptions, bucketByLength, paddedShare } from './bucketing.js';
export {
  type BytePairData,
  type BytePairOptions,
  type BytePairTokeniser,
  bytePairCounter,
  bytePairFrom,
  createBytePair,
  defaultBytePair,
} from './byte-pair.js';
export type { Merge as BytePairMerge } from './byte-pair-merges.js';
export {
  type CorpusOptions,
  defaultCorpusOptions,
  type PairColumns,
  type PairCounts,
  type PairStream,
  readParallel,
  readTabSeparated,
  type SkipReason,
  type TextPair,
} from './corpus.js';
export { defaultLineOptions, type LineOptions, readLines } from './lines.js';
export { normaliseText } from './normalise.js';
export { batchesOf, type PaddedBatch, type PadOptions, padSequences } from './padding.js';
export { END_OF_WORD, JOINER, type PieceSplit } from './pieces.js';
export {
  batchStream,
  bucketStream,
  encodePairs,
  repeatStream,
  type ShuffleOptions,
  shuffleStream,
} from './streams.js';
export {
  END,
  type EncodeOptions,
  PADDING,
  START,
  type Tokeniser,
  type TokeniserData,
  type TokeniserKind,
  UNKNOWN,
} from './tokeniser.js';
export { tokeniserFrom } from './tokeniser-from.js';
export {
  createVocabulary,
  DEFAULT_VOCABULARY,
  type TokenKind,
  tokenise,
  type Vocabulary,
  type VocabularyData,
  type VocabularyOptions,
  vocabularyCounter,
  vocabularyFrom,
} from './vocabulary.js';
