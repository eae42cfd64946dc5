import { writeBytesAtomically } from '#platform';
import { type Checkpoint, readCheckpoint } from '../core/checkpoint.js';
import { type ParamTree, restoreParams, snapshotParams } from '../core/params.js';
import { encodeSafetensors, type TensorData } from '../core/safetensors.js';
import type { AdamState } from './adam.js';
import type { Watch, WatchState } from './early-stopping.js';

/** A training that writes itself down, so that one that was killed goes on from there to the same result. */
export interface CheckpointFile {
  /** Where; if the file is there when training starts, it goes on from it. */
  readonly path: string;
  /** Steps between two checkpoints. */
  readonly every: number;
  /**
   * What must be the same for going on to make sense, as JSON: sizes, seeds, the data's hash. A file of another training is then
   * refused and not continued.
   */
  readonly identity?: unknown;
}

/** What of a training changes from step to step. */
export interface TrainingState {
  readonly params: ParamTree;
  readonly optimizer: AdamState;
  readonly watch: Watch | undefined;
}

/** Beside the tensors. */
interface Notes {
  readonly identity: unknown;
  /** Whether training ended by itself, so that there is nothing to go on with. */
  readonly finished: boolean;
  readonly looks: number;
  /** The value as text: JSON knows no infinity. */
  readonly best: { readonly step: number; readonly value: string } | null;
}

/** Writes beside the file and renames, so that whenever it is killed a whole file is there. */
export async function writeCheckpoint(
  { path, identity = null }: CheckpointFile,
  { params, optimizer, watch }: TrainingState,
  { finished }: Pick<Notes, 'finished'>,
): Promise<void> {
  const { best, looks, weights = [] } = watch?.state() ?? { looks: 0 };
  const notes: Notes = {
    identity,
    finished,
    looks,
    best: best === undefined ? null : { step: best.step, value: String(best.value) },
  };
  const tensors = new Map<string, TensorData>(snapshotParams({ params, optimizer }));
  for (const [name, values] of weights) tensors.set(`best/${name}`, values);
  const metadata = { format: 'heed', config: JSON.stringify({ training: notes }) };
  await writeBytesAtomically(path, encodeSafetensors(tensors, metadata));
}

/**
 * Puts a training back to where its file left it. Nothing is touched where there is no file.
 *
 * @returns whether the training had ended by itself
 * @throws where the file is damaged, holds other parameters, or is another training's
 */
export async function readCheckpointFile(
  { path, identity = null }: CheckpointFile,
  { params, optimizer, watch }: TrainingState,
): Promise<boolean> {
  const file = await readIfThere(path);
  if (file === undefined) return false;
  const notes = (file.config as { training?: Notes } | undefined)?.training;
  if (notes === undefined)
    throw new Error(`${path}: expected the checkpoint of a training, got another file; give another path`);
  if (canonical(notes.identity) !== canonical(identity))
    throw new Error(
      `${path} belongs to another training: expected identity ${canonical(identity)}, got ${canonical(notes.identity)}. ` +
        'Delete the file to start anew, or give another path.',
    );
  const entries = [...file.tensors];
  restoreParams({ params, optimizer }, new Map(entries.filter(([name]) => !isBest(name))), path);
  watch?.restore(watchState(notes, entries));
  return notes.finished;
}

const isBest = (name: string) => name.startsWith('best/');

function watchState({ best, looks }: Notes, entries: readonly (readonly [string, TensorData])[]): WatchState {
  const weights = new Map(
    entries.flatMap(([name, values]) =>
      isBest(name) ? [[name.slice('best/'.length), values] as const] : [],
    ),
  );
  return {
    looks,
    best: best === null ? undefined : { step: best.step, value: Number(best.value) },
    weights: weights.size === 0 ? undefined : weights,
  };
}

async function readIfThere(path: string): Promise<Checkpoint | undefined> {
  try {
    return await readCheckpoint(path);
  } catch (error) {
    // Only that there is no file is no error: one that cannot be read must not be written over.
    if (error instanceof Error && error.message.includes('ENOENT')) return undefined;
    throw error;
  }
}

/** JSON with sorted names: the order in which somebody wrote them means nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
