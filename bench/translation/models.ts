import * as tf from '@tensorflow/tfjs';
import {
  attentionMemory,
  bridgeStates,
  decodeSteps,
  dropout,
  END,
  encodeSource,
  initTransformer,
  initTranslator,
  maskedCrossEntropy,
  type ParamTree,
  type PositionKind,
  padSequences,
  type Random,
  START,
  saveTransformer,
  saveTranslator,
  type TranslationPair,
  type Translator,
  transformerLoss,
  translate,
  translateBeam,
  translateBeamWithTransformer,
  translateWithTransformer,
  UNKNOWN,
} from 'heed';
import { LONGEST } from './data.js';
import { type ModelName, options } from './options.js';

/** What the bench needs of a model of either kind. */
export interface BenchModel {
  readonly params: ParamTree;
  /** With the noise that keeps 29,000 captions from being learnt by heart. */
  loss(batch: readonly TranslationPair[], chance: Random): tf.Scalar;
  greedy(sources: readonly (readonly number[])[]): (readonly number[])[];
  beam(sources: readonly (readonly number[])[], width: number): (readonly number[])[];
  save(path: string, extra: unknown): Promise<void>;
}

interface Vocabularies {
  readonly sourceVocab: number;
  readonly targetVocab: number;
}

export const makers: Record<ModelName, (random: Random, sizes: Vocabularies) => BenchModel> = {
  rnn: recurrent,
  transformer,
};

const rates = { dropout: Number(options.dropout), word: Number(options['word-dropout']) };
const smoothing = Number(options.smoothing);
const wide = (width: number) => ({
  ...{ maxLength: LONGEST, batchSize: 32, width },
  lengthPenalty: Number(options['length-penalty']),
});
const narrow = { maxLength: LONGEST, batchSize: 128 };

function recurrent(random: Random, sizes: Vocabularies): BenchModel {
  const translator = initTranslator(random, {
    ...sizes,
    units: Number(options.units),
    embedding: Number(options.embedding),
    attention: Number(options.attention),
  });
  return {
    params: translator.params,
    loss: (batch, chance) => noisyLoss(translator, batch, chance),
    greedy: (sources) => translate(translator, sources, narrow).map(({ ids }) => ids),
    beam: (sources, width) => translateBeam(translator, sources, wide(width)).map(([best]) => best!.ids),
    save: (path, extra) => saveTranslator(path, translator, extra),
  };
}

function transformer(random: Random, sizes: Vocabularies): BenchModel {
  const model = initTransformer(random, {
    ...sizes,
    units: Number(options.units),
    heads: Number(options.heads),
    layers: Number(options.layers),
    inner: Number(options.inner),
    positions: options.positions as PositionKind,
    maxLength: LONGEST + 1, // and the start
    dropout: rates.dropout,
  });
  return {
    params: model.params,
    loss: (batch, chance) =>
      transformerLoss(model, rates.word > 0 ? batch.map((pair) => lossy(pair, chance)) : batch, {
        random: chance,
        smoothing,
      }),
    greedy: (sources) => translateWithTransformer(model, sources, narrow).map(({ ids }) => ids),
    beam: (sources, width) =>
      translateBeamWithTransformer(model, sources, wide(width)).map(([best]) => best!.ids),
    save: (path, extra) => saveTransformer(path, model, extra),
  };
}

/** Only the source: a word of the target that the model reads is one that it has to write as well. */
const lossy = ({ source, target }: TranslationPair, chance: Random): TranslationPair => ({
  source: source.map((id) => forgotten(id, chance)),
  target,
});

function forgotten(id: number, chance: Random): number {
  return chance.uniform() < rates.word ? UNKNOWN : id;
}

/**
 * Numbers of the annotations set to 0, and words of both sides replaced by the unknown one where the model reads them (not
 * where they are its answer).
 */
function noisyLoss(
  { config, params }: Translator,
  batch: readonly TranslationPair[],
  chance: Random,
): tf.Scalar {
  return tf.tidy(() => {
    const read = padSequences(batch.map((pair) => pair.source.map((id) => forgotten(id, chance))));
    const given = padSequences(
      batch.map((pair) => [START, ...pair.target.map((id) => forgotten(id, chance))]),
    );
    const wanted = padSequences(batch.map((pair) => [...pair.target, END]));
    const mask = tf.tensor2d(read.mask, [...read.shape]);
    const sourceIds = tf.tensor2d(read.ids, [...read.shape], 'int32');
    const { annotations, last } = encodeSource(params.encoder, { cell: config.cell, ids: sourceIds, mask });
    const { logits } = decodeSteps(params.decoder, {
      cell: config.cell,
      memory: attentionMemory(params.decoder, dropout(annotations, rates.dropout, chance), mask),
      state: bridgeStates(params.bridge, last),
      previous: tf.tensor2d(given.ids, [...given.shape], 'int32'),
    });
    const labels = tf.tensor2d(wanted.ids, [...wanted.shape], 'int32');
    return maskedCrossEntropy(logits, labels, tf.tensor2d(wanted.mask, [...wanted.shape]), { smoothing });
  });
}
