import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { fusedOps } from '../lib/src/backend/fused/index.js';
import type { DecoderTrace } from '../lib/src/backend/sequences.js';

export type Engine = 'fused' | 'stock layers' | 'stock naive';

export interface Work {
  readonly work: 'lstm-step' | 'gru-step' | 'rnn-step' | 'attention-decoder-step';
  /** batch, time, features, units; for the decoder batch, steps, embedding, units (source 32, attention units 128) */
  readonly shape: readonly [number, number, number, number];
}

export const works: readonly Work[] = [
  { work: 'lstm-step', shape: [32, 20, 32, 64] },
  { work: 'lstm-step', shape: [64, 32, 64, 128] },
  { work: 'lstm-step', shape: [16, 100, 128, 128] },
  { work: 'lstm-step', shape: [128, 64, 128, 256] },
  { work: 'gru-step', shape: [64, 32, 64, 128] },
  { work: 'rnn-step', shape: [64, 32, 64, 128] },
  { work: 'attention-decoder-step', shape: [64, 32, 64, 128] },
];

const [SOURCE, ATTENTION] = [32, 128];
const gateCounts = { 'lstm-step': 4, 'gru-step': 3, 'rnn-step': 1, 'attention-decoder-step': 4 };

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;

let seed = 1;
const draw = (shape: number[], scale = 0.08) => tf.randomUniform(shape, -scale, scale, 'float32', seed++);

/** Sets the process up for one engine; the result makes the training step of a work. */
export async function prepare(engine: Engine): Promise<(work: Work) => () => void> {
  if (engine === 'fused') {
    const { useBackend } = await import('../lib/src/backend/choose.js');
    await useBackend('wasm');
  } else await tf.setBackend('wasm');
  return (work) => {
    tf.disposeVariables();
    if (engine === 'stock layers') return layersStep(work);
    return work.work === 'attention-decoder-step' ? decoderStep(engine, work) : sequenceStep(engine, work);
  };
}

function trainingStep(loss: () => tf.Scalar): () => void {
  const optimizer = tf.train.adam(1e-3);
  return () => {
    // Reading the loss waits for the step.
    const value = optimizer.minimize(loss, true)!;
    value.dataSync();
    value.dispose();
  };
}

function layersStep({ work, shape: [batch, time, features, units] }: Work): () => void {
  const config = { units, recurrentInitializer: 'glorotUniform' as const };
  const layer = {
    'lstm-step': () => tf.layers.lstm(config),
    // tf.layers has no reset-after GRU; the other one does nearly the same work.
    'gru-step': () => tf.layers.gru(config),
    'rnn-step': () => tf.layers.simpleRNN(config),
    'attention-decoder-step': () => tf.layers.lstm(config),
  }[work]();
  const x = tf.keep(draw([batch, time, features], 1));
  // The first call makes the weights.
  tf.dispose(layer.apply(x) as tf.Tensor);
  return trainingStep(() => (layer.apply(x) as tf.Tensor).square().mean());
}

function sequenceStep(engine: Engine, { work, shape: [batch, time, features, units] }: Work): () => void {
  const wide = gateCounts[work] * units;
  const variable = (shape: number[]) => tf.variable(draw(shape)) as tf.Tensor;
  const kernel = variable([features, wide]) as T2;
  const recurrentKernel = variable([units, wide]) as T2;
  const bias = variable([wide]) as T1;
  const recurrentBias = work === 'gru-step' ? (variable([wide]) as T1) : bias;
  const x = tf.keep(draw([time, batch, features], 1)) as T3;
  const zeros = tf.keep(tf.zeros([batch, units])) as T2;
  const weights = { kernel, recurrentKernel, bias, recurrentBias };
  const last = (states: T3) =>
    states
      .slice([time - 1, 0, 0], [1, batch, units])
      .square()
      .mean() as tf.Scalar;
  if (engine === 'fused') {
    if (work === 'lstm-step') {
      const initial = { hidden: zeros, cell: zeros };
      return trainingStep(() => last(fusedOps.lstm(weights, x, initial, null, 'forward').hidden));
    }
    if (work === 'gru-step')
      return trainingStep(() => last(fusedOps.gru(weights, x, zeros, null, 'forward')));
    return trainingStep(() => last(fusedOps.rnn(weights, x, zeros, null, 'forward', 'tanh')));
  }
  return trainingStep(() => {
    let [h, c] = [zeros as tf.Tensor, zeros as tf.Tensor];
    for (const input of tf.unstack(x)) {
      if (work === 'lstm-step') [h, c] = lstmStep(weights, input, h, c);
      else if (work === 'gru-step') h = gruStep(weights, input, h);
      else h = tf.tanh(input.matMul(kernel).add(h.matMul(recurrentKernel)).add(bias));
    }
    return h.square().mean() as tf.Scalar;
  });
}

type Weights = Record<'kernel' | 'recurrentKernel' | 'bias' | 'recurrentBias', tf.Tensor>;

function lstmStep(w: Weights, x: tf.Tensor, h: tf.Tensor, c: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const sums = x.matMul(w.kernel).add(h.matMul(w.recurrentKernel)).add(w.bias);
  const [i, f, g, o] = tf.split(sums, 4, 1) as tf.Tensor[];
  const cell = f!.sigmoid().mul(c).add(i!.sigmoid().mul(g!.tanh()));
  return [o!.sigmoid().mul(cell.tanh()), cell];
}

function gruStep(w: Weights, x: tf.Tensor, h: tf.Tensor): tf.Tensor {
  const [xz, xr, xh] = tf.split(x.matMul(w.kernel).add(w.bias), 3, 1) as tf.Tensor[];
  const [hz, hr, hh] = tf.split(h.matMul(w.recurrentKernel).add(w.recurrentBias), 3, 1) as tf.Tensor[];
  const z = xz!.add(hz!).sigmoid();
  const r = xr!.add(hr!).sigmoid();
  const n = xh!.add(r.mul(hh!)).tanh();
  return z.mul(h).add(tf.sub(1, z).mul(n));
}

function decoderStep(engine: Engine, { shape: [batch, time, embedding, units] }: Work): () => void {
  const variable = (shape: number[]) => tf.variable(draw(shape)) as tf.Tensor;
  const attention = { queryKernel: variable([units, ATTENTION]) as T2, vector: variable([ATTENTION]) as T1 };
  const cell = {
    kernel: variable([embedding + units, 4 * units]) as T2,
    recurrentKernel: variable([units, 4 * units]) as T2,
    bias: variable([4 * units]) as T1,
  };
  const keyKernel = variable([units, ATTENTION]) as T2;
  const values = tf.variable(draw([batch, SOURCE, units], 1)) as tf.Tensor as T3;
  const previous = tf.keep(draw([time, batch, embedding], 1)) as T3;
  const zeros = tf.keep(tf.zeros([batch, units])) as T2;
  const keysOf = () =>
    values
      .reshape([batch * SOURCE, units])
      .matMul(keyKernel)
      .reshape([batch, SOURCE, ATTENTION]) as T3;
  if (engine === 'fused') {
    return trainingStep(() => {
      const memory = { keys: keysOf(), values, mask: null };
      const initial = { hidden: zeros, cell: zeros };
      const trace: DecoderTrace = fusedOps.lstmDecoder({ attention, cell }, previous, memory, initial);
      return trace.states.square().mean().add(trace.contexts.square().mean()) as tf.Scalar;
    });
  }
  return trainingStep(() => {
    const keys = keysOf();
    let [h, c] = [zeros as tf.Tensor, zeros as tf.Tensor];
    const [states, contexts]: [tf.Tensor[], tf.Tensor[]] = [[], []];
    for (const word of tf.unstack(previous)) {
      const hidden = h.matMul(attention.queryKernel).expandDims(1).add(keys).tanh();
      const scores = hidden
        .reshape([batch * SOURCE, ATTENTION])
        .matMul(attention.vector.reshape([ATTENTION, 1]));
      const alpha = tf.softmax(scores.reshape([batch, SOURCE]));
      const context = alpha.expandDims(1).matMul(values).squeeze([1]);
      [h, c] = lstmStep({ ...cell, recurrentBias: cell.bias }, tf.concat([word, context], 1), h, c);
      states.push(h);
      contexts.push(context);
    }
    return tf.stack(states).square().mean().add(tf.stack(contexts).square().mean()) as tf.Scalar;
  });
}
