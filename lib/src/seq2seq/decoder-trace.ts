import * as tf from '@tensorflow/tfjs';
import { additiveWeights } from '../attention/index.js';
import type { AttentionMemory, GruWeights, LstmWeights } from '../backend/sequences.js';
import { dense } from '../layers/dense.js';
import { registerEngine, sequenceEngine } from '../recurrent/engine.js';
import { stacked } from '../recurrent/stacked.js';
import {
  type DecoderPlan,
  type DecoderState,
  type DecoderTraining,
  type Drop,
  packState,
} from './decoder-plan.js';
import { referenceGruDecoder, referenceLstmDecoder } from './reference.js';

registerEngine('reference', { gruDecoder: referenceGruDecoder, lstmDecoder: referenceLstmDecoder });

/** What the steps of a decoder gave, time first. */
export interface StepsTrace {
  /** Vectors of the symbols that were given, `[target, batch, embedding]`. */
  readonly given: tf.Tensor3D;
  /** Hidden states of the top layer, `[target, batch, units]`. */
  readonly states: tf.Tensor3D;
  /** `[target, batch, values]` */
  readonly contexts: tf.Tensor3D;
  /** h~ of a decoder that looks after its step, `[target, batch, units]`. */
  readonly attentional: tf.Tensor3D | null;
  /** `[target, batch, source]` */
  readonly alphas: tf.Tensor3D;
  /** After the last step. */
  readonly last: tf.Tensor2D[];
}

export interface TraceOptions {
  /** `[target, batch, embedding]` */
  readonly given: tf.Tensor3D;
  readonly memory: AttentionMemory;
  readonly state: DecoderState;
  /** Number of the first step. */
  readonly time: number;
  readonly training: DecoderTraining | undefined;
  readonly drop: Drop;
}

/**
 * All steps at once, where no step needs what another one decided: for each kind of decoder the fastest way that there is.
 *
 * @returns null where the steps must be made one after the other
 */
export function traceAtOnce(plan: DecoderPlan, options: TraceOptions): StepsTrace | null {
  const { look, inputFeeding, layers, cell } = plan.config;
  if (look === 'never') return neverLooking(plan, options);
  if (look === 'after') return inputFeeding || plan.alignment!.stepwise ? null : lookingAfter(plan, options);
  const weights = additiveWeights(plan.config.alignment, plan.params.attention);
  return weights === null || layers > 1 || cell === 'rnn' ? null : lookingBefore(plan, weights, options);
}

/** Bahdanau's decoder: one operation of the engine. */
function lookingBefore(
  plan: DecoderPlan,
  attention: { readonly queryKernel: tf.Tensor2D; readonly vector: tf.Tensor1D },
  { given, memory, state }: TraceOptions,
): StepsTrace {
  const engine = sequenceEngine();
  const [cell] = plan.layers;
  const [initial] = state.cells;
  const finish = (trace: Omit<StepsTrace, 'given' | 'attentional' | 'last'>, carried: tf.Tensor3D[]) => {
    const cells = [plan.layer.fromParts(carried.map(finalStep))];
    return { ...trace, given, attentional: null, last: packState(plan, { ...state, cells }) };
  };
  if (plan.config.cell === 'lstm') {
    const weights = { attention, cell: cell as LstmWeights };
    const trace = engine.lstmDecoder(weights, given, memory, initial as never);
    return finish(trace, [trace.states, trace.cells]);
  }
  const trace = engine.gruDecoder({ attention, cell: cell as GruWeights }, given, memory, initial as never);
  return finish(trace, [trace.states]);
}

/** Luong's decoder: the states do not depend on the contexts, so they come first, then all looks together. */
function lookingAfter(plan: DecoderPlan, options: TraceOptions): StepsTrace {
  const { given, memory, state, time, training } = options;
  const { outputs, states } = readStacked(plan, timeSwapped(given), options);
  const alignment = plan.alignment!;
  const random = training?.random.child('noise');
  const at = { ...alignment.start(memory), step: time };
  const { context, alpha } = alignment.lookAll(outputs, memory, at, random ? { random } : {});
  return {
    given,
    states: timeSwapped(outputs),
    contexts: timeSwapped(context),
    attentional: timeSwapped(combine(plan, context, outputs)),
    alphas: timeSwapped(alpha),
    last: packState(plan, { ...state, cells: states }),
  };
}

/** Cho's decoder: the same vector is read in every step. */
function neverLooking(plan: DecoderPlan, options: TraceOptions): StepsTrace {
  const { given, memory, state } = options;
  const [target, batch] = given.shape;
  const summary = state.summary!;
  const contexts = tf.tile(summary.expandDims(0), [target, 1, 1]) as tf.Tensor3D;
  const { outputs, states } = readStacked(plan, timeSwapped(tf.concat([given, contexts], 2)), options);
  return {
    given,
    states: timeSwapped(outputs),
    contexts,
    attentional: null,
    alphas: tf.zeros([target, batch, memory.values.shape[1]]),
    last: packState(plan, { ...state, cells: states }),
  };
}

/** @param inputs `[batch, target, features]` */
function readStacked(plan: DecoderPlan, inputs: tf.Tensor3D, { state, training }: TraceOptions) {
  const rate = training?.dropout ?? 0;
  return stacked(plan.layer, plan.layers, inputs, {
    initialState: state.cells,
    ...(training && rate > 0 && { dropout: { rate, random: training.random.child('layers') } }),
  });
}

/** h~ = tanh(W_c [c, s]) (Luong et al. 2015, equation 5). */
export function combine<T extends tf.Tensor2D | tf.Tensor3D>(plan: DecoderPlan, context: T, state: T): T {
  return tf.tanh(dense(plan.params.combine!, tf.concat([context, state], -1) as T));
}

/** Time first to batch first, or back. */
export function timeSwapped(steps: tf.Tensor3D): tf.Tensor3D {
  const [first, second, features] = steps.shape;
  // One step, or one row: the numbers lie in the right order already.
  if (first === 1 || second === 1) return steps.reshape([second, first, features]);
  return tf.transpose(steps, [1, 0, 2]);
}

/** The last of `[time, batch, units]`. */
function finalStep(states: tf.Tensor3D): tf.Tensor2D {
  const [time, batch, units] = states.shape;
  if (time === 1) return states.reshape([batch, units]);
  return states.slice([time - 1, 0, 0], [1, batch, units]).reshape([batch, units]);
}
