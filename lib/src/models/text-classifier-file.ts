import { readCheckpoint, saveParams } from '../core/checkpoint.js';
import { disposeParams, restoreParams } from '../core/params.js';
import { createRandom } from '../random/random.js';
import {
  initTextClassifier,
  type TextClassifier,
  type TextClassifierConfig,
} from './text-classifier-config.js';

/** Saves weights and sizes, and whatever else the caller wants back (such as the vocabulary), as one safetensors file. */
export async function saveTextClassifier(
  path: string,
  classifier: TextClassifier,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, classifier.params, { model: 'text classifier', ...classifier.config, extra });
}

/**
 * Builds the classifier that a file holds.
 *
 * @param expected what the caller counts on, such as the size of its vocabulary
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, not a text classifier's, or another one than expected
 */
export async function loadTextClassifier(
  path: string,
  expected: Partial<Pick<TextClassifierConfig, 'vocab' | 'classes' | 'reading'>> = {},
): Promise<{ classifier: TextClassifier; extra: unknown }> {
  const { config, tensors } = await readCheckpoint(path);
  const { model, extra = null, ...rest } = (config ?? {}) as Record<string, unknown>;
  if (model !== 'text classifier')
    throw new Error(
      `${path}: expected the checkpoint of a text classifier, got ${model === undefined ? 'no model name' : `"${model}"`}`,
    );
  const sizes = rest as unknown as TextClassifierConfig;
  for (const name of ['vocab', 'classes', 'reading'] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && wanted !== sizes[name])
      throw new Error(`${path}: expected a text classifier with ${name} ${wanted}, got ${sizes[name]}`);
  }
  const classifier = initTextClassifier(createRandom('weights that the file replaces'), sizes);
  try {
    restoreParams(classifier.params, tensors, path);
  } catch (error) {
    disposeParams(classifier.params);
    throw error;
  }
  return { classifier, extra };
}
