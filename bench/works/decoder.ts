import * as tf from '@tensorflow/tfjs';
import { sequenceEngine } from 'heed';
import { naiveLstmStep, operationAt, type Weights } from './cells.js';
import { drawer, trainingStep, variables, type Work } from './work.js';

type T = tf.Tensor;

const [SOURCE, ATTENTION] = [32, 128];

/** States and contexts of every step as the equations of Bahdanau et al. (2015) say them. */
function naiveDecoder(
  w: Record<string, T>,
  previous: tf.Tensor3D,
  keys: tf.Tensor3D,
  zeros: tf.Tensor2D,
): [T, T] {
  const batch = zeros.shape[0];
  let [h, c] = [zeros as T, zeros as T];
  const [states, contexts]: [T[], T[]] = [[], []];
  for (const word of tf.unstack(previous)) {
    const hidden = h.matMul(w.queryKernel!).expandDims(1).add(keys).tanh();
    const scores = hidden.reshape([batch * SOURCE, ATTENTION]).matMul(w.vector!.reshape([ATTENTION, 1]));
    const alpha = tf.softmax(scores.reshape([batch, SOURCE]));
    const context = alpha.expandDims(1).matMul(w.values!).squeeze([1]);
    [h, c] = naiveLstmStep(w as Weights, tf.concat([word, context], 1), h, c);
    states.push(h);
    contexts.push(context);
  }
  return [tf.stack(states), tf.stack(contexts)];
}

/** An LSTM decoder with additive attention over 32 source positions and 128 attention units, right words given. */
export const decoderWork: Work = {
  name: 'attention-decoder-step',
  axes: `batch, time, embedding, units; source ${SOURCE}, attention units ${ATTENTION}`,
  shapes: [
    [16, 16, 32, 64],
    [64, 32, 64, 128],
  ],
  start: (form, shape) => {
    if (form === 'layers') return undefined;
    if (form !== 'naive' && operationAt('lstmDecoder', form) === undefined) return undefined;
    const [batch, time, embedding, units] = shape as [number, number, number, number];
    const w = variables({
      kernel: [embedding + units, 4 * units],
      recurrentKernel: [units, 4 * units],
      bias: [4 * units],
      queryKernel: [units, ATTENTION],
      vector: [ATTENTION],
      keyKernel: [units, ATTENTION],
      values: [batch, SOURCE, units],
    });
    const previous = drawer()<tf.Rank.R3>([time, batch, embedding], 1);
    const zeros = tf.zeros<tf.Rank.R2>([batch, units]);
    const decode = (keys: tf.Tensor3D): readonly [T, T] => {
      if (form === 'naive') return naiveDecoder(w, previous, keys, zeros);
      const memory = { keys, values: w.values as T as tf.Tensor3D, mask: null };
      const initial = { hidden: zeros, cell: zeros };
      const trace = sequenceEngine().lstmDecoder(
        { attention: w, cell: w } as never,
        previous,
        memory,
        initial,
      );
      return [trace.states, trace.contexts];
    };
    return trainingStep(form, w, () => {
      const rows = w.values.reshape([batch * SOURCE, units]);
      const keys = rows.matMul(w.keyKernel).reshape([batch, SOURCE, ATTENTION]) as tf.Tensor3D;
      const [states, contexts] = decode(keys);
      return states.square().mean().add(contexts.square().mean()) as tf.Scalar;
    });
  },
};
