import * as tf from '@tensorflow/tfjs';
import { chooseGreedy } from '../attention/hard/index.js';
import { batchesOf } from '../text/padding.js';
import { checkNumbers, likeliest } from './likeliest.js';
import { readingAlpha } from './reading.js';
import { logitsOfWeights, scoreTexts } from './text-classifier.js';
import type { TextClassifier, TextClassifierConfig } from './text-classifier-config.js';

export interface ClassifiedText {
  /** The likeliest class. */
  readonly label: number;
  /** One a class. */
  readonly probabilities: Float32Array;
  /** One a word. Of a hard reader: the probability that training would choose the word. */
  readonly alpha: Float32Array;
  /** Places of the words that were read: all with soft reading, those of a weight above 0 with sparsemax, the chosen with hard. */
  readonly read: readonly number[];
}

export interface ClassifyOptions {
  /** Texts that are read together. */
  readonly batchSize: number;
}

export const defaultClassifyOptions: ClassifyOptions = {
  batchSize: 128, // bounds the memory; other sizes were not timed
};

/**
 * Classifies texts. A hard reader takes its most probable word (or words): nothing is random.
 *
 * @throws for an empty text, an id that is none of the vocabulary, fewer words than a hard reader takes, and weights that are no numbers
 */
export function classifyTexts(
  classifier: TextClassifier,
  texts: readonly (readonly number[])[],
  options: Partial<ClassifyOptions> = {},
): ClassifiedText[] {
  const { batchSize } = { ...defaultClassifyOptions, ...options };
  return [...batchesOf(texts, batchSize)].flatMap((batch) => {
    const [probabilities, alpha, weights] = tf.tidy(() => {
      const read = scoreTexts(classifier, batch);
      const { reading, words } = classifier.config;
      const alpha = readingAlpha(reading, read.scores, read.mask);
      const weights =
        reading === 'hard'
          ? chooseGreedy(read.scores, { mask: read.mask, count: words }).weights
          : (alpha.expandDims(1) as tf.Tensor3D);
      const logits = logitsOfWeights(classifier, read.embedded, weights).squeeze([1]) as tf.Tensor2D;
      return [tf.softmax(logits), alpha, weights.squeeze([1])];
    }) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const [classes, source] = [probabilities.shape[1], alpha.shape[1]];
    // slice(): some engines hand out a view of their own memory.
    const data = [probabilities, alpha, weights].map((tensor) => tensor.dataSync().slice() as Float32Array);
    tf.dispose([probabilities, alpha, weights]);
    return batch.map((text, row) => {
      const chances = data[0]!.slice(row * classes, (row + 1) * classes);
      const seen = data[2]!.subarray(row * source, row * source + text.length);
      const paid = data[1]!.slice(row * source, row * source + text.length);
      // By themselves: some engines' relu makes 0 of NaN, and the answer looks like one.
      checkNumbers('text classifier', `text ${row} of its batch`, paid);
      return {
        label: likeliest('text classifier', `text ${row} of its batch`, chances),
        probabilities: chances,
        alpha: paid,
        read: Array.from(seen.keys()).filter((at) => seen[at]! > 0),
      };
    });
  });
}

/** Multiply-adds of reading one text, by what they are spent on. */
export interface TextClassifierCost {
  /** From keys to scores: every word is scored, whoever reads. */
  readonly scores: number;
  /** From embeddings to values; none where a value is the embedding. */
  readonly values: number;
  readonly mixture: number;
  /** From what was read to the classes. */
  readonly answer: number;
  readonly total: number;
}

/**
 * Multiply-adds that classifying one text of `length` words takes at test time. Looking up an embedding, tanh and the normaliser
 * count nothing.
 *
 * @param positions words with a weight above 0. Default: all with soft reading and sparsemax, the chosen ones with hard. A soft reader
 *   must still have the values of all, sparsemax of these.
 */
export function textClassifierCost(
  config: TextClassifierConfig,
  length: number,
  positions?: number,
): TextClassifierCost {
  const { reading, words, keys, embedding, attention, valueUnits, hidden, classes } = config;
  const read = reading === 'soft' ? length : (positions ?? (reading === 'hard' ? words : length));
  if (!Number.isSafeInteger(length) || length < 1 || !(read >= 0 && read <= length))
    throw new RangeError(
      `textClassifierCost: expected a length of 1 or more and at most as many words read, got ${length} and ${read}`,
    );
  const value = valueUnits || embedding;
  const scores = length * ((keys === 'window' ? 3 : 1) * embedding * attention + attention);
  const values = valueUnits === 0 ? 0 : (reading === 'hard' ? 1 : read) * embedding * valueUnits;
  const mixture = reading === 'hard' ? (words > 1 ? words * embedding : 0) : read * value;
  const answer = value * hidden + hidden * classes;
  return { scores, values, mixture, answer, total: scores + values + mixture + answer };
}
