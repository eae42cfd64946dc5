import { readCheckpoint } from '../core/checkpoint.js';
import { disposeParams, type ParamTree, restoreParams } from '../core/params.js';
import { createRandom, type Random } from '../random/random.js';

export interface ModelLoading<Saved, Model> {
  /** What the caller counts on, such as the size of its vocabulary. */
  readonly expected?: Partial<Saved>;
  /** Builds the model, with weights that the file's replace, from what was saved beside them. */
  readonly init: (random: Random, saved: Saved) => Model;
  /** The parameters that `init` made, disposed where the file's do not fit. Default: all of the model's. */
  readonly made?: (model: Model) => ParamTree;
}

/**
 * Builds the model that a file holds, where `saveParams` was given `{ model: kind, ...saved, extra }`. All of its weights or none.
 *
 * @returns it and the `extra` that was saved with it
 * @throws where the file is missing, damaged, of another kind of model, or of other sizes than expected
 */
export async function loadModel<Saved extends object, Model extends { readonly params: ParamTree }>(
  path: string,
  kind: string,
  { expected = {}, init, made = ({ params }) => params }: ModelLoading<Saved, Model>,
): Promise<{ model: Model; extra: unknown }> {
  const checkpoint = await readCheckpoint(path);
  const { model: name, extra = null, ...saved } = (checkpoint.config ?? {}) as Record<string, unknown>;
  const one = /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
  if (name !== kind) {
    const found = name === undefined ? 'no model name' : `"${name}"`;
    throw new Error(`${path}: expected the checkpoint of ${one}, got ${found}`);
  }
  for (const [size, wanted] of Object.entries(expected)) {
    if (wanted !== undefined && saved[size] !== wanted)
      throw new Error(
        `${path}: expected ${one} with ${size} ${wanted}, got ${saved[size]}: ` +
          (/vocab/i.test(size) ? 'it was trained with another vocabulary' : 'it was trained for others'),
      );
  }
  const model = init(createRandom('weights that the file replaces'), saved as Saved);
  try {
    restoreParams(model.params, checkpoint.tensors, path);
  } catch (error) {
    disposeParams(made(model));
    throw error;
  }
  return { model, extra };
}
