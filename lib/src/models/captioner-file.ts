import { saveParams } from '../core/checkpoint.js';
import { type Captioner, type CaptionerConfig, initCaptioner } from './captioner-config.js';
import { loadModel } from './model-file.js';

/** Saves weights and sizes, and whatever else the caller wants back (such as the vocabulary), as one safetensors file. */
export async function saveCaptioner(
  path: string,
  captioner: Captioner,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, captioner.params, { model: 'captioner', ...captioner.config, extra });
}

/**
 * Builds the captioner that a file holds.
 *
 * @param expected what the caller counts on, such as the size of its vocabulary
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, not a captioner's, or another one than expected
 */
export async function loadCaptioner(
  path: string,
  expected: Partial<Pick<CaptionerConfig, 'vocab' | 'size' | 'depth'>> = {},
): Promise<{ captioner: Captioner; extra: unknown }> {
  const { model, extra } = await loadModel<CaptionerConfig, Captioner>(path, 'captioner', {
    expected,
    init: initCaptioner,
  });
  return { captioner: model, extra };
}
