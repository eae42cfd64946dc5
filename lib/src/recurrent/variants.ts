import * as tf from '@tensorflow/tfjs';
import type { GruWeights, LstmState, RnnActivation } from '../backend/sequences.js';
import type { Initializer } from '../core/params.js';
import { checkShape } from '../core/shapes.js';
import type { Random } from '../random/random.js';
import type { Cell } from './cell.js';
import { type GruParams, gruCell } from './gru.js';
import { initLstm, type LstmParams, lstmCell } from './lstm.js';
import { project } from './reference.js';
import { type RnnParams, rnn, rnnCell, rnnStep } from './rnn.js';
import { batchFirst, lastState, type SequenceOptions, type SequenceResult, timeFirst } from './sequence.js';

export interface RnnVariant {
  /** `tanh` by default, `relu` (Le et al. 2015), or `linear`, whose gradient is known exactly. */
  readonly activation?: RnnActivation;
  /**
   * First values of the recurrent kernel; orthogonal ones by default. They decide how fast gradients vanish at first: of an
   * orthogonal kernel every singular value is 1, of `uniform(1 / Math.sqrt(units))`, which PyTorch uses, most are well below.
   */
  readonly recurrent?: Initializer;
}

/** The simple cell with another activation or start. */
export function rnnCellWith({ activation = 'tanh', recurrent }: RnnVariant): Cell<RnnParams, tf.Tensor2D> {
  return {
    ...rnnCell,
    name: `${activation} rnn`,
    init: (random, sizes) => {
      const params = rnnCell.init(random, sizes);
      if (recurrent === undefined) return params;
      const shape = params.recurrentKernel.shape;
      tf.tidy(() =>
        params.recurrentKernel.assign(tf.tensor2d(recurrent(random.child('recurrentKernel'), shape), shape)),
      );
      return params;
    },
    step: (params, input, state) => rnnStep(params, input, state, activation),
    sequence: (params, inputs, options) => rnn(params, inputs, { ...options, activation }),
  };
}

/** How the forget gate of an LSTM starts. */
export type LstmStart =
  /** Every unit alike. */
  | { readonly forgetBias: number }
  /** Each unit for a length of its own, up to the longest dependency that is expected, in steps. */
  | { readonly longest: number };

/** The LSTM with another start; its steps and sequences are those of `lstmCell`. */
export function lstmCellWith(start: LstmStart): Cell<LstmParams, LstmState> {
  if ('forgetBias' in start) {
    const { forgetBias } = start;
    return { ...lstmCell, init: (random, sizes) => initLstm(random, { ...sizes, forgetBias }) };
  }
  const { longest } = start;
  return {
    ...lstmCell,
    init: (random, sizes) => {
      const params = initLstm(random, { ...sizes, forgetBias: 0 });
      tf.tidy(() => {
        const bias = params.bias.dataSync().slice() as Float32Array;
        const forget = chronoBias(random.child('chrono'), sizes.units, longest);
        bias.set(forget, sizes.units); // gates i, f, g, o
        bias.set(
          forget.map((value) => -value),
          0,
        );
        params.bias.assign(tf.tensor1d(bias));
      });
      return params;
    },
  };
}

/** The GRU whose update gate starts so that units remember for lengths up to the longest; see `chronoBias`. */
export function gruCellWith({ longest }: { readonly longest: number }): Cell<GruParams, tf.Tensor2D> {
  return {
    ...gruCell,
    init: (random, sizes) => {
      const params = gruCell.init(random, sizes);
      tf.tidy(() => {
        const bias = params.bias.dataSync().slice() as Float32Array;
        bias.set(chronoBias(random.child('chrono'), sizes.units, longest), 0); // gates z, r, h; z keeps
        params.bias.assign(tf.tensor1d(bias));
      });
      return params;
    },
  };
}

/**
 * Chrono initialisation: b = ln u with u uniform in [1, longest - 1), so that a gate sigmoid(b) = u / (1 + u) forgets over
 * about 1 + u steps; the input gate gets -b. Source: Tallec and Ollivier 2018, "Can recurrent neural networks warp time?",
 * section 2.2.
 *
 * @throws where `longest` is not above 2: there would be nothing to draw from
 */
export function chronoBias(random: Random, units: number, longest: number): Float32Array {
  if (!(longest > 2 && Number.isFinite(longest)))
    throw new Error(
      `chronoBias: the longest dependency must be a number of steps above 2, got ${longest}; give the length of the task`,
    );
  return random.uniforms(units, 1, longest - 1).map(Math.log);
}

/**
 * One step of the GRU with the reset before the product: h' = z h + (1 - z) tanh(x W_h + b_h + (r h) U_h + rb_h), as first
 * published (Cho et al. 2014, equation 8). The library's `gru`, and every fused engine, has the reset after it, r (h U_h + rb_h):
 * weights of one form do not fit the other, though their shapes do.
 */
export function gruResetBeforeStep(params: GruWeights, input: tf.Tensor2D, state: tf.Tensor2D): tf.Tensor2D {
  const [features, width] = params.kernel.shape;
  const units = width / 3;
  const { batch } = checkShape('gruResetBeforeStep input', input, 'batch features', { features });
  checkShape('gruResetBeforeStep state', state, 'batch units', { batch, units });
  return tf.tidy(() => resetBefore(params, project(params, input), state));
}

function resetBefore(params: GruWeights, projected: tf.Tensor2D, state: tf.Tensor2D): tf.Tensor2D {
  const units = state.shape[1];
  const [xGates, xh] = tf.split(projected, [2 * units, units], 1) as tf.Tensor2D[];
  const [uGates, uh] = tf.split(params.recurrentKernel, [2 * units, units], 1) as tf.Tensor2D[];
  const [bGates, bh] = tf.split(params.recurrentBias, [2 * units, units]) as tf.Tensor1D[];
  const gates = tf.sigmoid(tf.add(xGates!, tf.add(tf.matMul(state, uGates!), bGates!)));
  const [update, reset] = tf.split(gates, 2, 1) as tf.Tensor2D[];
  const candidate = tf.tanh(tf.add(xh!, tf.add(tf.matMul(tf.mul(reset!, state), uh!), bh!)));
  return tf.add(tf.mul(update!, state), tf.mul(tf.sub(1, update!), candidate));
}

/** `gruResetBeforeStep` over a whole sequence, step by step: no engine has a faster form of it. */
export function gruResetBefore(
  params: GruWeights,
  inputs: tf.Tensor3D,
  options: SequenceOptions<tf.Tensor2D> = {},
): SequenceResult<tf.Tensor2D> {
  const { direction = 'forward' } = options;
  const [features, width] = params.kernel.shape;
  return tf.tidy(() => {
    const { batch, inputs: steps, mask } = timeFirst('gruResetBefore', inputs, options.mask, features);
    let state = options.initialState ?? tf.zeros<tf.Rank.R2>([batch, width / 3]);
    checkShape('gruResetBefore initial state', state, 'batch units', { batch, units: width / 3 });
    const time = steps.shape[0];
    const xs = tf.unstack(steps) as tf.Tensor2D[];
    const keeps = mask === null ? null : (tf.unstack(mask.expandDims(2)) as tf.Tensor2D[]);
    const states: tf.Tensor2D[] = new Array(time);
    for (let n = 0; n < time; n++) {
      const t = direction === 'forward' ? n : time - 1 - n;
      const next = resetBefore(params, project(params, xs[t]!), state);
      const keep = keeps?.[t];
      state = keep === undefined ? next : tf.add(tf.mul(keep, next), tf.mul(tf.sub(1, keep), state));
      states[t] = state;
    }
    const all = tf.stack(states) as tf.Tensor3D;
    return { outputs: batchFirst(all), state: lastState(all, direction) };
  });
}

/** The GRU with the reset before the product, for whatever works with any cell. */
export const gruResetBeforeCell: Cell<GruParams, tf.Tensor2D> = {
  ...gruCell,
  name: 'gru, reset before',
  step: gruResetBeforeStep,
  sequence: gruResetBefore,
};
