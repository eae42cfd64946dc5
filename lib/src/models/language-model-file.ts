import { saveParams } from '../core/checkpoint.js';
import { initLanguageModel, type LanguageModel, type LanguageModelConfig } from './language-model.js';
import { loadModel } from './model-file.js';

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
  return loadModel<LanguageModelConfig, LanguageModel>(path, 'language model', { init: initLanguageModel });
}
