import { type Checkpoint, readCheckpoint, saveParams } from '../core/checkpoint.js';
import { disposeParams, type ParamSnapshot, restoreParams } from '../core/params.js';
import { createRandom } from '../random/random.js';
import { type VocabularyData, vocabularyFrom } from '../text/vocabulary.js';
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
  const checkpoint: Checkpoint = await readCheckpoint(path);
  const { model, config, vocabulary, answers, extra } = (checkpoint.config ?? {}) as Record<string, unknown>;
  if (model !== 'memory reader')
    throw new Error(
      `${path}: expected the checkpoint of a memory reader, got ${model === undefined ? 'no model name' : `"${model}"`}`,
    );
  const reader = initMemoryReader(
    createRandom('weights that the file replaces'),
    { vocabulary: vocabularyFrom(vocabulary as VocabularyData), answers: answers as string[] },
    config as MemoryReaderConfig,
  );
  try {
    restoreParams(reader.params, checkpoint.tensors as ParamSnapshot, path);
  } catch (error) {
    disposeParams(reader.params);
    throw error;
  }
  return { reader, extra };
}
