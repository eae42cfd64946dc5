import { saveParams } from '../core/checkpoint.js';
import { loadModel } from './model-file.js';
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
  const { model, extra } = await loadModel<TextClassifierConfig, TextClassifier>(path, 'text classifier', {
    expected,
    init: initTextClassifier,
  });
  return { classifier: model, extra };
}
