import * as tf from '@tensorflow/tfjs';
import { createAlignment } from '../attention/index.js';
import type { AttentionMemory } from '../backend/sequences.js';
import { checkMask } from '../core/masks.js';
import { checkShape } from '../core/shapes.js';
import { dense } from '../layers/dense.js';
import { embed } from '../layers/embedding.js';
import { type DecoderConfig, type DecoderParams, fullDecoderConfig } from './decoder-config.js';
import { traceByStep } from './decoder-loop.js';
import { type DecoderPlan, type DecoderTraining, dropOf, planDecoder, unpackState } from './decoder-plan.js';
import { timeSwapped, traceAtOnce } from './decoder-trace.js';
import type { CoderCell } from './encoder.js';
import type { OverwriteAlpha } from './overwrite.js';
import { rightOrDrawn } from './scheduled-sampling.js';

export interface DecodedSteps {
  /** `[batch, target, vocab]` */
  readonly logits: tf.Tensor3D;
  /** `[batch, target, source]`, exactly 0 on padding; all 0 where the decoder never looks */
  readonly alphas: tf.Tensor3D;
  /** State after the last step, as many tensors as the decoder has, each of `batch` rows. */
  readonly state: tf.Tensor2D[];
  /** Chance of making a symbol and not copying one, `[batch, target]`, of a decoder that copies. */
  readonly making?: tf.Tensor2D;
}

export interface DecodeStepsOptions extends Partial<DecoderConfig> {
  readonly cell: CoderCell;
  readonly memory: AttentionMemory;
  /** Before the first step; from `startDecoder`, or from the bridge where the cell's states are all there is. */
  readonly state: readonly tf.Tensor2D[];
  /** The symbols before each output, `[batch, target]`. */
  readonly previous: tf.Tensor2D;
  /** Number of the first step, for alignments that count; default 0. */
  readonly time?: number;
  /** Puts other weights in alpha's place; `step` counts from 0 as `time` does. */
  readonly overwrite?: OverwriteAlpha | undefined;
  readonly training?: DecoderTraining | undefined;
}

/**
 * What every step of the decoder looks at: the annotations as values, and as keys their projection, computed once.
 *
 * @throws where a row of the mask has no real position
 */
export function attentionMemory(
  params: Pick<DecoderParams, 'attention'>,
  annotations: tf.Tensor3D,
  mask: tf.Tensor2D | null,
  config: Partial<DecoderConfig> = {},
): AttentionMemory {
  const { look, alignment } = fullDecoderConfig(config);
  const { batch, source } = checkShape('annotations', annotations, 'batch source units');
  if (mask !== null) {
    checkShape('source mask', mask, 'batch source', { batch, source });
    checkMask('source mask', mask);
  }
  const keys =
    look === 'never' ? annotations : createAlignment(alignment, params.attention).project(annotations);
  return { keys, values: annotations, mask };
}

/**
 * Steps the decoder once for each given symbol. With the whole target this is teacher forcing; with one symbol, one step of
 * generation.
 *
 * Looking before: context from s<t-1>, s<t> = cell([y<t-1>, context], s<t-1>), logits from [s<t>, context, y<t-1>] (Bahdanau et al. 2015,
 * section 3.1). Looking after: s<t> = cell([y<t-1>, (h~<t-1>)], s<t-1>), context from s<t>, h~<t> = tanh(W_c [context, s<t>]), logits from
 * h~<t> (Luong et al. 2015, section 3). Never: as before, with the encoder's last state for the context.
 *
 * Where no step waits for another, all are made at once by the fastest engine; an overwritten alpha and sampled symbols are
 * made step by step.
 */
export function decodeSteps(params: DecoderParams, options: DecodeStepsOptions): DecodedSteps {
  return decodeWith(planDecoder(params, options), options);
}

/** `decodeSteps` of a decoder that was put together once, for generation: one call a symbol. */
export function decodeWith(
  plan: DecoderPlan,
  options: Omit<DecodeStepsOptions, keyof DecoderConfig>,
): DecodedSteps {
  const { params } = plan;
  const { memory, previous, time = 0, overwrite, training } = options;
  const [batch] = memory.values.shape;
  checkShape('decoder input', previous, 'batch target', { batch });
  const truth = training?.truth ?? 1;
  if (!(truth >= 0 && truth <= 1))
    throw new Error(`decoder: the chance of the right symbol must be from 0 to 1, got ${truth}`);
  if (overwrite !== undefined && plan.alignment === null)
    throw new Error('decoder: look "never" has no alpha that could be overwritten');
  const [logits, alphas, ...rest] = tf.tidy(() => {
    const drop = dropOf(training);
    const right = timeSwapped(previous.expandDims(2) as tf.Tensor3D).squeeze([2]) as tf.Tensor2D; // [target, batch]
    const given = drop(embed(params.embedding, right)); // [target, batch, embedding]
    const state = unpackState(plan, options.state);
    const trace = { given, memory, state, time, training, drop };
    const steps =
      (overwrite === undefined && truth === 1 ? traceAtOnce(plan, trace) : null) ??
      traceByStep(plan, {
        ...trace,
        overwrite,
        choose: truth < 1 ? rightOrDrawn(params.output, right, truth, training!.random) : undefined,
      });
    const { states, contexts, attentional } = steps;
    const parts = tf.concat([states, contexts, steps.given], 2);
    const scores = dense(params.output, drop(attentional ?? parts)); // [target, batch, vocab]
    const gate = params.copy && tf.transpose(tf.sigmoid(dense(params.copy, parts)).squeeze([2]));
    return [
      timeSwapped(scores),
      timeSwapped(steps.alphas),
      ...(gate ? [gate] : []),
      // What is handed on unchanged stays the caller's: a copy of it (of the handle, not of the numbers) goes out.
      ...steps.last.map((part) => (options.state.includes(part) ? part.clone() : part)),
    ];
  }) as [tf.Tensor3D, tf.Tensor3D, ...tf.Tensor2D[]];
  if (params.copy === undefined) return { logits, alphas, state: rest };
  const [making, ...last] = rest;
  return { logits, alphas, state: last, making: making! };
}
