import * as tf from '@tensorflow/tfjs';
import { type Alignment, createAlignment } from '../attention/index.js';
import type { AttentionMemory, LstmState } from '../backend/sequences.js';
import { dropout } from '../layers/dropout.js';
import type { Random } from '../random/random.js';
import type { Cell } from '../recurrent/cell.js';
import { stackedCell } from '../recurrent/stacked.js';
import { type DecoderConfig, type DecoderParams, fullDecoderConfig } from './decoder-config.js';
import { type CoderCellParams, coderCell } from './encoder.js';

type CellState = tf.Tensor2D | LstmState;

/** A decoder with its parts put together. */
export interface DecoderPlan {
  readonly config: DecoderConfig;
  readonly params: DecoderParams;
  /** One layer of the cell. */
  readonly layer: Cell<CoderCellParams, CellState>;
  /** All layers as one cell. */
  readonly cell: Cell<readonly CoderCellParams[], readonly CellState[]>;
  /** The lowest first. */
  readonly layers: readonly CoderCellParams[];
  /** Null where the decoder never looks. */
  readonly alignment: Alignment | null;
}

/** @throws where config and parameters do not fit */
export function planDecoder(params: DecoderParams, config: Partial<DecoderConfig>): DecoderPlan {
  const full = fullDecoderConfig(config);
  const layer = coderCell(full.cell);
  if ((params.combine !== undefined) !== (full.look === 'after'))
    throw new Error(`decoder: the parameters were made for another look than "${full.look}"`);
  return {
    config: full,
    params,
    layer,
    cell: stackedCell(layer, full.layers),
    layers: (Array.isArray(params.cell) ? params.cell : [params.cell]) as readonly CoderCellParams[],
    alignment: full.look === 'never' ? null : createAlignment(full.alignment, params.attention),
  };
}

/** What one step hands to the next. */
export interface DecoderState {
  /** The lowest layer first. */
  readonly cells: readonly CellState[];
  /** h~<t-1> where it is fed, `[batch, units]`. */
  readonly feed: tf.Tensor2D | null;
  /** What the next look goes on from, where it goes on from anything, `[batch, source]`: alpha of the step before, or the sum of all. */
  readonly alpha: tf.Tensor2D | null;
  /** The fixed vector of a decoder that never looks, `[batch, values]`: the same in every step. */
  readonly summary: tf.Tensor2D | null;
}

/** Which of the parts besides the cells a decoder has. */
function extras({ config, alignment }: DecoderPlan): (keyof Omit<DecoderState, 'cells'>)[] {
  return [
    ...(config.inputFeeding ? (['feed'] as const) : []),
    ...(alignment?.stepwise ? (['alpha'] as const) : []),
    ...(config.look === 'never' ? (['summary'] as const) : []),
  ];
}

/** The state as the list of tensors that decoding repeats, reorders and frees. */
export function packState(plan: DecoderPlan, state: DecoderState): tf.Tensor2D[] {
  return [...plan.cell.parts(state.cells), ...extras(plan).map((name) => state[name]!)];
}

/** @throws where the number of tensors is not the decoder's */
export function unpackState(plan: DecoderPlan, tensors: readonly tf.Tensor2D[]): DecoderState {
  const names = extras(plan);
  const ofCells = plan.config.layers * (plan.config.cell === 'lstm' ? 2 : 1);
  if (tensors.length !== ofCells + names.length)
    throw new Error(
      `decoder: expected a state of ${ofCells + names.length} tensors (${[`${ofCells} of the cells`, ...names].join(', ')}), ` +
        `got ${tensors.length}; make it with startDecoder`,
    );
  const rest = Object.fromEntries(names.map((name, n) => [name, tensors[ofCells + n]!]));
  const none = { feed: null, alpha: null, summary: null };
  return { cells: plan.cell.fromParts(tensors.slice(0, ofCells)), ...none, ...rest };
}

/**
 * The state before the first step.
 *
 * @param options.cells states of the cells from the bridge: the hidden one first, the top layer before the others
 * @param options.summary the encoder's last hidden state; for a decoder that never looks
 * @returns as many tensors as the decoder has; those that were given are among them
 */
export function startDecoder(
  params: DecoderParams,
  config: Partial<DecoderConfig>,
  options: {
    readonly cells: readonly tf.Tensor2D[];
    readonly memory: AttentionMemory;
    readonly summary: tf.Tensor2D;
  },
): tf.Tensor2D[] {
  const plan = planDecoder(params, config);
  const { cells, memory, summary } = options;
  return [
    ...cells,
    // Before the first step nothing was seen: zeros, of the size of h~ and s.
    ...(plan.config.inputFeeding ? [tf.zerosLike(cells[0]!)] : []),
    ...(plan.alignment?.stepwise ? [plan.alignment.start(memory).alpha] : []),
    ...(plan.config.look === 'never' ? [summary] : []),
  ];
}

/** What is different in training. */
export interface DecoderTraining {
  /** For dropout, the noise of monotonic attention and scheduled sampling. */
  readonly random: Random;
  /** Rate of dropout on the symbols' vectors, between layers and before the output; default 0. */
  readonly dropout?: number;
  /**
   * Scheduled sampling: the chance that a step is given the right symbol and not one drawn from the model's own distribution
   * (Bengio et al. 2015, section 2.4); default 1, which is teacher forcing.
   */
  readonly truth?: number;
}

/** Dropout of a training; without one, the input as it is. */
export type Drop = <T extends tf.Tensor>(inputs: T) => T;

export function dropOf(training: DecoderTraining | undefined): Drop {
  const random = training?.random.child('dropout') ?? null;
  return (inputs) => dropout(inputs, training?.dropout ?? 0, random);
}
