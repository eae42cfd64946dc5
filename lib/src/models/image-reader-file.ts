import { readCheckpoint, saveParams } from '../core/checkpoint.js';
import { disposeParams, restoreParams } from '../core/params.js';
import { createRandom } from '../random/random.js';
import { type ImageReader, type ImageReaderConfig, initImageReader } from './image-reader-config.js';

const MODEL = 'image reader';

/** Saves weights, running averages and sizes, and whatever else the caller wants back, as one safetensors file. */
export async function saveImageReader(
  path: string,
  reader: ImageReader,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, reader.params, { model: MODEL, ...reader.config, extra });
}

/**
 * Builds the image reader that a file holds.
 *
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, or not an image reader's
 */
export async function loadImageReader(path: string): Promise<{ reader: ImageReader; extra: unknown }> {
  const checkpoint = await readCheckpoint(path);
  const { model, extra = null, ...config } = (checkpoint.config ?? {}) as Record<string, unknown>;
  if (model !== MODEL) {
    const found = model === undefined ? 'no model name' : `"${model}"`;
    throw new Error(`${path}: expected the checkpoint of an ${MODEL}, got ${found}`);
  }
  const random = createRandom('weights that the file replaces');
  const reader = initImageReader(random, config as Partial<ImageReaderConfig>);
  try {
    restoreParams(reader.params, checkpoint.tensors, path);
  } catch (error) {
    disposeParams(reader.params);
    throw error;
  }
  return { reader, extra };
}
