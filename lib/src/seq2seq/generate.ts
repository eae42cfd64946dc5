import * as tf from '@tensorflow/tfjs';

/**
 * One step of any decoder: the last symbols `[batch]`, the state and the number of the step (counted from 0) in, scores of the
 * next symbol and the state out. The function may make tensors freely; only what it returns stays.
 */
export type DecoderStep = (
  previous: tf.Tensor1D,
  state: readonly tf.Tensor2D[],
  time: number,
) => {
  /** `[batch, vocab]` */
  readonly logits: tf.Tensor2D;
  /** `[batch, source]` */
  readonly alpha: tf.Tensor2D;
  readonly state: readonly tf.Tensor2D[];
};

export interface DecodeOptions {
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

/** What one step gave, its alpha read back. `values` is what was read of the scores. */
interface Advanced<Values> {
  readonly values: Values;
  readonly alpha: Float32Array;
  /** positions of the source */
  readonly source: number;
}

/** A decoder on its way: holds the state between steps and frees what is left behind. */
export interface Walk {
  /** One step; `read` takes what it needs of the scores, which are freed after it. */
  advance<Values>(previous: Int32Array<ArrayBuffer>, read: (logits: tf.Tensor2D) => Values): Advanced<Values>;
  /** Puts the rows of the state into another order; a row may come often or not at all. */
  reorder(rows: Int32Array<ArrayBuffer>): void;
  dispose(): void;
}

/** @param initial state before the first step; stays the caller's */
export function startWalk(step: DecoderStep, initial: readonly tf.Tensor2D[]): Walk {
  let state = initial;
  let time = 0;
  // A step may hand a tensor of its state on unchanged.
  const replace = (next: readonly tf.Tensor2D[]) => {
    tf.dispose(state.filter((tensor) => !initial.includes(tensor) && !next.includes(tensor)));
    state = next;
  };
  return {
    advance(previous, read) {
      const [logits, alpha, ...next] = tf.tidy(() => {
        const result = step(tf.tensor1d(previous, 'int32'), state, time);
        return [result.logits, result.alpha, ...result.state];
      }) as [tf.Tensor2D, tf.Tensor2D, ...tf.Tensor2D[]];
      replace(next);
      time++;
      try {
        // Copied: some engines hand out a view of their own memory.
        return { values: read(logits), alpha: Float32Array.from(alpha.dataSync()), source: alpha.shape[1] };
      } finally {
        tf.dispose([logits, alpha]);
      }
    },
    reorder(rows) {
      const index = tf.tensor1d(rows, 'int32');
      replace(state.map((tensor) => tf.gather(tensor, index)));
      index.dispose();
    },
    dispose: () => replace([]),
  };
}

/** What was taken in one step: a symbol of each row, and ln of its probability. */
export interface Picked {
  readonly ids: Int32Array<ArrayBuffer>;
  readonly logProbabilities: ArrayLike<number>;
}

/**
 * Generates one output a row, one step a symbol for the whole batch; stops when every row has ended.
 *
 * @param name of the caller, for messages
 * @param pick takes the symbols of a step by its scores `[batch, vocab]`
 * @throws where a picked score is not a number
 */
export function generateRows(
  name: string,
  step: DecoderStep,
  initial: readonly tf.Tensor2D[],
  { start, end, maxLength }: DecodeOptions,
  pick: (logits: tf.Tensor2D) => Picked,
): Generated[] {
  checkMaxLength(name, maxLength);
  const batch = initial[0]!.shape[0];
  const rows = Array.from({ length: batch }, () => ({
    ids: [] as number[],
    alpha: [] as Float32Array[],
    logProbabilities: [] as number[],
    logProbability: 0,
    ended: false,
  }));
  const walk = startWalk(step, initial);
  let previous = new Int32Array(batch).fill(start);
  try {
    // One step more than symbols: the end takes a step too.
    for (let n = 0; n <= maxLength && rows.some((row) => !row.ended); n++) {
      const { values: picked, alpha, source } = walk.advance(previous, pick);
      for (const [r, row] of rows.entries()) {
        if (row.ended) continue;
        const id = picked.ids[r]!;
        const logProbability = picked.logProbabilities[r]!;
        if (!Number.isFinite(logProbability)) throw notNumbers(name, n, r);
        if (id !== end && n === maxLength) continue;
        row.logProbability += logProbability;
        if (id === end) {
          row.ended = true;
          continue;
        }
        row.ids.push(id);
        row.logProbabilities.push(logProbability);
        row.alpha.push(alpha.slice(r * source, (r + 1) * source));
      }
      previous = picked.ids;
    }
  } finally {
    walk.dispose();
  }
  return rows;
}

export function checkMaxLength(name: string, maxLength: number): void {
  if (!Number.isSafeInteger(maxLength) || maxLength < 1) {
    throw new Error(`${name}: maxLength must be a positive integer, got ${maxLength}`);
  }
}

export function notNumbers(name: string, step: number, row: number): Error {
  return new Error(
    `${name}: the scores of step ${step}, row ${row}, are not numbers; the weights are damaged`,
  );
}
