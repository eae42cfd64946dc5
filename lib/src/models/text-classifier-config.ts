import type * as tf from '@tensorflow/tfjs';
import { glorotUniform, normal } from '../core/initializers.js';
import { checkSizes } from '../core/options.js';
import { createParam } from '../core/params.js';
import { type DenseParams, initDense } from '../layers/dense.js';
import { type EmbeddingParams, initEmbedding } from '../layers/embedding.js';
import type { Random } from '../random/random.js';
import { checkReading, type Reading } from './reading.js';

/** Sizes of a text classifier; all that is needed to build it again. */
export interface TextClassifierConfig {
  /** Ids of the vocabulary, specials included. */
  readonly vocab: number;
  readonly classes: number;
  readonly reading: Reading;
  /** How many words a hard choice takes; what was read is their mean. */
  readonly words: number;
  /** Words that a key is made of: the word alone, or it and its neighbours (a convolution of width 3). */
  readonly keys: 'word' | 'window';
  readonly embedding: number;
  /** Deviation of the first embeddings. */
  readonly deviation: number;
  /** Width of the hidden layer that scores. */
  readonly attention: number;
  /** Width of a hidden layer that each word goes through before it is mixed; 0: the word's embedding is its value. */
  readonly valueUnits: number;
  /** Width of the hidden layer between what was read and the answer. */
  readonly hidden: number;
}

export const defaultTextClassifierConfig: Omit<TextClassifierConfig, 'vocab' | 'classes'> = {
  reading: 'soft',
  words: 1,
  keys: 'word', // enough where a word says by itself whether it counts
  embedding: 64, // the size the recipe was measured with; others were not compared
  deviation: 0.125, // 1 / sqrt(embedding)
  attention: 64,
  valueUnits: 0, // a value without context: nothing but the chosen word can carry the answer
  hidden: 64,
};

/** How a text classifier is trained; `warmup` and `peak` are those of `warmupCosine`. */
export const defaultTextClassifierTraining = {
  steps: 2000,
  batch: 64,
  peak: 3e-3, // with these steps and this batch; other rates were not compared
  warmup: 50, // Adam's first steps know little of the gradient's size
  clipNorm: 1, // a rare long gradient must not undo many steps
} as const;

export type TextClassifierParams = {
  readonly embedding: EmbeddingParams;
  /** From a key to the hidden layer that scores; keys of a window are three embeddings side by side. */
  readonly key: DenseParams;
  /** `[attention, 1]` */
  readonly vector: tf.Variable<tf.Rank.R2>;
  /** None where a value is the embedding. */
  readonly value: DenseParams | Record<string, never>;
  readonly hidden: DenseParams;
  readonly output: DenseParams;
};

/** Parameters with the sizes they were made for. */
export interface TextClassifier {
  readonly config: TextClassifierConfig;
  readonly params: TextClassifierParams;
}

/** Makes a classifier with random weights. @throws for sizes that cannot be, and for a reading or keys that do not exist */
export function initTextClassifier(
  random: Random,
  config: Partial<TextClassifierConfig> & Pick<TextClassifierConfig, 'vocab' | 'classes'>,
): TextClassifier {
  const full: TextClassifierConfig = { ...defaultTextClassifierConfig, ...config };
  const { vocab, classes, reading, keys, embedding, attention, valueUnits, hidden } = full;
  checkReading('text classifier', reading);
  checkSizes('text classifier', { vocab, words: full.words, embedding, attention, hidden });
  checkSizes('text classifier', { classes }, 2);
  checkSizes('text classifier', { valueUnits }, 0);
  if (keys !== 'word' && keys !== 'window')
    throw new Error(`text classifier: keys must be word or window, got ${JSON.stringify(keys)}`);
  if (!(full.deviation > 0 && Number.isFinite(full.deviation)))
    throw new Error(`text classifier: deviation must be a number above 0, got ${full.deviation}`);
  const params: TextClassifierParams = {
    embedding: initEmbedding(random.child('embedding'), {
      vocab,
      features: embedding,
      initializer: normal(full.deviation),
    }),
    key: initDense(random.child('key'), {
      input: keys === 'window' ? 3 * embedding : embedding,
      units: attention,
    }),
    vector: createParam<tf.Rank.R2>(random.child('vector'), [attention, 1], glorotUniform()),
    value: valueUnits > 0 ? initDense(random.child('value'), { input: embedding, units: valueUnits }) : {},
    hidden: initDense(random.child('hidden'), { input: valueUnits || embedding, units: hidden }),
    output: initDense(random.child('output'), { input: hidden, units: classes }),
  };
  return { config: full, params };
}
