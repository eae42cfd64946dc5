import { saveParams } from '../core/checkpoint.js';
import { loadModel } from './model-file.js';
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
  interface Saved extends SequenceClassifierConfig {
    readonly encoder: boolean;
  }
  return loadModel<Saved, SequenceClassifier>(path, 'sequence classifier', {
    init: (random, { encoder: encoded, ...config }) => {
      if (encoded !== (encoder !== undefined))
        throw new Error(
          encoded
            ? `${path}: the classifier was trained with a frame encoder; give one like it`
            : `${path}: the classifier was trained without a frame encoder, got one; leave it out`,
        );
      return initSequenceClassifier(random, config, encoder);
    },
    made: ({ params: { encoder: callers, ...own } }) => own, // the encoder is the caller's
  });
}
