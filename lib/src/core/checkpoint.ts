import { readBytes, writeBytesAtomically } from '#platform';
import { type ParamTree, restoreParams, snapshotParams } from './params.js';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from './safetensors.js';

/** A file of parameters and what is needed to build the model that they fit. */
export interface Checkpoint extends TensorFile {
  /** What `saveParams` was given, or undefined. */
  readonly config: unknown;
}

/**
 * Saves the parameters as a safetensors file, the configuration as JSON in its metadata. The file is written beside its place
 * and renamed, so a crash leaves the old one whole.
 */
export async function saveParams(path: string, tree: ParamTree, config?: unknown): Promise<void> {
  const metadata: Record<string, string> = { format: 'heed' };
  if (config !== undefined) metadata.config = JSON.stringify(config);
  await writeBytesAtomically(path, encodeSafetensors(snapshotParams(tree), metadata));
}

/**
 * Reads a file that `saveParams` wrote, without needing the model.
 *
 * @throws where the file is missing or damaged
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const file = decodeSafetensors(await readBytes(path), path);
  const text = file.metadata.config;
  if (text === undefined) return { ...file, config: undefined };
  try {
    return { ...file, config: JSON.parse(text) };
  } catch {
    throw new Error(
      `${path}: the configuration in its metadata is not JSON; the file was not written by saveParams`,
    );
  }
}

/**
 * Loads a file into existing parameters and returns the configuration saved with them. All or nothing.
 *
 * @throws where the file is missing or damaged, or a tensor is missing, superfluous or of another shape, by its name
 */
export async function loadParams(path: string, tree: ParamTree): Promise<unknown> {
  const checkpoint = await readCheckpoint(path);
  restoreParams(tree, checkpoint.tensors, path);
  return checkpoint.config;
}
