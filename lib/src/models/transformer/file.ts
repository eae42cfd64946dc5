import { saveParams } from '../../core/checkpoint.js';
import { loadModel } from '../model-file.js';
import { type CausalTransformer, initCausalTransformer } from './causal.js';
import type { CausalTransformerConfig, TransformerConfig } from './config.js';
import { initTransformer, type Transformer } from './transformer.js';

/** Saves weights and sizes, and whatever else the caller wants back (such as vocabularies), as one safetensors file. */
export async function saveTransformer(
  path: string,
  { config, params }: Transformer,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, params, { model: 'transformer', ...config, extra });
}

/**
 * Builds the encoder-decoder that a file holds.
 *
 * @param expected what the caller counts on, such as the sizes of its vocabularies
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, not a Transformer's, or another one than expected
 */
export async function loadTransformer(
  path: string,
  expected: Partial<Pick<TransformerConfig, 'sourceVocab' | 'targetVocab'>> = {},
): Promise<{ transformer: Transformer; extra: unknown }> {
  const { model: transformer, extra } = await loadModel<TransformerConfig, Transformer>(path, 'transformer', {
    expected,
    init: initTransformer,
  });
  return { transformer, extra };
}

/** The same for a decoder-only Transformer. */
export async function saveCausalTransformer(
  path: string,
  { config, params }: CausalTransformer,
  extra: unknown = null,
): Promise<void> {
  await saveParams(path, params, { model: 'causal transformer', ...config, extra });
}

/** The same for a decoder-only Transformer. */
export async function loadCausalTransformer(
  path: string,
  expected: Partial<Pick<CausalTransformerConfig, 'vocab'>> = {},
): Promise<{ transformer: CausalTransformer; extra: unknown }> {
  const { model: transformer, extra } = await loadModel<CausalTransformerConfig, CausalTransformer>(
    path,
    'causal transformer',
    {
      expected,
      init: initCausalTransformer,
    },
  );
  return { transformer, extra };
}
