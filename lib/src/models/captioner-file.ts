import { readCheckpoint, saveParams } from '../core/checkpoint.js';
import { disposeParams, type ParamSnapshot, restoreParams } from '../core/params.js';
import { createRandom } from '../random/random.js';
import { type Captioner, type CaptionerConfig, initCaptioner } from './captioner-config.js';

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
  const checkpoint = await readCheckpoint(path);
  const { model, extra = null, ...sizes } = (checkpoint.config ?? {}) as Record<string, unknown>;
  if (model !== 'captioner')
    throw new Error(
      `${path}: expected the checkpoint of a captioner, got ${model === undefined ? 'no model name' : `"${model}"`}`,
    );
  const config = sizes as unknown as CaptionerConfig;
  for (const name of ['vocab', 'size', 'depth'] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && wanted !== config[name])
      throw new Error(
        `${path}: expected a captioner with ${name} ${wanted}, got ${config[name]}: it was trained for others`,
      );
  }
  const captioner = initCaptioner(createRandom('weights that the file replaces'), config);
  try {
    restoreParams(captioner.params, checkpoint.tensors as ParamSnapshot, path);
  } catch (error) {
    disposeParams(captioner.params);
    throw error;
  }
  return { captioner, extra };
}
