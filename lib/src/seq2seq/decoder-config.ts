import { type AlignmentConfig, type AlignmentParams, initAlignment } from '../attention/index.js';
import { type DenseParams, initDense } from '../layers/dense.js';
import { type EmbeddingParams, initEmbedding } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { initStacked } from '../recurrent/stacked.js';
import { type CoderCell, type CoderCellParams, coderCell } from './encoder.js';

/** What kind of decoder it is. */
export interface DecoderConfig {
  readonly cell: CoderCell;
  /**
   * When a step looks at the source. `before`: with s<t-1>, and the cell reads the context (Bahdanau et al. 2015, section 3.1).
   * `after`: with s<t>, and context and state make the attentional state h~<t> = tanh(W_c [c<t>, s<t>]), which the output
   * is made from (Luong et al. 2015, equation 5). `never`: each step reads one fixed vector, the encoder's last state
   * (Cho et al. 2014, section 2.2).
   */
  readonly look: 'before' | 'after' | 'never';
  readonly alignment: Partial<AlignmentConfig>;
  /** With `after`: the cell also reads h~<t-1>, so that it knows where it has looked (Luong et al. 2015, section 3.3). */
  readonly inputFeeding: boolean;
  /** Cells on top of each other; the top one looks. */
  readonly layers: number;
  /** Whether there is a gate between making a symbol and copying one (See et al. 2017, equation 8). */
  readonly copy: boolean;
}

export const defaultDecoderConfig: DecoderConfig = {
  cell: 'gru', // right on unseen dates within 350 steps; an LSTM needed more of them
  look: 'before', // the first form of attention, and the one that the whole-sequence operations exist for
  alignment: {},
  inputFeeding: false,
  layers: 1,
  copy: false,
};

export type DecoderParams = {
  readonly embedding: EmbeddingParams;
  /** Empty where the decoder never looks, or scores without parameters. */
  readonly attention: AlignmentParams;
  /** One, or one a layer, the lowest first. */
  readonly cell: CoderCellParams | readonly CoderCellParams[];
  /** W_c of a decoder that looks after its step. */
  readonly combine?: DenseParams;
  readonly output: DenseParams;
  readonly copy?: DenseParams;
};

export interface DecoderSizes extends Partial<DecoderConfig> {
  readonly vocab: number;
  readonly embedding: number;
  readonly units: number;
  /** attention units */
  readonly attention: number;
  /** features of an annotation of the source */
  readonly values: number;
  readonly cell: CoderCell;
}

/**
 * The config with defaults filled in.
 *
 * @throws for an unknown `look`, no layer, and input feeding where there is nothing to feed
 */
export function fullDecoderConfig(config: Partial<DecoderConfig>): DecoderConfig {
  const full = { ...defaultDecoderConfig, ...definedOnly(config) };
  const known = ['before', 'after', 'never'];
  if (!known.includes(full.look))
    throw new Error(`decoder: unknown look "${full.look}"; known are ${known.join(', ')}`);
  if (!Number.isSafeInteger(full.layers) || full.layers < 1)
    throw new Error(`decoder: layers must be an integer of at least 1, got ${full.layers}`);
  if (full.inputFeeding && full.look !== 'after')
    throw new Error(
      `decoder: input feeding hands the attentional state on, which only look "after" has; got look "${full.look}"`,
    );
  if (full.copy && full.look === 'never')
    throw new Error('decoder: copying takes alpha for the source symbols, and look "never" has none');
  return full;
}

/** Without the fields that are undefined: an object of options may name some that it leaves open. */
function definedOnly<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

export function initDecoder(random: Random, sizes: DecoderSizes): DecoderParams {
  const { vocab, embedding, units, attention, values } = sizes;
  const { look, alignment, inputFeeding, layers, copy } = fullDecoderConfig(sizes);
  const cell = coderCell(sizes.cell);
  const read = look === 'after' ? (inputFeeding ? units : 0) : values;
  const cellSizes = { input: embedding + read, units };
  const seen = units + values + embedding;
  return {
    embedding: initEmbedding(random.child('embedding'), { vocab, features: embedding }),
    attention:
      look === 'never'
        ? {}
        : initAlignment(random.child('attention'), alignment, {
            query: units,
            key: values,
            units: attention,
          }),
    cell:
      layers === 1
        ? cell.init(random.child('cell'), cellSizes)
        : initStacked(cell, random.child('cell'), { ...cellSizes, layers }),
    ...(look === 'after' && {
      combine: initDense(random.child('combine'), { input: values + units, units }),
    }),
    output: initDense(random.child('output'), { input: look === 'after' ? units : seen, units: vocab }),
    ...(copy && { copy: initDense(random.child('copy'), { input: seen, units: 1 }) }),
  };
}
