import * as tf from '@tensorflow/tfjs';
import { type EngineLevel, limitEngine, type SequenceOps, sequenceEngine } from 'heed';
import { drawer, type Form, ourForms, trainingStep, variables, type Work } from './work.js';

type T = tf.Tensor;

/** An operation of the library at a level; undefined where the level has none of its own here. */
export function operationAt<Name extends keyof SequenceOps>(
  name: Name,
  form: Form,
): SequenceOps[Name] | undefined {
  const levels = ourForms as readonly EngineLevel[];
  const level = form as EngineLevel;
  const at = (limit: EngineLevel) => {
    const before = limitEngine(limit);
    const operation = sequenceEngine()[name];
    limitEngine(before);
    return operation;
  };
  const below = levels[levels.indexOf(level) - 1];
  const operation = at(level);
  return below !== undefined && at(below) === operation ? undefined : operation;
}

export type Weights = Record<'kernel' | 'recurrentKernel' | 'bias' | 'recurrentBias', T>;

export function naiveLstmStep(w: Weights, x: T, h: T, c: T): [T, T] {
  const sums = x.matMul(w.kernel).add(h.matMul(w.recurrentKernel)).add(w.bias);
  const [i, f, g, o] = tf.split(sums, 4, 1) as [T, T, T, T];
  const cell = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
  return [o.sigmoid().mul(cell.tanh()), cell];
}

function naiveGruStep(w: Weights, x: T, h: T): T {
  const [xz, xr, xh] = tf.split(x.matMul(w.kernel).add(w.bias), 3, 1) as [T, T, T];
  const [hz, hr, hh] = tf.split(h.matMul(w.recurrentKernel).add(w.recurrentBias), 3, 1) as [T, T, T];
  const z = xz.add(hz).sigmoid();
  const candidate = xh.add(xr.add(hr).sigmoid().mul(hh)).tanh();
  return z.mul(h).add(tf.sub(1, z).mul(candidate));
}

const cells = {
  lstm: { gates: 4, layer: tf.layers.lstm },
  gru: { gates: 3, layer: tf.layers.gru },
  rnn: { gates: 1, layer: tf.layers.simpleRNN },
} as const;
type CellName = keyof typeof cells;

function states(name: CellName, form: Form, weights: Weights, x: tf.Tensor3D, zeros: tf.Tensor2D): T {
  if (form === 'naive') {
    let [h, c] = [zeros as T, zeros as T];
    for (const input of tf.unstack(x)) {
      if (name === 'lstm') [h, c] = naiveLstmStep(weights, input, h, c);
      else if (name === 'gru') h = naiveGruStep(weights, input, h);
      else h = input.matMul(weights.kernel).add(h.matMul(weights.recurrentKernel)).add(weights.bias).tanh();
    }
    return h;
  }
  const given = weights as never;
  const last = (all: tf.Tensor3D) => all.slice([x.shape[0] - 1, 0, 0], [1, -1, -1]);
  if (name === 'lstm') {
    const initial = { hidden: zeros, cell: zeros };
    return last(sequenceEngine().lstm(given, x, initial, null, 'forward').hidden);
  }
  if (name === 'gru') return last(sequenceEngine().gru(given, x, zeros, null, 'forward'));
  return last(sequenceEngine().rnn(given, x, zeros, null, 'forward', 'tanh'));
}

function layerStep(name: CellName, [batch, time, features, units]: readonly number[]): () => void {
  // The default, an orthogonal start, takes seconds. tf.layers has the GRU that resets before the product only.
  const layer = cells[name].layer({ units: units!, recurrentInitializer: 'glorotUniform' });
  const x = drawer()([batch!, time!, features!], 1);
  // The first call makes the weights.
  tf.dispose(layer.apply(x) as T);
  return trainingStep('layers', null, () => (layer.apply(x) as T).square().mean());
}

function cellWork(name: CellName): Work {
  return {
    name: `${name}-step`,
    axes: 'batch, time, features, units',
    shapes: [
      [32, 20, 32, 64],
      [64, 32, 64, 128],
      [16, 100, 128, 128],
      [128, 64, 128, 256],
    ],
    start: (form, shape) => {
      if (form === 'layers') return layerStep(name, shape);
      if (form !== 'naive' && operationAt(name, form) === undefined) return undefined;
      const [batch, time, features, units] = shape as [number, number, number, number];
      const width = cells[name].gates * units;
      const weights = variables({
        kernel: [features, width],
        recurrentKernel: [units, width],
        bias: [width],
        ...(name === 'gru' ? { recurrentBias: [width] } : {}),
      } as Record<string, number[]>);
      const x = drawer()<tf.Rank.R3>([time, batch, features], 1);
      const zeros = tf.zeros<tf.Rank.R2>([batch, units]);
      const loss = () =>
        states(name, form, weights as unknown as Weights, x, zeros)
          .square()
          .mean() as tf.Scalar;
      return trainingStep(form, weights, loss);
    },
  };
}

export const cellWorks: readonly Work[] = [cellWork('lstm'), cellWork('gru'), cellWork('rnn')];
