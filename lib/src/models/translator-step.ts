import * as tf from '@tensorflow/tfjs';
import type { AttentionMemory } from '../backend/sequences.js';
import { repeatRows } from '../seq2seq/beam.js';
import { type CopySource, copyScores } from '../seq2seq/copy.js';
import { decodeWith } from '../seq2seq/decoder.js';
import { planDecoder } from '../seq2seq/decoder-plan.js';
import { ensembleDecoder } from '../seq2seq/ensemble.js';
import type { DecoderStep, Generated } from '../seq2seq/generate.js';
import type { OverwriteAlpha } from '../seq2seq/overwrite.js';
import { UNKNOWN } from '../text/vocabulary.js';
import { readSources } from './translator.js';
import { decoderConfig, type Translator } from './translator-config.js';

export interface TranslatorStepOptions {
  /** Puts other weights in alpha's place; `row` is that of the step's batch. */
  readonly overwrite?: OverwriteAlpha | undefined;
  /** For a translator that copies: what its source positions are in the target. */
  readonly copy?: CopySource | undefined;
}

/** One step of the translator's decoder over a fixed memory. */
export function translatorStep(
  translator: Translator,
  memory: AttentionMemory,
  { overwrite, copy }: TranslatorStepOptions = {},
): DecoderStep {
  const { config, params } = translator;
  if (config.copy && copy === undefined)
    throw new Error(
      'translatorStep: a translator that copies needs `copy`, what the sources are in the target',
    );
  const plan = planDecoder(params.decoder, decoderConfig(config));
  return (previous, state, time) => {
    const given = config.copy ? known(previous, config.targetVocab) : previous;
    const steps = decodeWith(plan, {
      memory,
      state,
      previous: given.expandDims(1) as tf.Tensor2D,
      time,
      overwrite,
    });
    const logits = steps.logits.squeeze([1]) as tf.Tensor2D;
    const alpha = steps.alphas.squeeze([1]) as tf.Tensor2D;
    const { making } = steps;
    return {
      logits: making ? copyScores({ logits, alpha, making: making.squeeze([1]) }, copy!) : logits,
      alpha,
      state: steps.state,
    };
  };
}

/** Copied symbols have no vector of their own. */
function known(ids: tf.Tensor1D, vocab: number): tf.Tensor1D {
  return tf.tensor1d(
    Int32Array.from(ids.dataSync(), (id) => (id < vocab ? id : UNKNOWN)),
    'int32',
  );
}

/** Sources that were read, ready for any way of decoding. */
export interface Decoding {
  readonly step: DecoderStep;
  readonly initial: readonly tf.Tensor2D[];
  dispose(): void;
}

export interface DecodingOptions {
  /** Rows of a step for each source; the initial state has one row a source all the same. Default 1. */
  readonly width?: number;
  readonly overwrite?: OverwriteAlpha | undefined;
  /** `copy` of each source, for translators that copy. */
  readonly copies?: readonly (readonly number[])[] | undefined;
}

/** Reads sources with one translator, or with several that decide together (an ensemble). */
export function openDecoding(
  translators: Translator | readonly Translator[],
  sources: readonly (readonly number[])[],
  { width = 1, overwrite, copies }: DecodingOptions = {},
): Decoding {
  const models = 'params' in translators ? [translators] : translators;
  checkCopies(sources, copies);
  const held: tf.Tensor[] = [];
  const members = models.map((translator) => {
    const { memory, state } = readSources(translator, sources);
    held.push(memory.keys, memory.values, memory.mask, ...state);
    const repeated =
      width === 1
        ? memory
        : {
            keys: repeatRows(memory.keys, width),
            values: repeatRows(memory.values, width),
            mask: repeatRows(memory.mask, width),
          };
    held.push(...Object.values(repeated));
    const copy = copies && copySource(copies, width, translator.config.targetVocab);
    return { step: translatorStep(translator, repeated, { overwrite, copy }), initial: state };
  });
  const { step, initial } = members.length === 1 ? members[0]! : ensembleDecoder(members);
  return { step, initial, dispose: () => tf.dispose(held) };
}

function copySource(copies: readonly (readonly number[])[], width: number, vocab: number): CopySource {
  const ids = copies.flatMap((row) => Array.from({ length: width }, () => row));
  return { ids, size: copies.flat().reduce((size, id) => Math.max(size, id + 1), vocab) };
}

function checkCopies(
  sources: readonly (readonly number[])[],
  copies: readonly (readonly number[])[] | undefined,
): void {
  if (copies === undefined) return;
  const wrong = sources.findIndex(({ length }, row) => copies[row]?.length !== length);
  if (wrong >= 0)
    throw new Error(
      `translate: expected \`copies\` of source ${wrong} to name its ${sources[wrong]!.length} positions, got ${copies[wrong]?.length ?? 'none'}`,
    );
}

/** A translation as plain data. */
export interface Translation extends Omit<Generated, 'alpha'> {
  /** alpha[t][t']: what symbol t paid to source position t'; padding left out. */
  readonly alpha: readonly (readonly number[])[];
  /** Sum of what all symbols paid to padding: 0. */
  readonly paddingMass: number;
}

/** @param length of the source */
export function describeTranslation<G extends Generated>(
  { alpha, ...generated }: G,
  length: number,
): Omit<G, 'alpha'> & Translation {
  const padding = alpha.map((row) => row.subarray(length).reduce((sum, weight) => sum + weight, 0));
  return {
    ...generated,
    alpha: alpha.map((row) => Array.from(row.subarray(0, length))),
    paddingMass: padding.reduce((sum, mass) => sum + mass, 0),
  };
}
