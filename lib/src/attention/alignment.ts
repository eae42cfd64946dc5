import * as tf from '@tensorflow/tfjs';
import type { AttentionMemory } from '../backend/sequences.js';
import { checkMask } from '../core/masks.js';
import { checkShape } from '../core/shapes.js';
import type { Random } from '../random/random.js';
import { align, checkScores } from './align.js';
import { type AlignmentConfig, fullAlignmentConfig, isMonotonic } from './alignment-config.js';
import type { AlignmentParams } from './alignment-params.js';
import { namedNormaliser, namedWindow, needParams, type Scorer, scorer } from './alignment-parts.js';
import { firstReal } from './monotonic.js';

/** Where a reader stands between two outputs. */
export interface AlignmentState {
  /** Number of the next output, from 0. */
  readonly step: number;
  /**
   * What the next look goes on from, `[batch, source]`: alpha of the output before, at the start all of it on the first real
   * position. The score `coverage` goes on from the sum of all alphas so far, at the start zeros.
   */
  readonly alpha: tf.Tensor2D;
}

export interface LookOptions {
  /** For the noise of monotonic attention in training; without it there is none. */
  readonly random?: Random;
  /** Scores that are no numbers are an error at once; reads one number back from the engine at each look. */
  readonly check?: boolean;
}

export interface Look {
  /** `[batch, value units]` */
  readonly context: tf.Tensor2D;
  /** `[batch, source]`; padding gets exactly 0 */
  readonly alpha: tf.Tensor2D;
  /** Its alpha is the tensor above, but with the score `coverage`, where it is a sum and a tensor of its own. */
  readonly state: AlignmentState;
}

export interface LookAll {
  /** `[batch, target, value units]` */
  readonly context: tf.Tensor3D;
  /** `[batch, target, source]` */
  readonly alpha: tf.Tensor3D;
  /** After the last output; its alpha is a tensor of its own. */
  readonly state: AlignmentState;
}

/** A way to align outputs with a source, its parameters included. Tensors that are returned are the caller's. */
export interface Alignment {
  readonly name: string;
  readonly config: AlignmentConfig;
  /** Whether alpha of an output depends on the ones before, so that outputs must be made one after the other. */
  readonly stepwise: boolean;
  /** What the scores need of the keys `[batch, source, key units]`, once a source. */
  project(keys: tf.Tensor3D): tf.Tensor3D;
  /**
   * A source to look at: keys projected, mask checked. The keys are the values where none are given.
   *
   * @throws where shapes differ and where a row of the mask has no real position
   */
  remember(source: {
    readonly keys?: tf.Tensor3D;
    readonly values: tf.Tensor3D;
    readonly mask?: tf.Tensor2D | null;
  }): AttentionMemory;
  start(memory: AttentionMemory): AlignmentState;
  /** The alpha of the next state, from the state's and the alpha that was paid (a caller may have put in another). */
  carry(before: tf.Tensor2D, paid: tf.Tensor2D): tf.Tensor2D;
  /** One output. @param query `[batch, units]` */
  look(query: tf.Tensor2D, memory: AttentionMemory, state: AlignmentState, options?: LookOptions): Look;
  /** Many outputs whose queries are known beforehand, `[batch, target, units]`. */
  lookAll(
    queries: tf.Tensor3D,
    memory: AttentionMemory,
    state?: AlignmentState,
    options?: LookOptions,
  ): LookAll;
}

/** The context of an alpha, sum_j alpha_j values_j: `[batch, source]` and `[batch, source, units]` to `[batch, units]`. */
export function mixValues(alpha: tf.Tensor2D, values: tf.Tensor3D): tf.Tensor2D {
  return tf.tidy(() => tf.matMul(alpha.expandDims(1) as tf.Tensor3D, values).squeeze([1]) as tf.Tensor2D);
}

/**
 * The alignment that the config names, on parameters from `initAlignment` with the same config (`hard monotonic` takes those
 * of `monotonic`).
 *
 * @throws for a config that makes no sense and for parameters that belong to another
 */
export function createAlignment(config: Partial<AlignmentConfig>, params: AlignmentParams): Alignment {
  const full = fullAlignmentConfig(config);
  const parts = {
    scores: scorer(full, params),
    normalise: namedNormaliser(full),
    window: namedWindow(full, params),
    offset: isMonotonic(full)
      ? needParams<{ offset: tf.Variable }>(`normaliser "${full.normalise}"`, params, ['offset']).offset
      : null,
  };
  const { follows } = parts.scores;
  const stepwise = follows !== 'nothing' || isMonotonic(full);
  const carry: Alignment['carry'] = (before, paid) =>
    follows === 'sum of alphas' ? (tf.add(before, paid) as tf.Tensor2D) : paid;
  const name = [full.score, full.normalise, full.window].filter((part) => part !== 'none').join(', ');
  const alphas = (
    queries: tf.Tensor3D,
    memory: AttentionMemory,
    state: AlignmentState,
    options: LookOptions,
  ) => {
    let scores = parts.scores.scores(queries, memory.keys, state.alpha);
    if (options.check) checkScores(name, scores, memory.mask);
    if (parts.offset !== null) scores = withNoise(tf.add(scores, parts.offset), full.noise, options.random);
    return align(scores, {
      ...parts,
      query: queries,
      mask: memory.mask,
      step: state.step,
      previous: state.alpha,
    });
  };

  const look: Alignment['look'] = (query, memory, state, options = {}) => {
    const [batch, source] = memory.keys.shape;
    checkShape(`${name} query`, query, 'batch units', { batch });
    checkShape('previous alpha', state.alpha, 'batch source', { batch, source });
    const [context, alpha, next] = tf.tidy(() => {
      const weights = alphas(query.expandDims(1) as tf.Tensor3D, memory, state, options);
      const paid = weights.squeeze([1]) as tf.Tensor2D;
      return [tf.matMul(weights, memory.values).squeeze([1]), paid, carry(state.alpha, paid)];
    }) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    return { context, alpha, state: { step: state.step + 1, alpha: next } };
  };
  const start: Alignment['start'] = ({ keys, mask }) => {
    const [batch, source] = keys.shape;
    const none = follows === 'sum of alphas';
    const alpha = tf.tidy(() =>
      none ? tf.zeros([batch, source]) : firstReal(mask ?? (tf.ones([batch, source]) as tf.Tensor2D)),
    ) as tf.Tensor2D;
    return { step: 0, alpha };
  };
  return {
    name,
    config: full,
    stepwise,
    project: parts.scores.projectKeys,
    remember: (source) => remember(parts.scores, source),
    start,
    carry,
    look,
    lookAll: (queries, memory, state, options = {}) => {
      const { batch, target } = checkShape(`${name} queries`, queries, 'batch target units', {
        batch: memory.keys.shape[0],
      });
      const source = memory.keys.shape[1];
      if (state !== undefined) checkShape('previous alpha', state.alpha, 'batch source', { batch, source });
      const [context, alpha, last] = tf.tidy(() => {
        let at = state ?? start(memory);
        // A monotonic reader goes through known scores by itself.
        if (follows === 'nothing') {
          const weights = alphas(queries, memory, at, options);
          return [tf.matMul(weights, memory.values), weights, lastOf(weights)];
        }
        const weights = (tf.unstack(queries, 1) as tf.Tensor2D[]).map((query) => {
          const paid = alphas(query.expandDims(1) as tf.Tensor3D, memory, at, options).squeeze([1]);
          at = { step: at.step + 1, alpha: carry(at.alpha, paid as tf.Tensor2D) };
          return paid;
        });
        const alpha = tf.stack(weights, 1).reshape([batch, target, source]) as tf.Tensor3D;
        return [
          tf.matMul(alpha, memory.values),
          alpha,
          follows === 'sum of alphas' ? at.alpha : lastOf(alpha),
        ];
      }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D];
      return { context, alpha, state: { step: (state?.step ?? 0) + target, alpha: last } };
    },
  };
}

/** Pushes the scores apart in training: only large ones give the same chance in spite of it. */
function withNoise(scores: tf.Tensor3D, deviation: number, random: Random | undefined): tf.Tensor3D {
  if (random === undefined || deviation === 0) return scores;
  return tf.add(scores, tf.randomNormal(scores.shape, 0, deviation, 'float32', random.tensorSeed()));
}

/** Of the last output: `[batch, target, source]` to `[batch, source]`. */
function lastOf(alpha: tf.Tensor3D): tf.Tensor2D {
  const [batch, target, source] = alpha.shape;
  return alpha.slice([0, target - 1, 0], [batch, 1, source]).reshape([batch, source]);
}

function remember(
  scores: Scorer,
  {
    keys,
    values,
    mask = null,
  }: { readonly keys?: tf.Tensor3D; readonly values: tf.Tensor3D; readonly mask?: tf.Tensor2D | null },
): AttentionMemory {
  const { batch, source } = checkShape('attention values', values, 'batch source units');
  if (keys !== undefined) checkShape('attention keys', keys, 'batch source units', { batch, source });
  if (mask !== null) {
    checkShape('attention mask', mask, 'batch source', { batch, source });
    checkMask('attention mask', mask);
  }
  return { keys: scores.projectKeys(keys ?? values), values, mask };
}
