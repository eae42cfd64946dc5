import * as tf from '@tensorflow/tfjs';
import type { LstmState } from '../backend/sequences.js';
import { dropout } from '../layers/dropout.js';
import { type EmbeddingParams, embed, initEmbedding } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { type BidirectionalParams, bidirectional, initBidirectional } from '../recurrent/bidirectional.js';
import type { Cell } from '../recurrent/cell.js';
import { type GruParams, gruCell } from '../recurrent/gru.js';
import { type LstmParams, lstmCell } from '../recurrent/lstm.js';
import { type RnnParams, rnnCell } from '../recurrent/rnn.js';

/** The cells that an encoder-decoder is made of. */
export type CoderCell = 'gru' | 'lstm' | 'rnn';
export type CoderCellParams = GruParams | LstmParams | RnnParams;

/** The cell by its name, with its types forgotten: parameters and states of one go together by construction. */
export function coderCell(name: CoderCell): Cell<CoderCellParams, tf.Tensor2D | LstmState> {
  const cells: Record<CoderCell, unknown> = { gru: gruCell, lstm: lstmCell, rnn: rnnCell };
  const cell = cells[name];
  if (cell === undefined)
    throw new Error(`Unknown cell "${name}": known are ${Object.keys(cells).join(', ')}`);
  return cell as Cell<CoderCellParams, tf.Tensor2D | LstmState>;
}

/** Without `backward` the source is read forwards only. */
export type ReaderLayer = BidirectionalParams<CoderCellParams> | { readonly forward: CoderCellParams };

export type EncoderParams = {
  readonly embedding: EmbeddingParams;
  /** One, or one a layer, the lowest first; each reads what the one below gave, both directions of it. */
  readonly reader: ReaderLayer | readonly ReaderLayer[];
};

export interface EncoderSizes {
  readonly vocab: number;
  /** features of a symbol's vector */
  readonly embedding: number;
  /** units of each direction */
  readonly units: number;
  readonly cell: CoderCell;
  readonly bidirectional: boolean;
  /** default 1 */
  readonly layers?: number;
}

export interface EncodeSourceOptions {
  readonly cell: CoderCell;
  /** `[batch, source]` */
  readonly ids: tf.Tensor2D;
  /** `[batch, source]`, 1 for real and 0 for padding */
  readonly mask: tf.Tensor2D | null;
  /** On the symbols' vectors and between layers. Give none when not training. */
  readonly dropout?: { readonly rate: number; readonly random: Random } | undefined;
}

export interface EncodedSource {
  /** An annotation of every source position, `[batch, source, annotation units]`; both directions side by side. */
  readonly annotations: tf.Tensor3D;
  /**
   * The last states, both directions side by side: hidden first (for an LSTM the cell state after it), the top layer before
   * the others.
   */
  readonly last: readonly tf.Tensor2D[];
}

/** @throws where there is no layer */
export function initEncoder(random: Random, sizes: EncoderSizes): EncoderParams {
  const { units, layers = 1 } = sizes;
  if (!Number.isSafeInteger(layers) || layers < 1)
    throw new Error(`initEncoder: layers must be an integer of at least 1, got ${layers}`);
  const cell = coderCell(sizes.cell);
  const layer = (stream: Random, input: number): ReaderLayer =>
    sizes.bidirectional
      ? initBidirectional(cell, stream, { input, units })
      : { forward: cell.init(stream.child('forward'), { input, units }) };
  const below = sizes.bidirectional ? 2 * units : units;
  const readers = random.child('reader');
  return {
    embedding: initEmbedding(random.child('embedding'), { vocab: sizes.vocab, features: sizes.embedding }),
    reader:
      layers === 1
        ? layer(readers, sizes.embedding)
        : Array.from({ length: layers }, (_, n) =>
            layer(readers.child(n), n === 0 ? sizes.embedding : below),
          ),
  };
}

/** Reads the source (Bahdanau et al. 2015, section 3.2). */
export function encodeSource(params: EncoderParams, options: EncodeSourceOptions): EncodedSource {
  const cell = coderCell(options.cell);
  const { mask, dropout: drop } = options;
  const layers = (Array.isArray(params.reader) ? params.reader : [params.reader]) as readonly ReaderLayer[];
  const [annotations, ...last] = tf.tidy((): tf.Tensor[] => {
    let below = embed(params.embedding, options.ids); // [batch, source, embedding]
    const states: tf.Tensor[][] = [];
    for (const layer of layers) {
      const read = drop === undefined ? below : dropout(below, drop.rate, drop.random);
      const { outputs, parts } = readLayer(cell, layer, read, mask);
      below = outputs;
      states.unshift(parts);
    }
    return [below, ...states.flat()];
  }) as [tf.Tensor3D, ...tf.Tensor2D[]];
  return { annotations, last };
}

function readLayer(
  cell: ReturnType<typeof coderCell>,
  layer: ReaderLayer,
  inputs: tf.Tensor3D,
  mask: tf.Tensor2D | null,
): { outputs: tf.Tensor3D; parts: tf.Tensor[] } {
  if (!('backward' in layer)) {
    const { outputs, state } = cell.sequence(layer.forward, inputs, { mask });
    return { outputs, parts: [...cell.parts(state)] };
  }
  const { outputs, states } = bidirectional(cell, layer, inputs, { mask });
  const backward = cell.parts(states.backward);
  return {
    outputs,
    parts: cell.parts(states.forward).map((part, n) => tf.concat([part, backward[n]!], 1)),
  };
}
