import * as tf from '@tensorflow/tfjs';
import { additiveScores } from '../attention/score.js';
import { maskedSoftmax } from '../attention/softmax.js';
import type {
  AdditiveWeights,
  AttentionMemory,
  GruAttentionDecoder,
  GruWeights,
  LstmAttentionDecoder,
  LstmState,
  LstmWeights,
} from '../backend/sequences.js';
import { gruCellStep, lstmCellStep, project } from '../recurrent/reference.js';

/** One look: query `[batch, units]` to context `[batch, value units]` and alpha `[batch, source]`. */
function look(
  weights: AdditiveWeights,
  memory: AttentionMemory,
  query: tf.Tensor2D,
): [tf.Tensor2D, tf.Tensor2D] {
  const alpha = maskedSoftmax(
    additiveScores(weights, query.expandDims(1) as tf.Tensor3D, memory.keys),
    memory.mask,
  );
  return [tf.matMul(alpha, memory.values).squeeze([1]) as tf.Tensor2D, alpha.squeeze([1]) as tf.Tensor2D];
}

/** Context from s<t-1>, then the cell on [previous<t>, context<t>]. */
function run<S>(
  attention: AdditiveWeights,
  previous: tf.Tensor3D,
  memory: AttentionMemory,
  initial: S,
  hidden: (state: S) => tf.Tensor2D,
  step: (input: tf.Tensor2D, state: S) => S,
): { states: S[]; contexts: tf.Tensor3D; alphas: tf.Tensor3D } {
  const states: S[] = [];
  const contexts: tf.Tensor2D[] = [];
  const alphas: tf.Tensor2D[] = [];
  let state = initial;
  for (const given of tf.unstack(previous) as tf.Tensor2D[]) {
    const [context, alpha] = look(attention, memory, hidden(state));
    state = step(tf.concat([given, context], 1), state);
    states.push(state);
    contexts.push(context);
    alphas.push(alpha);
  }
  return { states, contexts: tf.stack(contexts) as tf.Tensor3D, alphas: tf.stack(alphas) as tf.Tensor3D };
}

/** `GruAttentionDecoder` of plain operations. */
export const referenceGruDecoder: GruAttentionDecoder = (weights, previous, memory, initial) => {
  const cell: GruWeights = weights.cell;
  const [states, contexts, alphas] = tf.tidy(() => {
    const trace = run(
      weights.attention,
      previous,
      memory,
      initial,
      (state) => state,
      (input, state) => gruCellStep(cell, project(cell, input), state),
    );
    return [tf.stack(trace.states), trace.contexts, trace.alphas];
  }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  return { states, contexts, alphas };
};

/** `LstmAttentionDecoder` of plain operations. */
export const referenceLstmDecoder: LstmAttentionDecoder = (weights, previous, memory, initial) => {
  const cell: LstmWeights = weights.cell;
  const [states, cells, contexts, alphas] = tf.tidy(() => {
    const trace = run<LstmState>(
      weights.attention,
      previous,
      memory,
      initial,
      (state) => state.hidden,
      (input, state) => lstmCellStep(cell, project(cell, input), state),
    );
    const hidden = tf.stack(trace.states.map((state) => state.hidden));
    const carried = tf.stack(trace.states.map((state) => state.cell));
    return [hidden, carried, trace.contexts, trace.alphas];
  }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  return { states, cells, contexts, alphas };
};
