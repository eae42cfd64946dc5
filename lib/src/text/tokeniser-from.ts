import { type BytePairData, bytePairFrom } from './byte-pair.js';
import type { Tokeniser, TokeniserData } from './tokeniser.js';
import { type VocabularyData, vocabularyFrom } from './vocabulary.js';

/**
 * Brings back any tokeniser from the plain data of its `toJSON`, such as `JSON.parse` of a file or the `extra` of a checkpoint.
 *
 * @throws Error when the data are not a tokeniser's
 */
export function tokeniserFrom(data: TokeniserData): Tokeniser {
  return data?.kind === 'byte-pair'
    ? bytePairFrom(data as BytePairData)
    : vocabularyFrom((data ?? {}) as VocabularyData);
}
