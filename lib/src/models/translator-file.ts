import { saveParams } from '../core/checkpoint.js';
import { loadModel } from './model-file.js';
import { initTranslator, type Translator, type TranslatorConfig } from './translator-config.js';

/** Saves weights and sizes, and whatever else the caller wants back (such as vocabularies), as one safetensors file. */
export async function saveTranslator(
  path: string,
  translator: Translator,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, translator.params, { model: 'translator', ...translator.config, extra });
}

/**
 * Builds the translator that a file holds.
 *
 * @param expected what the caller counts on, such as the sizes of its vocabularies
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, not a translator's, or another one than expected
 */
export async function loadTranslator(
  path: string,
  expected: Partial<Pick<TranslatorConfig, 'sourceVocab' | 'targetVocab'>> = {},
): Promise<{ translator: Translator; extra: unknown }> {
  const { model, extra } = await loadModel<TranslatorConfig, Translator>(path, 'translator', {
    expected,
    init: initTranslator,
  });
  return { translator: model, extra };
}
