import * as tf from '@tensorflow/tfjs';
import type {
  AdditiveWeights,
  AttentionMemory,
  GruAttentionDecoder,
  GruWeights,
  LstmAttentionDecoder,
  LstmWeights,
} from '../../backend/sequences.js';
import { type CellRule, gruRule, lstmRule } from './cells.js';
import { runOperation } from './operation.js';
import { add, steps, withOnes } from './sequence.js';

type Matrix = tf.Tensor2D;

/** What softmax gives for a position pushed down by this much is exactly 0 in float32. */
const far = 1e9;

interface Weights {
  readonly attention: AdditiveWeights;
  readonly cell: LstmWeights | GruWeights;
}

/** `[batch, n]` as a batch of rows, `[batch, 1, n]`. */
const asRow = (x: tf.Tensor): tf.Tensor3D => tf.expandDims(x, 1);
const squeezed = (x: tf.Tensor): Matrix => tf.squeeze(x, [1]) as Matrix;

/**
 * tanh(q + k) is 2 s - 1 with s = sigmoid(2 (q + k)), and a constant does not move a softmax: so the scores are s . 2 vector, and
 * 1 - tanh^2 is 4 s (1 - s). That trades the slowest elementary function for the fastest.
 *
 * Of the products with the state, the cell's and the query's are one: the state times `[recurrent kernel | query kernel]`.
 */
function decoder(
  rule: CellRule,
  { attention, cell }: Weights,
  previous: tf.Tensor3D,
  memory: AttentionMemory,
  initial: readonly Matrix[],
): { states: tf.Tensor3D[]; contexts: tf.Tensor3D; alphas: tf.Tensor3D } {
  const [time, batch, embedding] = previous.shape;
  const [units, width] = cell.recurrentKernel.shape;
  const [, source, attentionUnits] = memory.keys.shape;
  const valueUnits = memory.values.shape[2];
  const recurrentBias = 'recurrentBias' in cell ? cell.recurrentBias : null;
  let keptPerStep = 0;

  const forward = () => {
    const [ofPrevious, ofContext] = tf.split(cell.kernel, [embedding, valueUnits], 0) as [Matrix, Matrix];
    const rows: Matrix = previous.reshape([time * batch, embedding]);
    const projected = tf.add(tf.matMul(rows, ofPrevious), cell.bias);
    const fromPrevious = steps(projected.reshape([time, batch, width]));
    const fromStateAndQuery = tf.concat([cell.recurrentKernel, tf.mul(attention.queryKernel, 2)], 1);
    const keys = tf.mul(memory.keys, 2);
    const vector: Matrix = tf.mul(attention.vector, 2).reshape([attentionUnits, 1]);
    const push = memory.mask === null ? null : (tf.mul(tf.sub(memory.mask, 1), far) as Matrix);
    const states: (readonly Matrix[])[] = [];
    const kept: (readonly Matrix[])[] = [];
    const squashed: tf.Tensor3D[] = [];
    const contexts: Matrix[] = [];
    const alphas: Matrix[] = [];
    let state = initial;
    for (let t = 0; t < time; t++) {
      const both = tf.matMul(state[0]!, fromStateAndQuery);
      const [product, query] = tf.split(both, [width, attentionUnits], 1) as [Matrix, Matrix];
      const s = tf.sigmoid(tf.add(keys, asRow(query))) as tf.Tensor3D; // [batch, source, attention units]
      const scores: Matrix = tf
        .matMul(s.reshape([batch * source, attentionUnits]), vector)
        .reshape([batch, source]);
      const alpha = tf.softmax(add(scores, push));
      const context = squeezed(tf.matMul(asRow(alpha), memory.values)); // [batch, value units]
      const fromInput = tf.add(fromPrevious[t]!, tf.matMul(context, ofContext)) as Matrix;
      const fromState = recurrentBias ? (tf.add(product, recurrentBias) as Matrix) : product;
      const step = rule.forward(fromInput, fromState, state);
      state = step.next;
      states.push(state);
      kept.push(step.kept);
      squashed.push(s);
      contexts.push(context);
      alphas.push(alpha);
    }
    keptPerStep = kept[0]!.length;
    const outputs = [
      ...initial.map((_, k) => tf.stack(states.map((parts) => parts[k]!))),
      tf.stack(contexts),
      tf.stack(alphas),
    ];
    const { keys: projectedKeys, values } = memory;
    return {
      outputs,
      saved: [
        ...[
          previous,
          cell.kernel,
          cell.recurrentKernel,
          attention.queryKernel,
          attention.vector,
          projectedKeys,
          values,
        ],
        ...initial,
        ...states.flat(),
        ...kept.flat(),
        ...squashed,
        ...outputs.slice(-2),
      ],
    };
  };

  const backward = (upstream: readonly tf.Tensor[], saved: readonly tf.Tensor[]) => {
    let at = 0;
    const take = (count: number) => {
      at += count;
      return saved.slice(at - count, at) as Matrix[];
    };
    const [y, kernel, u, queryKernel, vector] = take(5) as [Matrix, Matrix, Matrix, Matrix, tf.Tensor];
    const [, values] = take(2) as tf.Tensor[] as [tf.Tensor3D, tf.Tensor3D];
    const start = take(rule.parts);
    const perStep = (count: number) => Array.from({ length: time }, () => take(count));
    const states = perStep(rule.parts);
    const kept = perStep(keptPerStep);
    const squashed = take(time) as tf.Tensor[] as tf.Tensor3D[];
    const [contexts, alphas] = take(2) as tf.Tensor[] as [tf.Tensor3D, tf.Tensor3D];
    const alphaAt = steps(alphas);
    const dStates = upstream.slice(0, rule.parts).map(steps);
    const [dContexts, dAlphas] = upstream.slice(rule.parts).map(steps) as [Matrix[], Matrix[]];
    const [ofPrevious, ofContext] = tf.split(kernel, [embedding, valueUnits], 0) as [Matrix, Matrix];
    const contextTransposed = tf.transpose(ofContext);
    const stateAndQueryTransposed = tf.concat([tf.transpose(u), tf.transpose(queryKernel)], 0);
    const slope = tf.mul(vector, 4);
    const before = (t: number) => (t === 0 ? start : states[t - 1]!);
    const dInput: Matrix[] = new Array(time);
    const dState: Matrix[] = new Array(time);
    const dContextTotal: Matrix[] = new Array(time);
    let dVector: tf.Tensor | null = null;
    let dKeys: tf.Tensor | null = null;
    let flowing: readonly (Matrix | null)[] = start.map(() => null);
    for (let t = time - 1; t >= 0; t--) {
      const step = rule.backward(
        flowing.map((d, k) => add(dStates[k]![t]!, d)),
        before(t),
        kept[t]!,
      );
      const dContext = add(tf.matMul(step.dInput, contextTransposed), dContexts[t]!);
      const dAlpha = add(squeezed(tf.matMul(asRow(dContext), values, false, true)), dAlphas[t]!);
      const weighted = tf.mul(alphaAt[t]!, dAlpha) as Matrix;
      const dScores = tf.sub(weighted, tf.mul(alphaAt[t]!, tf.sum(weighted, 1, true))) as Matrix; // [batch, source]
      const s = squashed[t]!;
      const row = asRow(dScores);
      const bell = tf.sub(s, tf.square(s)) as tf.Tensor3D; // s (1 - s)
      const dQuery = tf.mul(squeezed(tf.matMul(row, bell)), slope) as Matrix;
      const spread = tf.mul(tf.expandDims(dScores, 2), bell);
      const ofVector = tf.matMul(row, s);
      dKeys = dKeys ? tf.add(dKeys, spread) : spread;
      dVector = dVector ? tf.add(dVector, ofVector) : ofVector;
      const both = tf.concat([step.dState, dQuery], 1);
      const through: Matrix = tf.matMul(both, stateAndQueryTransposed);
      flowing = step.direct.map((direct, k) => (k === 0 ? add(through, direct) : direct!));
      dInput[t] = step.dInput;
      dState[t] = both;
      dContextTotal[t] = dContext;
    }
    const rows: Matrix = y.reshape([time * batch, embedding]);
    const contextRows: Matrix = contexts.reshape([time * batch, valueUnits]);
    const hiddenRows = tf.concat(Array.from({ length: time }, (_, t) => before(t)[0]!));
    const inputRows = tf.concat(dInput);
    const ofInput = tf.matMul(withOnes(rows, contextRows), inputRows, true);
    const ofState = tf.matMul(withOnes(hiddenRows), tf.concat(dState), true);
    const [dKernel, dBias] = tf.split(ofInput, [embedding + valueUnits, 1]) as [Matrix, Matrix];
    const [ofHidden, ofOnes] = tf.split(ofState, [units, 1]) as [Matrix, Matrix];
    const [dRecurrent, dQueryKernel] = tf.split(ofHidden, [width, attentionUnits], 1) as [Matrix, Matrix];
    const dRecurrentBias = tf.slice(ofOnes, [0, 0], [1, width]);
    // Over all steps at once: what each source position was paid, times the error of what it gave.
    const dValues = tf.matMul(
      tf.transpose(alphas, [1, 2, 0]) as tf.Tensor3D,
      tf.transpose(tf.stack(dContextTotal), [1, 0, 2]) as tf.Tensor3D,
    );
    const dPrevious = tf.matMul(inputRows, ofPrevious, false, true).reshape([time, batch, embedding]);
    return [
      dPrevious,
      dKernel,
      dRecurrent,
      dBias.reshape([width]),
      dRecurrentBias.reshape([width]),
      dQueryKernel,
      tf.mul(tf.sum(dVector!, [0, 1]), 2),
      tf.mul(dKeys!, slope),
      dValues,
      ...(flowing as Matrix[]),
    ];
  };

  const outputs = runOperation({
    inputs: {
      previous,
      kernel: cell.kernel,
      recurrentKernel: cell.recurrentKernel,
      bias: cell.bias,
      ...(recurrentBias && { recurrentBias }),
      queryKernel: attention.queryKernel,
      vector: attention.vector,
      keys: memory.keys,
      values: memory.values,
      ...Object.fromEntries(initial.map((part, k) => [`initial${k}`, part])),
    } as Record<string, tf.Tensor>,
    forward,
    backward: (upstream, saved) => {
      const gradients = tf.tidy(() => backward(upstream, saved));
      const names = [
        'previous',
        'kernel',
        'recurrentKernel',
        'bias',
        'recurrentBias',
        'queryKernel',
        'vector',
        'keys',
        'values',
      ];
      const all = [...names, ...initial.map((_, k) => `initial${k}`)];
      return Object.fromEntries(all.map((name, k) => [name, () => gradients[k]!]));
    },
  }) as tf.Tensor3D[];
  const [contexts, alphas] = outputs.slice(rule.parts) as [tf.Tensor3D, tf.Tensor3D];
  return { states: outputs.slice(0, rule.parts), contexts, alphas };
}

/** `GruAttentionDecoder` with the gradient of the whole sequence by hand. First derivatives only. */
export const gruDecoderGradient: GruAttentionDecoder = (weights, previous, memory, initial) => {
  const { states, contexts, alphas } = decoder(gruRule, weights, previous, memory, [initial]);
  return { states: states[0]!, contexts, alphas };
};

/** `LstmAttentionDecoder` with the gradient of the whole sequence by hand. First derivatives only. */
export const lstmDecoderGradient: LstmAttentionDecoder = (weights, previous, memory, initial) => {
  const { states, contexts, alphas } = decoder(lstmRule, weights, previous, memory, [
    initial.hidden,
    initial.cell,
  ]);
  return { states: states[0]!, cells: states[1]!, contexts, alphas };
};
