import { readCheckpoint, saveParams } from '../../core/checkpoint.js';
import { disposeParams, type ParamSnapshot, type ParamTree, restoreParams } from '../../core/params.js';
import { createRandom } from '../../random/random.js';
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
    init: (config) => initTransformer(createRandom('weights that the file replaces'), config),
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
      init: (config) => initCausalTransformer(createRandom('weights that the file replaces'), config),
    },
  );
  return { transformer, extra };
}

interface Loading<Config, Model> {
  readonly expected: Partial<Config>;
  readonly init: (config: Config) => Model;
}

/** What all kinds of Transformer share: the file's kind and sizes, then its weights, all of them or none. */
async function loadModel<Config extends object, Model extends { readonly params: ParamTree }>(
  path: string,
  kind: string,
  { expected, init }: Loading<Config, Model>,
): Promise<{ model: Model; extra: unknown }> {
  const checkpoint = await readCheckpoint(path);
  const { model: name, extra = null, ...sizes } = (checkpoint.config ?? {}) as Record<string, unknown>;
  if (name !== kind)
    throw new Error(
      `${path}: expected the checkpoint of a ${kind}, got ${name === undefined ? 'no model name' : `"${name}"`}`,
    );
  for (const [size, wanted] of Object.entries(expected)) {
    if (wanted !== undefined && sizes[size] !== wanted)
      throw new Error(
        `${path}: expected a ${kind} with ${size} ${wanted}, got ${sizes[size]}: it was trained with another vocabulary`,
      );
  }
  const model = init(sizes as unknown as Config);
  try {
    restoreParams(model.params, checkpoint.tensors as ParamSnapshot, path);
  } catch (error) {
    disposeParams(model.params);
    throw error;
  }
  return { model, extra };
}
