import { saveParams } from '../core/checkpoint.js';
import { type VocabularyData, vocabularyFrom } from '../text/vocabulary.js';
import { loadModel } from './model-file.js';
import { initPassageReader, type PassageReader, type PassageReaderConfig } from './passage-reader-config.js';

/** Saves weights, sizes and words, and whatever else the caller wants back, as one safetensors file. */
export async function savePassageReader(
  path: string,
  { params, config, vocabulary }: PassageReader,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, params, { model: 'passage reader', config, vocabulary, extra });
}

/**
 * Builds the passage reader that a file holds.
 *
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, or not a passage reader's
 */
export async function loadPassageReader(path: string): Promise<{ reader: PassageReader; extra: unknown }> {
  interface Saved {
    readonly config: PassageReaderConfig;
    readonly vocabulary: VocabularyData;
  }
  const { model: reader, extra } = await loadModel<Saved, PassageReader>(path, 'passage reader', {
    init: (random, { config, vocabulary }) => initPassageReader(random, vocabularyFrom(vocabulary), config),
  });
  return { reader, extra };
}
