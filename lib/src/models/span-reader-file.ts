import { readCheckpoint, saveParams } from '../core/checkpoint.js';
import { disposeParams, restoreParams } from '../core/params.js';
import { createRandom } from '../random/random.js';
import { initSpanReader, type SpanReader, type SpanReaderConfig } from './span-reader-config.js';

/** Saves weights and sizes, and whatever else the caller wants back (such as the vocabulary), as one safetensors file. */
export async function saveSpanReader(path: string, reader: SpanReader, extra: unknown = null): Promise<void> {
  await saveParams(path, reader.params, { model: 'span reader', ...reader.config, extra });
}

/**
 * Builds the span reader that a file holds.
 *
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, not a span reader's, or one of another vocabulary than expected
 */
export async function loadSpanReader(
  path: string,
  expected: Partial<Pick<SpanReaderConfig, 'vocab'>> = {},
): Promise<{ reader: SpanReader; extra: unknown }> {
  const { config, tensors } = await readCheckpoint(path);
  const { model, extra = null, ...rest } = (config ?? {}) as Record<string, unknown>;
  if (model !== 'span reader')
    throw new Error(
      `${path}: expected the checkpoint of a span reader, got ${model === undefined ? 'no model name' : `"${model}"`}`,
    );
  const sizes = rest as unknown as SpanReaderConfig;
  if (expected.vocab !== undefined && expected.vocab !== sizes.vocab)
    throw new Error(`${path}: expected a span reader with vocab ${expected.vocab}, got ${sizes.vocab}`);
  const reader = initSpanReader(createRandom('weights that the file replaces'), sizes);
  try {
    restoreParams(reader.params, tensors, path);
  } catch (error) {
    disposeParams(reader.params);
    throw error;
  }
  return { reader, extra };
}
