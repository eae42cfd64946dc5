import { saveParams } from '../core/checkpoint.js';
import { type VocabularyData, vocabularyFrom } from '../text/vocabulary.js';
import { loadModel } from './model-file.js';
import { initMemoryReader, type MemoryReader, type MemoryReaderConfig } from './reader-config.js';

/** Saves weights, sizes, words and answers, and whatever else the caller wants back, as one safetensors file. */
export async function saveMemoryReader(
  path: string,
  { params, config, vocabulary, answers }: MemoryReader,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, params, { model: 'memory reader', config, vocabulary, answers, extra });
}

/**
 * Builds the memory network that a file holds.
 *
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, or not a memory reader's
 */
export async function loadMemoryReader(path: string): Promise<{ reader: MemoryReader; extra: unknown }> {
  interface Saved {
    readonly config: MemoryReaderConfig;
    readonly vocabulary: VocabularyData;
    readonly answers: readonly string[];
  }
  const { model: reader, extra } = await loadModel<Saved, MemoryReader>(path, 'memory reader', {
    init: (random, { config, vocabulary, answers }) =>
      initMemoryReader(random, { vocabulary: vocabularyFrom(vocabulary), answers }, config),
  });
  return { reader, extra };
}
