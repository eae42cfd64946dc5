import * as tf from '@tensorflow/tfjs';
import type { Random } from '../random/random.js';
import { batchesOf, padSequences } from '../text/padding.js';
import { END, PADDING, START } from '../text/vocabulary.js';
import {
  type LanguageModel,
  type LanguageState,
  languageCell,
  languageModelLoss,
  nextTokens,
  readTokens,
} from './language-model.js';
import { chooseToken, type SamplingOptions } from './sampling.js';

/** What a model expects at one place of a sequence. */
export interface Prediction {
  /** Probability of each id, `[vocab]`. */
  readonly distribution: Float32Array;
  /** What was paid to the start sign (index 0) and to the token at place i (index i + 1); null without attention. */
  readonly alpha: Float32Array | null;
}

/** Sequences that are read together in predictions; larger ones gain no speed. */
const together = 64;

/**
 * What the model expects at a place of each sequence, given the tokens before it.
 *
 * @param sequences ids without start and end
 * @param places one a sequence, 0 ... its length; the length itself asks for what comes after the last
 * @throws where a place is outside its sequence
 */
export function predictAt(
  model: LanguageModel,
  sequences: readonly (readonly number[])[],
  places: readonly number[],
): Prediction[] {
  if (places.length !== sequences.length)
    throw new RangeError(
      `predictAt: expected one place a sequence, got ${places.length} for ${sequences.length}`,
    );
  const prefixes = sequences.map((ids, row) => {
    const place = places[row]!;
    if (!Number.isSafeInteger(place) || place < 0 || place > ids.length)
      throw new RangeError(`predictAt: row ${row} has places 0 ... ${ids.length}, got ${place}`);
    return [START, ...ids.slice(0, place)];
  });
  return [...batchesOf(prefixes, together)].flatMap((batch) => predictLast(model, batch));
}

/** The distribution of the next token after some tokens (none: of the first one). */
export function nextWordDistribution(model: LanguageModel, ids: readonly number[]): Float32Array {
  return predictAt(model, [ids], [ids.length])[0]!.distribution;
}

function predictLast(model: LanguageModel, prefixes: readonly (readonly number[])[]): Prediction[] {
  const { ids, lengths, shape } = padSequences(prefixes);
  const [batch, time] = shape;
  const { units, vocab } = model.config;
  const [probabilities, alpha = null] = tf.tidy(() => {
    const { outputs } = readTokens(model, tf.tensor2d(ids, [batch, time], 'int32'));
    // The score of the last token alone: the output layer is the dearest part of a long sequence.
    const rows = Int32Array.from(lengths, (length, row) => row * time + length - 1);
    const { logits, alpha } =
      model.params.attention === undefined
        ? nextTokens(
            model,
            tf
              .gather(outputs.reshape([batch * time, units]), tf.tensor1d(rows, 'int32'))
              .reshape([batch, 1, units]),
          )
        : lastRows(nextTokens(model, outputs), rows);
    return [tf.softmax(logits), ...(alpha ? [alpha] : [])];
  }) as [tf.Tensor, tf.Tensor?];
  const chances = probabilities.dataSync();
  const paid = alpha?.dataSync() ?? null;
  const predictions = Array.from(lengths, (length, row) => ({
    distribution: chances.slice(row * vocab, (row + 1) * vocab) as Float32Array,
    alpha: paid && (paid.slice(row * time, row * time + length) as Float32Array),
  }));
  tf.dispose([probabilities, ...(alpha ? [alpha] : [])]);
  return predictions;
}

function lastRows({ logits, alpha }: { logits: tf.Tensor3D; alpha: tf.Tensor3D | null }, rows: Int32Array) {
  const pick = (tensor: tf.Tensor3D) => {
    const [batch, time, width] = tensor.shape;
    return tf
      .gather(tensor.reshape([batch * time, width]), tf.tensor1d(rows, 'int32'))
      .reshape([batch, 1, width]) as tf.Tensor3D;
  };
  return { logits: pick(logits), alpha: alpha && pick(alpha) };
}

/** How well a model expects given sequences. */
export interface Perplexity {
  /** exp(loss): among how many equally likely tokens the model in effect chooses. */
  readonly perplexity: number;
  /** Mean of -ln P over the tokens and ends, in nats. */
  readonly loss: number;
  readonly tokens: number;
}

/** Perplexity over sequences (ids without start and end); their ends count as tokens. */
export function perplexity(model: LanguageModel, sequences: readonly (readonly number[])[]): Perplexity {
  let sum = 0;
  let tokens = 0;
  for (const batch of batchesOf(sequences, together)) {
    const count = batch.reduce((total, { length }) => total + length + 1, 0);
    const loss = languageModelLoss(model, batch);
    sum += loss.dataSync()[0]! * count;
    tokens += count;
    loss.dispose();
  }
  if (tokens === 0)
    throw new RangeError('perplexity: there is no sequence to be expected; give at least one');
  return { perplexity: Math.exp(sum / tokens), loss: sum / tokens, tokens };
}

export interface GenerateOptions extends Partial<SamplingOptions> {
  /** What the text begins with; not part of the result. */
  readonly prefix?: readonly number[];
  /** Most tokens to be written. */
  readonly maxLength: number;
}

export interface GeneratedTokens {
  readonly ids: readonly number[];
  /** ln P of each under the model itself, before temperature and cuts. */
  readonly logProbabilities: readonly number[];
  /** False where `maxLength` cut it off. */
  readonly ended: boolean;
}

/** Writes token after token, each drawn from what the model expects. Pure in the stream; one step of the cell a token. */
export function generateTokens(
  model: LanguageModel,
  random: Random,
  options: GenerateOptions,
): GeneratedTokens {
  const { prefix = [], maxLength, ...sampling } = options;
  if (!Number.isSafeInteger(maxLength) || maxLength < 1)
    throw new RangeError(`generateTokens: maxLength must be a positive integer, got ${maxLength}`);
  const ids: number[] = [];
  const logProbabilities: number[] = [];
  let reading = advance(model, [START, ...prefix], null);
  try {
    while (ids.length < maxLength) {
      const { id, logProbability } = chooseToken(random, reading.logits, {
        ...sampling,
        // Neither is text.
        forbidden: [PADDING, START, ...(sampling.forbidden ?? [])],
      });
      if (id === END) return { ids, logProbabilities, ended: true };
      ids.push(id);
      logProbabilities.push(logProbability);
      const next = advance(model, [id], reading);
      tf.dispose(reading.tensors);
      reading = next;
    }
    return { ids, logProbabilities, ended: false };
  } finally {
    tf.dispose(reading.tensors);
  }
}

interface Reading {
  /** Of the next token. */
  readonly logits: Float32Array;
  readonly states: readonly LanguageState[];
  /** Outputs so far, `[1, time, units]`; kept only where the model looks back. */
  readonly past: tf.Tensor3D | null;
  readonly tensors: tf.Tensor[];
}

/** Reads tokens after those read before. */
function advance(model: LanguageModel, ids: readonly number[], before: Reading | null): Reading {
  const cell = languageCell(model.config);
  const attends = model.params.attention !== undefined;
  const [logits, past, ...parts] = tf.tidy(() => {
    const read = readTokens(model, tf.tensor2d([...ids], [1, ids.length], 'int32'), {
      ...(before && { states: before.states }),
    });
    const all = before?.past ? tf.concat([before.past, read.outputs], 1) : read.outputs;
    const time = all.shape[1];
    const last = read.outputs.slice([0, ids.length - 1, 0], [1, 1, model.config.units]);
    const { logits } = nextTokens(model, last, attends ? { past: all, from: time - 1 } : {});
    return [logits, all, ...read.states.flatMap((state) => cell.parts(state))];
  }) as [tf.Tensor3D, tf.Tensor3D, ...tf.Tensor2D[]];
  const each = parts.length / model.config.layers;
  const states = Array.from({ length: model.config.layers }, (_, n) =>
    cell.fromParts(parts.slice(n * each, (n + 1) * each)),
  );
  const values = Float32Array.from(logits.dataSync());
  logits.dispose();
  if (!attends) past.dispose();
  return {
    logits: values,
    states,
    past: attends ? past : null,
    tensors: attends ? [past, ...parts] : parts,
  };
}
