import * as tf from '@tensorflow/tfjs';
import type { AttentionMemory } from '../backend/sequences.js';
import { decodeSteps } from '../seq2seq/decoder.js';
import type { DecoderStep, Generated } from '../seq2seq/generate.js';
import { greedyDecode } from '../seq2seq/greedy.js';
import { batchesOf } from '../text/padding.js';
import { END, PADDING, START } from '../text/vocabulary.js';
import { readSources, type Translator } from './translator.js';

export interface TranslateOptions {
  /** Most symbols of a translation. */
  readonly maxLength: number;
  /** Sources that are decoded together. */
  readonly batchSize: number;
}

export const defaultTranslateOptions: TranslateOptions = {
  maxLength: 50, // above what a sensible answer to a short text takes; a model that never ends must stop somewhere
  batchSize: 256, // bounds the memory; other sizes were not timed
};

/** A translation as plain data. */
export interface Translation extends Omit<Generated, 'alpha'> {
  /** alpha[t][t']: what symbol t paid to source position t'; padding left out. */
  readonly alpha: readonly (readonly number[])[];
  /** Sum of what all symbols paid to padding: 0. */
  readonly paddingMass: number;
}

/** Translates sources (ids without start and end) by greedy decoding: one decoder step a symbol. */
export function translate(
  translator: Translator,
  sources: readonly (readonly number[])[],
  options: Partial<TranslateOptions> = {},
): Translation[] {
  const { maxLength, batchSize } = { ...defaultTranslateOptions, ...options };
  return [...batchesOf(sources, batchSize)].flatMap((batch) => translateBatch(translator, batch, maxLength));
}

function translateBatch(translator: Translator, sources: readonly (readonly number[])[], maxLength: number) {
  const { memory, state } = readSources(translator, sources);
  try {
    return greedyDecode(translatorStep(translator, memory), state, {
      start: START,
      end: END,
      never: [PADDING, START],
      maxLength,
    }).map((generated, row) => describe(generated, sources[row]!.length));
  } finally {
    tf.dispose([memory.keys, memory.values, memory.mask, ...state]);
  }
}

/** One step of the translator's decoder over a fixed memory. */
export function translatorStep(translator: Translator, memory: AttentionMemory): DecoderStep {
  const { cell } = translator.config;
  return (previous, state) => {
    const {
      logits,
      alphas,
      state: next,
    } = decodeSteps(translator.params.decoder, {
      cell,
      memory,
      state,
      previous: previous.expandDims(1) as tf.Tensor2D,
    });
    return { logits: logits.squeeze([1]), alpha: alphas.squeeze([1]), state: next };
  };
}

function describe({ alpha, ...generated }: Generated, length: number): Translation {
  const padding = alpha.map((row) => row.subarray(length).reduce((sum, weight) => sum + weight, 0));
  return {
    ...generated,
    alpha: alpha.map((row) => Array.from(row.subarray(0, length))),
    paddingMass: padding.reduce((sum, mass) => sum + mass, 0),
  };
}
