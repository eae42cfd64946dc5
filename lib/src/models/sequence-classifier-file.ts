import { readCheckpoint, saveParams } from '../core/checkpoint.js';
import { disposeParams, type ParamSnapshot, restoreParams } from '../core/params.js';
import { createRandom } from '../random/random.js';
import {
  type FrameEncoder,
  initSequenceClassifier,
  type SequenceClassifier,
  type SequenceClassifierConfig,
} from './sequence-classifier-config.js';

/** Saves weights and sizes, and whatever else the caller wants back (such as names of classes), as one safetensors file. */
export async function saveSequenceClassifier(
  path: string,
  model: SequenceClassifier,
  extra: unknown = null,
): Promise<void> {
  const { config, params, encoder } = model;
  const kept = { model: 'sequence classifier', ...config, encoder: encoder !== undefined, extra };
  await saveParams(path, params, kept);
}

/**
 * Builds the classifier that a file holds.
 *
 * @param encoder a frame encoder like the one it was trained with: its parameters take the file's values
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged or not a classifier's, and where its frame encoder is not the given one
 */
export async function loadSequenceClassifier(
  path: string,
  encoder?: FrameEncoder,
): Promise<{ model: SequenceClassifier; extra: unknown }> {
  const checkpoint = await readCheckpoint(path);
  const saved = (checkpoint.config ?? {}) as Record<string, unknown>;
  const { model: kind, encoder: encoded, extra = null, ...config } = saved;
  if (kind !== 'sequence classifier')
    throw new Error(
      `${path}: expected the checkpoint of a sequence classifier, got ${kind === undefined ? 'no model name' : `"${kind}"`}`,
    );
  if (encoded !== (encoder !== undefined))
    throw new Error(
      encoded
        ? `${path}: the classifier was trained with a frame encoder; give one like it`
        : `${path}: the classifier was trained without a frame encoder, got one; leave it out`,
    );
  const model = initSequenceClassifier(
    createRandom('weights that the file replaces'),
    config as unknown as SequenceClassifierConfig,
    encoder,
  );
  try {
    restoreParams(model.params, checkpoint.tensors as ParamSnapshot, path);
  } catch (error) {
    const { encoder: callers, ...own } = model.params;
    disposeParams(own);
    throw error;
  }
  return { model, extra };
}
