import * as tf from '@tensorflow/tfjs';
import type { LstmState } from '../backend/sequences.js';
import { type EmbeddingParams, embed, initEmbedding } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { type BidirectionalParams, bidirectional, initBidirectional } from '../recurrent/bidirectional.js';
import type { Cell } from '../recurrent/cell.js';
import { type GruParams, gruCell } from '../recurrent/gru.js';
import { type LstmParams, lstmCell } from '../recurrent/lstm.js';

/** The cells that an encoder-decoder is made of. */
export type CoderCell = 'gru' | 'lstm';
export type CoderCellParams = GruParams | LstmParams;

/** The cell by its name, with its types forgotten: parameters and states of one go together by construction. */
export function coderCell(name: CoderCell): Cell<CoderCellParams, tf.Tensor2D | LstmState> {
  const cells: Record<CoderCell, unknown> = { gru: gruCell, lstm: lstmCell };
  const cell = cells[name];
  if (cell === undefined)
    throw new Error(`Unknown cell "${name}": known are ${Object.keys(cells).join(', ')}`);
  return cell as Cell<CoderCellParams, tf.Tensor2D | LstmState>;
}

export type EncoderParams = {
  readonly embedding: EmbeddingParams;
  /** Without `backward` the source is read forwards only. */
  readonly reader: BidirectionalParams<CoderCellParams> | { readonly forward: CoderCellParams };
};

export interface EncoderSizes {
  readonly vocab: number;
  /** features of a symbol's vector */
  readonly embedding: number;
  /** units of each direction */
  readonly units: number;
  readonly cell: CoderCell;
  readonly bidirectional: boolean;
}

export interface EncodedSource {
  /** An annotation of every source position, `[batch, source, annotation units]`; both directions side by side. */
  readonly annotations: tf.Tensor3D;
  /** The last states, hidden first (for an LSTM the cell state after it), both directions side by side. */
  readonly last: readonly tf.Tensor2D[];
}

export function initEncoder(random: Random, sizes: EncoderSizes): EncoderParams {
  const cell = coderCell(sizes.cell);
  const cellSizes = { input: sizes.embedding, units: sizes.units };
  return {
    embedding: initEmbedding(random.child('embedding'), { vocab: sizes.vocab, features: sizes.embedding }),
    reader: sizes.bidirectional
      ? initBidirectional(cell, random.child('reader'), cellSizes)
      : { forward: cell.init(random.child('reader').child('forward'), cellSizes) },
  };
}

/**
 * Reads the source (Bahdanau et al. 2015, section 3.2).
 *
 * @param ids `[batch, source]`
 * @param mask `[batch, source]`, 1 for real and 0 for padding
 */
export function encodeSource(
  params: EncoderParams,
  options: { readonly cell: CoderCell; readonly ids: tf.Tensor2D; readonly mask: tf.Tensor2D | null },
): EncodedSource {
  const cell = coderCell(options.cell);
  const { mask } = options;
  const [annotations, ...last] = tf.tidy((): tf.Tensor[] => {
    const embedded = embed(params.embedding, options.ids); // [batch, source, embedding]
    if (!('backward' in params.reader)) {
      const { outputs, state } = cell.sequence(params.reader.forward, embedded, { mask });
      return [outputs, ...cell.parts(state)];
    }
    const { outputs, states } = bidirectional(cell, params.reader, embedded, { mask });
    const backward = cell.parts(states.backward);
    return [outputs, ...cell.parts(states.forward).map((part, n) => tf.concat([part, backward[n]!], 1))];
  }) as [tf.Tensor3D, ...tf.Tensor2D[]];
  return { annotations, last };
}
