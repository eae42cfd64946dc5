import { readCheckpoint, saveParams } from '../core/checkpoint.js';
import { disposeParams, type ParamSnapshot, restoreParams } from '../core/params.js';
import { createRandom } from '../random/random.js';
import { type VocabularyData, vocabularyFrom } from '../text/vocabulary.js';
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
  const checkpoint = await readCheckpoint(path);
  const { model, config, vocabulary, extra } = (checkpoint.config ?? {}) as Record<string, unknown>;
  if (model !== 'passage reader')
    throw new Error(
      `${path}: expected the checkpoint of a passage reader, got ${model === undefined ? 'no model name' : `"${model}"`}`,
    );
  const reader = initPassageReader(
    createRandom('weights that the file replaces'),
    vocabularyFrom(vocabulary as VocabularyData),
    config as PassageReaderConfig,
  );
  try {
    restoreParams(reader.params, checkpoint.tensors as ParamSnapshot, path);
  } catch (error) {
    disposeParams(reader.params);
    throw error;
  }
  return { reader, extra };
}
