import { readCheckpoint, saveParams } from '../core/checkpoint.js';
import { disposeParams, restoreParams } from '../core/params.js';
import { createRandom } from '../random/random.js';
import { initLanguageModel, type LanguageModel, type LanguageModelConfig } from './language-model.js';

/** Saves weights and sizes, and whatever else the caller wants back (such as the vocabulary), as one safetensors file. */
export async function saveLanguageModel(
  path: string,
  model: LanguageModel,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, model.params, { model: 'language model', ...model.config, extra });
}

/**
 * Builds the language model that a file holds.
 *
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, or not a language model's
 */
export async function loadLanguageModel(path: string): Promise<{ model: LanguageModel; extra: unknown }> {
  const { config, tensors } = await readCheckpoint(path);
  const { model: kind, extra = null, ...sizes } = (config ?? {}) as Record<string, unknown>;
  if (kind !== 'language model') {
    throw new Error(
      `${path}: expected the checkpoint of a language model, got ${kind === undefined ? 'no model name' : `"${kind}"`}`,
    );
  }
  const model = initLanguageModel(
    createRandom('weights that the file replaces'),
    sizes as unknown as LanguageModelConfig,
  );
  try {
    restoreParams(model.params, tensors, path);
  } catch (error) {
    disposeParams(model.params);
    throw error;
  }
  return { model, extra };
}
