import * as tf from '@tensorflow/tfjs';

/** One example of which one position is to be chosen (or several), small enough to be summed over. Numbers are doubles. */
export interface ChoiceRow {
  readonly scores: readonly number[];
  /** 1 for real, 0 for padding; by default all are real. */
  readonly mask?: readonly number[];
  /** The loss under a weighting of the positions: one-hot for a choice, anything in between for a mixture. */
  readonly loss: (weights: readonly number[]) => number;
  /** Its derivatives to the weights. */
  readonly slope: (weights: readonly number[]) => readonly number[];
  /** The same loss of tensors, `[batch, samples, length]` to `[batch, samples]`. */
  readonly tensorLoss: (weights: tf.Tensor3D) => tf.Tensor2D;
}

export interface LogisticRow {
  readonly scores: readonly number[];
  readonly mask?: readonly number[];
  /** What each position says for "yes", in nats: log odds. */
  readonly values: readonly number[];
  /** Whether "yes" is right. */
  readonly yes: boolean;
}

/** The loss -ln p(right answer) of a yes-or-no reader that sees the mixture of values: ln(1 + exp(-+ sum_j w_j values_j)). */
export function logisticRow({ scores, mask, values, yes }: LogisticRow): ChoiceRow {
  sameLength(scores, values, 'values');
  if (mask !== undefined) sameLength(scores, mask, 'mask');
  const sign = yes ? -1 : 1;
  const against = (weights: readonly number[]) => sign * dot(weights, values);
  return {
    scores,
    ...(mask && { mask }),
    // ln(1 + exp x) that neither overflows nor loses a small number.
    loss: (weights) => Math.max(0, against(weights)) + Math.log1p(Math.exp(-Math.abs(against(weights)))),
    slope: (weights) => {
      const wrong = 1 / (1 + Math.exp(-against(weights)));
      return values.map((value) => sign * wrong * value);
    },
    tensorLoss: (weights) =>
      tf.tidy(() => {
        const said = tf.sum(tf.mul(weights, tf.tensor1d([...values])), 2);
        return tf.softplus(tf.mul(said, sign)) as tf.Tensor2D;
      }),
  };
}

export interface TableRow {
  readonly scores: readonly number[];
  readonly mask?: readonly number[];
  /** The loss of choosing each position. */
  readonly losses: readonly number[];
}

/** A loss that is a table: linear in the weights, so that a mixture costs what its parts cost in the mean. */
export function tableRow({ scores, mask, losses }: TableRow): ChoiceRow {
  sameLength(scores, losses, 'losses');
  if (mask !== undefined) sameLength(scores, mask, 'mask');
  return {
    scores,
    ...(mask && { mask }),
    loss: (weights) => dot(weights, losses),
    slope: () => losses,
    tensorLoss: (weights) =>
      tf.tidy(() => tf.sum(tf.mul(weights, tf.tensor1d([...losses])), 2) as tf.Tensor2D),
  };
}

/** alpha = softmax(scores / temperature) over the real positions, in doubles; padding exactly 0. */
export function rowAlpha(
  scores: readonly number[],
  mask: readonly number[] | undefined,
  temperature = 1,
): number[] {
  let top = -Infinity;
  scores.forEach((score, j) => {
    if (mask?.[j] !== 0 && score > top) top = score;
  });
  const raised = scores.map((score, j) => (mask?.[j] === 0 ? 0 : Math.exp((score - top) / temperature)));
  const total = raised.reduce((a, b) => a + b, 0);
  if (!(total > 0 && Number.isFinite(total)))
    throw new Error(
      `Hard attention: expected finite scores and a real position, got scores [${scores.join(', ')}] and mask [${mask?.join(', ') ?? ''}]`,
    );
  return raised.map((value) => value / total);
}

export function dot(a: readonly number[], b: readonly number[]): number {
  let total = 0;
  for (let j = 0; j < a.length; j++) total += a[j]! * b[j]!;
  return total;
}

function sameLength(scores: readonly number[], other: readonly number[], name: string): void {
  const bad = other.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new Error(`Hard attention: ${name}[${bad}] is ${other[bad]}, not a finite number`);
  if (scores.length === 0 || scores.length !== other.length)
    throw new Error(
      `Hard attention: expected as many ${name} as scores, at least one; got ${other.length} and ${scores.length}`,
    );
}
