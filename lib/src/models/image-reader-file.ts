import { saveParams } from '../core/checkpoint.js';
import { type ImageReader, type ImageReaderConfig, initImageReader } from './image-reader-config.js';
import { loadModel } from './model-file.js';

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
  const { model: reader, extra } = await loadModel<ImageReaderConfig, ImageReader>(path, MODEL, {
    init: initImageReader,
  });
  return { reader, extra };
}
