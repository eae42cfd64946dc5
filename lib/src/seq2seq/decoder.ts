import * as tf from '@tensorflow/tfjs';
import { type AdditiveParams, initAdditive, projectAdditiveKeys } from '../attention/score.js';
import type { AttentionMemory, GruWeights, LstmWeights } from '../backend/sequences.js';
import { checkMask } from '../core/masks.js';
import { checkShape } from '../core/shapes.js';
import { type DenseParams, dense, initDense } from '../layers/dense.js';
import { type EmbeddingParams, embed, initEmbedding } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { registerEngine, sequenceEngine } from '../recurrent/engine.js';
import { type CoderCell, type CoderCellParams, coderCell } from './encoder.js';
import { referenceGruDecoder, referenceLstmDecoder } from './reference.js';

registerEngine('reference', { gruDecoder: referenceGruDecoder, lstmDecoder: referenceLstmDecoder });

export type DecoderParams = {
  readonly embedding: EmbeddingParams;
  readonly attention: AdditiveParams;
  readonly cell: CoderCellParams;
  readonly output: DenseParams;
};

export interface DecoderSizes {
  readonly vocab: number;
  readonly embedding: number;
  readonly units: number;
  /** attention units */
  readonly attention: number;
  /** features of an annotation of the source */
  readonly values: number;
  readonly cell: CoderCell;
}

export interface DecodedSteps {
  /** `[batch, target, vocab]` */
  readonly logits: tf.Tensor3D;
  /** `[batch, target, source]`, exactly 0 on padding */
  readonly alphas: tf.Tensor3D;
  /** State after the last step, as many tensors as the cell has, each `[batch, units]`. */
  readonly state: tf.Tensor2D[];
}

export function initDecoder(random: Random, sizes: DecoderSizes): DecoderParams {
  const { vocab, embedding, units, attention, values } = sizes;
  return {
    embedding: initEmbedding(random.child('embedding'), { vocab, features: embedding }),
    attention: initAdditive(random.child('attention'), { query: units, key: values, units: attention }),
    cell: coderCell(sizes.cell).init(random.child('cell'), { input: embedding + values, units }),
    output: initDense(random.child('output'), { input: units + values + embedding, units: vocab }),
  };
}

/**
 * What every step of the decoder looks at: the annotations as values, and as keys their projection, computed once.
 *
 * @throws where a row of the mask has no real position
 */
export function attentionMemory(
  params: { readonly attention: { readonly keyKernel: tf.Tensor2D } },
  annotations: tf.Tensor3D,
  mask: tf.Tensor2D | null,
): AttentionMemory {
  const { batch, source } = checkShape('annotations', annotations, 'batch source units');
  if (mask !== null) {
    checkShape('source mask', mask, 'batch source', { batch, source });
    checkMask('source mask', mask);
  }
  return { keys: projectAdditiveKeys(params.attention, annotations), values: annotations, mask };
}

/**
 * Steps the decoder once for each given symbol: context from s<t-1>, s<t> = cell([y<t-1>, context], s<t-1>), logits from
 * [s<t>, context, y<t-1>] (Bahdanau et al. 2015, section 3.1). With the whole target this is teacher forcing; with one
 * symbol, one step of generation.
 *
 * @param previous the symbols before each output, `[batch, target]`
 * @param state of the cell before the first step
 */
export function decodeSteps(
  params: DecoderParams,
  options: {
    readonly cell: CoderCell;
    readonly memory: AttentionMemory;
    readonly state: readonly tf.Tensor2D[];
    readonly previous: tf.Tensor2D;
  },
): DecodedSteps {
  const { memory, previous, state } = options;
  const [batch] = memory.values.shape;
  checkShape('decoder input', previous, 'batch target', { batch });
  const [logits, alphas, ...last] = tf.tidy(() => {
    const given = embed(params.embedding, tf.transpose(previous) as tf.Tensor2D); // [target, batch, embedding]
    const trace = run(params, options.cell, given, memory, state);
    const seen = tf.concat([trace.states, trace.contexts, given], 2);
    const scores = tf.transpose(dense(params.output, seen), [1, 0, 2]); // [batch, target, vocab]
    return [scores, tf.transpose(trace.alphas, [1, 0, 2]), ...trace.carried.map(finalStep)];
  }) as [tf.Tensor3D, tf.Tensor3D, ...tf.Tensor2D[]];
  return { logits, alphas, state: last };
}

/** The whole-sequence operation of the cell; `carried` are the sequences whose last step is the next state. */
function run(
  params: DecoderParams,
  cell: CoderCell,
  given: tf.Tensor3D,
  memory: AttentionMemory,
  state: readonly tf.Tensor2D[],
) {
  const engine = sequenceEngine();
  const { attention } = params;
  if (cell === 'lstm') {
    const weights = { attention, cell: params.cell as LstmWeights };
    const [hidden, carried] = state as [tf.Tensor2D, tf.Tensor2D];
    const trace = engine.lstmDecoder(weights, given, memory, { hidden, cell: carried });
    return { ...trace, carried: [trace.states, trace.cells] };
  }
  const trace = engine.gruDecoder({ attention, cell: params.cell as GruWeights }, given, memory, state[0]!);
  return { ...trace, carried: [trace.states] };
}

/** The last of `[time, batch, units]`. */
function finalStep(states: tf.Tensor3D): tf.Tensor2D {
  const [time, batch, units] = states.shape;
  return states.slice([time - 1, 0, 0], [1, batch, units]).reshape([batch, units]);
}
