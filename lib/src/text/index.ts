export { normaliseText } from './normalise.js';
export { batchesOf, type PaddedBatch, type PadOptions, padSequences } from './padding.js';
export {
  createVocabulary,
  DEFAULT_VOCABULARY,
  END,
  type EncodeOptions,
  PADDING,
  START,
  type TokenKind,
  tokenise,
  UNKNOWN,
  type Vocabulary,
  type VocabularyData,
  type VocabularyOptions,
  vocabularyFrom,
} from './vocabulary.js';
