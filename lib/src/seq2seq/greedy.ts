import * as tf from '@tensorflow/tfjs';

/**
 * One step of any decoder: the last symbols `[batch]` and the state in, scores of the next symbol and the state out. The
 * function may make tensors freely; only what it returns stays.
 */
export type DecoderStep = (
  previous: tf.Tensor1D,
  state: readonly tf.Tensor2D[],
) => {
  /** `[batch, vocab]` */
  readonly logits: tf.Tensor2D;
  /** `[batch, source]` */
  readonly alpha: tf.Tensor2D;
  readonly state: readonly tf.Tensor2D[];
};

export interface GreedyOptions {
  readonly start: number;
  readonly end: number;
  /** Most symbols of an output, the end not counted. */
  readonly maxLength: number;
  /** Symbols that are no output, such as padding and the start: never taken, however probable. */
  readonly never?: readonly number[];
}

/** One generated output, as plain data. */
export interface Generated {
  /** Without the end symbol. */
  readonly ids: readonly number[];
  /** What each symbol paid to each source position, padding included: one row a symbol. */
  readonly alpha: readonly Float32Array[];
  /** ln of the probability of each symbol. */
  readonly logProbabilities: readonly number[];
  /** ln of the probability of the whole output, its end included. */
  readonly logProbability: number;
  /** False where `maxLength` cut it off. */
  readonly ended: boolean;
}

/**
 * Always takes the most probable next symbol. One step a symbol for the whole batch; stops when every row has ended.
 *
 * @param initial state before the first step; stays the caller's
 * @throws where a score is not a number
 */
export function greedyDecode(
  step: DecoderStep,
  initial: readonly tf.Tensor2D[],
  options: GreedyOptions,
): Generated[] {
  const { start, end, maxLength, never = [] } = options;
  if (!Number.isSafeInteger(maxLength) || maxLength < 1) {
    throw new Error(`greedyDecode: maxLength must be a positive integer, got ${maxLength}`);
  }
  const batch = initial[0]!.shape[0];
  const rows = Array.from({ length: batch }, () => ({
    ids: [] as number[],
    alpha: [] as Float32Array[],
    logProbabilities: [] as number[],
    logProbability: 0,
    ended: false,
  }));
  let state = initial;
  let previous = new Int32Array(batch).fill(start);
  try {
    // One step more than symbols: the end takes a step too.
    for (let n = 0; n <= maxLength && rows.some((row) => !row.ended); n++) {
      const next = advance(step, previous, state, never);
      if (state !== initial) tf.dispose([...state]);
      state = next.state;
      for (const [r, row] of rows.entries()) {
        if (row.ended) continue;
        const id = next.ids[r]!;
        const logProbability = next.logProbabilities[r]!;
        if (!Number.isFinite(logProbability)) {
          throw new Error(
            `greedyDecode: the scores of step ${n}, row ${r}, are not numbers; the weights are damaged`,
          );
        }
        if (id !== end && n === maxLength) continue;
        row.logProbability += logProbability;
        if (id === end) {
          row.ended = true;
          continue;
        }
        row.ids.push(id);
        row.logProbabilities.push(logProbability);
        row.alpha.push(next.alpha.slice(r * next.source, (r + 1) * next.source));
      }
      previous = next.ids;
    }
  } finally {
    if (state !== initial) tf.dispose([...state]);
  }
  return rows;
}

/** One step, its numbers read back. */
function advance(
  step: DecoderStep,
  previous: Int32Array<ArrayBuffer>,
  state: readonly tf.Tensor2D[],
  never: readonly number[],
) {
  const [ids, best, alpha, ...next] = tf.tidy(() => {
    const result = step(tf.tensor1d(previous, 'int32'), state);
    const logProbabilities = tf.logSoftmax(result.logits);
    const allowed = tf.add(logProbabilities, penalties(result.logits.shape[1], never));
    return [tf.argMax(allowed, 1), tf.max(allowed, 1), result.alpha, ...result.state];
  }) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor2D, ...tf.Tensor2D[]];
  const read = {
    ids: Int32Array.from(ids.dataSync()),
    logProbabilities: Float32Array.from(best.dataSync()),
    alpha: Float32Array.from(alpha.dataSync()),
    source: alpha.shape[1],
    state: next,
  };
  tf.dispose([ids, best, alpha]);
  return read;
}

/** 0 for symbols that may be taken, and below any real score for the others. */
function penalties(vocab: number, never: readonly number[]): tf.Tensor1D {
  const values = new Float32Array(vocab);
  for (const id of never) values[id] = -1e30;
  return tf.tensor1d(values);
}
