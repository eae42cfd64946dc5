import { type Checkpoint, readCheckpoint, saveParams } from '../core/checkpoint.js';
import { disposeParams, type ParamSnapshot, restoreParams } from '../core/params.js';
import { createRandom } from '../random/random.js';
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
  const checkpoint = await readCheckpoint(path);
  const { extra, ...config } = translatorConfig(path, checkpoint);
  for (const name of ['sourceVocab', 'targetVocab'] as const) {
    const size = expected[name];
    if (size !== undefined && size !== config[name])
      throw new Error(
        `${path}: expected a translator with ${name} ${size}, got ${config[name]}: it was trained with another vocabulary`,
      );
  }
  const translator = initTranslator(createRandom('weights that the file replaces'), config);
  try {
    restoreParams(translator.params, checkpoint.tensors as ParamSnapshot, path);
  } catch (error) {
    disposeParams(translator.params);
    throw error;
  }
  return { translator, extra };
}

function translatorConfig(path: string, { config }: Checkpoint): TranslatorConfig & { extra: unknown } {
  const { model, extra = null, ...sizes } = (config ?? {}) as Record<string, unknown>;
  if (model !== 'translator') {
    throw new Error(
      `${path}: expected the checkpoint of a translator, got ${model === undefined ? 'no model name' : `"${model}"`}`,
    );
  }
  return { ...(sizes as unknown as TranslatorConfig), extra };
}
