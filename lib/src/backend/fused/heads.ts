import * as tf from '@tensorflow/tfjs';
import { differentiable, fusedKernel, runFused, withoutSecondDerivative } from './kernel.js';
import type { FusedModule } from './module.js';

interface HeadsAttributes {
  readonly heads: number;
  readonly causal: boolean;
}

interface Sizes {
  readonly batch: number;
  readonly target: number;
  readonly source: number;
  readonly units: number;
  readonly heads: number;
}

/** A matrix inside a tensor: where it begins and how far apart its rows and columns are, in floats. */
interface Part {
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

const turned = ({ at, row, column }: Part): Part => ({ at, row: column, column: row });

/**
 * Runs products of parts of tensors. A head's queries lie in the columns of a `[batch, time, units]` tensor: with strides
 * no head has to be cut out, and nothing is transposed.
 */
function eachHead(
  module: FusedModule,
  { batch, heads, units, target, source }: Sizes,
  body: (
    part: (tensor: tf.TensorInfo, time: number) => Part,
    scores: (tensor: tf.TensorInfo) => Part,
  ) => void,
): void {
  const size = units / heads;
  for (let row = 0; row < batch; row++) {
    for (let head = 0; head < heads; head++) {
      body(
        (tensor, time) => ({
          at: module.address(tensor) + 4 * (row * time * units + head * size),
          row: units,
          column: 1,
        }),
        (tensor) => ({
          at: module.address(tensor) + 4 * (row * heads + head) * target * source,
          row: source,
          column: 1,
        }),
      );
    }
  }
}

function multiply(
  module: FusedModule,
  a: Part,
  b: Part,
  c: Part,
  rows: number,
  columns: number,
  depth: number,
) {
  module.exports.product!(
    ...[a.at, 4 * a.row, 4 * a.column, b.at, 4 * b.row, 4 * b.column, c.at, 4 * c.row],
    ...[rows, columns, depth, 0, module.scratch()],
  );
}

// Below -87 the kernel's exp is exactly 0.
const hidden = -1000;

/** Scores to what exp is taken of: scaled, less the largest of the row; `hidden` where a position may not be seen. */
function shiftScores(scores: Float32Array, mask: Float32Array | null, sizes: Sizes, causal: boolean): void {
  const { batch, heads, target, source, units } = sizes;
  const scale = 1 / Math.sqrt(units / heads);
  let at = 0;
  for (let row = 0; row < batch; row++) {
    const real = row * source;
    for (let n = 0; n < heads * target; n++) {
      const seen = causal ? source - target + (n % target) + 1 : source;
      let largest = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < seen; j++) {
        if (mask !== null && mask[real + j] === 0) continue;
        const score = scores[at + j]!;
        // Not Math.max: NaN has to stay visible.
        if (!(score <= largest)) largest = score;
      }
      for (let j = 0; j < source; j++) {
        const visible = j < seen && (mask === null || mask[real + j] !== 0);
        scores[at + j] = visible ? (scores[at + j]! - largest) * scale : hidden;
      }
      at += source;
    }
  }
}

function divideBySums(weights: Float32Array, source: number): void {
  for (let from = 0; from < weights.length; from += source) {
    let sum = 0;
    for (let j = from; j < from + source; j++) sum += weights[j]!;
    const factor = 1 / sum;
    for (let j = from; j < from + source; j++) weights[j]! *= factor;
  }
}

/** Gradient of alpha to that of the raw scores, in place: alpha (d - sum alpha d) / sqrt(size). */
function softmaxGradient(d: Float32Array, alpha: Float32Array, source: number, scale: number): void {
  for (let from = 0; from < d.length; from += source) {
    let sum = 0;
    for (let j = from; j < from + source; j++) sum += d[j]! * alpha[j]!;
    for (let j = from; j < from + source; j++) d[j] = alpha[j]! * (d[j]! - sum) * scale;
  }
}

function sizesOf(query: tf.TensorInfo, keys: tf.TensorInfo, heads: number): Sizes {
  const [batch, target, units] = query.shape as [number, number, number];
  return { batch, target, units, source: keys.shape[1]!, heads };
}

export const headsKernels: tf.KernelConfig[] = [
  fusedKernel<HeadsAttributes>('HeedHeads', (module, { query, keys, values, mask }, { heads, causal }) => {
    const sizes = sizesOf(query!, keys!, heads);
    const { batch, target, source, units } = sizes;
    const size = units / heads;
    const mixed = module.output([batch, target, units]);
    const alpha = module.output([batch, heads, target, source]);
    eachHead(module, sizes, (part, scores) =>
      multiply(
        module,
        part(query!, target),
        turned(part(keys!, source)),
        scores(alpha),
        target,
        source,
        size,
      ),
    );
    const weights = module.view(alpha) as Float32Array;
    const real = mask === undefined ? null : (module.view(mask) as Float32Array);
    shiftScores(weights, real, sizes, causal);
    module.exports.expArray!(module.address(alpha), module.address(alpha), weights.length);
    divideBySums(weights, source);
    eachHead(module, sizes, (part, scores) =>
      multiply(module, scores(alpha), part(values!, source), part(mixed, target), target, size, source),
    );
    return [mixed, alpha];
  }),
  fusedKernel<{ heads: number }>('HeedHeadsGrad', (module, inputs, { heads }) => {
    const { query, keys, values, alpha, dMixed, dAlpha } = inputs;
    const sizes = sizesOf(query!, keys!, heads);
    const { target, source, units } = sizes;
    const size = units / heads;
    const [dQuery, dKeys, dValues, dScores] = [query, keys, values, alpha].map((like) =>
      module.output(like!.shape),
    ) as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
    eachHead(module, sizes, (part, scores) => {
      const given = part(dMixed!, target);
      multiply(module, given, turned(part(values!, source)), scores(dScores), target, source, size);
      multiply(module, turned(scores(alpha!)), given, part(dValues, source), source, size, target);
    });
    const d = module.view(dScores) as Float32Array;
    const direct = module.view(dAlpha!) as Float32Array;
    for (let n = 0; n < d.length; n++) d[n]! += direct[n]!;
    softmaxGradient(d, module.view(alpha!) as Float32Array, source, 1 / Math.sqrt(size));
    eachHead(module, sizes, (part, scores) => {
      multiply(module, scores(dScores), part(keys!, source), part(dQuery, target), target, size, source);
      multiply(
        module,
        turned(scores(dScores)),
        part(query!, target),
        part(dKeys, source),
        source,
        size,
        target,
      );
    });
    return [dQuery, dKeys, dValues, dScores];
  }),
];

export const headsGradients = headsKernels.map(({ kernelName }) => withoutSecondDerivative(kernelName));

export const hasFusedHeads = () => tf.getKernel('HeedHeads', tf.getBackend()) !== undefined;

/**
 * Scaled dot attention of all heads in one kernel, its gradient in another; shapes are checked by the caller.
 *
 * @param query `[batch, target, units]`; head h has the columns h size ... (h + 1) size - 1
 * @param mask `[batch, source]`, every row with a 1
 * @returns what the heads mixed, `[batch, target, units]`, and alpha, `[batch, heads, target, source]`
 */
export function fusedHeads(
  query: tf.Tensor3D,
  keys: tf.Tensor3D,
  values: tf.Tensor3D,
  mask: tf.Tensor2D | null,
  attributes: HeadsAttributes,
): [mixed: tf.Tensor3D, alpha: tf.Tensor4D] {
  return differentiable(
    { query, keys, values },
    (save) => {
      const real = mask === null ? undefined : mask.cast('float32');
      const [mixed, alpha] = runFused('HeedHeads', { query, keys, values, mask: real }, attributes);
      save([query, keys, values, alpha!]);
      return [mixed!, alpha!];
    },
    ([dMixed, dAlpha], [savedQuery, savedKeys, savedValues, alpha]) => {
      const [dQuery, dKeys, dValues] = runFused(
        'HeedHeadsGrad',
        { query: savedQuery, keys: savedKeys, values: savedValues, alpha, dMixed, dAlpha },
        { heads: attributes.heads },
      );
      return { query: () => dQuery!, keys: () => dKeys!, values: () => dValues! };
    },
  ) as [tf.Tensor3D, tf.Tensor4D];
}
