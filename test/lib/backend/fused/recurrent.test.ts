import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { fusedOps } from '../../../../lib/src/backend/fused/index.js';
import type { Direction, RnnActivation } from '../../../../lib/src/backend/sequences.js';
import { compareGradients, lengthsMask, numbers, plainGru, plainLstm, plainRnn, useFused } from './plain.js';

type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;
type T1 = tf.Tensor1D;

/** [time, batch, features, units]: odd ones, so that no row fills whole vectors or tiles. */
const sizes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [3, 2, 3, 7],
  [7, 3, 1, 33],
  [4, 33, 7, 3],
  [2, 1, 33, 8],
];
const cases = sizes.flatMap((size) =>
  (['forward', 'backward'] as const).flatMap((direction) =>
    [true, false].map((masked) => ({ size, direction, masked })),
  ),
);

before(useFused);

function tensors(gates: number, [time, batch, features, units]: number[], seed: number): tf.Tensor[] {
  const draw = numbers(seed);
  const wide = gates * units!;
  const scale = 1 / Math.sqrt(units!);
  return [
    draw([time!, batch!, features!]),
    draw([features!, wide], scale),
    draw([units!, wide], scale),
    draw([wide], 0.3),
    draw([batch!, units!], 0.8),
  ];
}

for (const { size, direction, masked } of cases) {
  const name = `[${size}] ${direction}${masked ? ', masked' : ''}`;
  const mask = () => (masked ? lengthsMask(size[0], size[1]) : null);

  it(`LSTM ${name}`, () => {
    const draw = numbers(3);
    const inputs = [...tensors(4, size, 11), draw([size[1], size[3]])];
    const m = mask();
    const call =
      (run: typeof plainLstm) =>
      (x: tf.Tensor, w: tf.Tensor, u: tf.Tensor, b: tf.Tensor, h: tf.Tensor, c: tf.Tensor) => {
        const weights = { kernel: w as T2, recurrentKernel: u as T2, bias: b as T1 };
        const { hidden, cell } = run(weights, x as T3, { hidden: h as T2, cell: c as T2 }, m, direction);
        return [hidden, cell];
      };
    compareGradients(call(plainLstm) as never, call(fusedOps.lstm) as never, inputs, [
      'inputs',
      'kernel',
      'recurrentKernel',
      'bias',
      'hidden',
      'cell',
    ]);
  });

  it(`GRU ${name}`, () => {
    const draw = numbers(4);
    const inputs = [...tensors(3, size, 12), draw([3 * size[3]], 0.3)];
    const m = mask();
    const call =
      (run: typeof plainGru) =>
      (x: tf.Tensor, w: tf.Tensor, u: tf.Tensor, b: tf.Tensor, h: tf.Tensor, rb: tf.Tensor) => {
        const weights = { kernel: w as T2, recurrentKernel: u as T2, bias: b as T1, recurrentBias: rb as T1 };
        return [run(weights, x as T3, h as T2, m, direction)];
      };
    compareGradients(call(plainGru) as never, call(fusedOps.gru) as never, inputs, [
      'inputs',
      'kernel',
      'recurrentKernel',
      'bias',
      'initial',
      'recurrentBias',
    ]);
  });

  for (const activation of ['tanh', 'relu', 'linear'] as const) {
    it(`RNN ${activation} ${name}`, () => {
      const inputs = tensors(1, size, 13);
      if (activation === 'relu') {
        // Small weights and a bias of 2 or -2: far from the kink, across which differences say nothing.
        for (const i of [1, 2]) inputs[i] = inputs[i]!.mul(0.1);
        inputs[3] = tf.tensor1d(Array.from({ length: size[3] }, (_, unit) => (unit % 2 === 0 ? 2 : -2)));
      }
      const m = mask();
      const call =
        (run: typeof plainRnn) => (x: tf.Tensor, w: tf.Tensor, u: tf.Tensor, b: tf.Tensor, h: tf.Tensor) => {
          const weights = { kernel: w as T2, recurrentKernel: u as T2, bias: b as T1 };
          return [run(weights, x as T3, h as T2, m, direction, activation)];
        };
      compareGradients(call(plainRnn) as never, call(fusedOps.rnn) as never, inputs, [
        'inputs',
        'kernel',
        'recurrentKernel',
        'bias',
        'initial',
      ]);
    });
  }
}

describe('what a sequence promises', () => {
  const [time, batch, features, units] = [3, 2, 4, 5];
  const weights = () => {
    const [, kernel, recurrentKernel, bias] = tensors(4, [time, batch, features, units], 5) as [
      T3,
      T2,
      T2,
      T1,
    ];
    return { kernel, recurrentKernel, bias };
  };
  const run = (mask: T2 | null, direction: Direction = 'forward') => {
    const draw = numbers(6);
    const state = { hidden: draw([batch, units]) as T2, cell: draw([batch, units]) as T2 };
    return {
      state,
      ...fusedOps.lstm(weights(), draw([time, batch, features]) as T3, state, mask, direction),
    };
  };

  it('carries the state over padding to the last bit, also under a boolean mask', () => {
    const mask = tf.tensor2d([1, 0, 0, 1, 0, 0], [time, batch], 'bool');
    const { hidden, state } = run(mask);
    const [h, h0] = [hidden.arraySync(), state.hidden.arraySync()];
    assert.deepEqual(h[0]![1], h0[1]);
    assert.deepEqual(h[1]![0], h[0]![0]);
    assert.deepEqual(h[2], [h[1]![0], h[1]![1]]);
    assert.notDeepEqual(h[1]![1], h[0]![1]);
  });

  it('gives the same bits again, gradients included', () => {
    const once = () => {
      const draw = numbers(8);
      const x = draw([time, batch, features]) as T3;
      const w = weights();
      const state = { hidden: draw([batch, units]) as T2, cell: draw([batch, units]) as T2 };
      const loss = (kernel: tf.Tensor) => {
        const { hidden, cell } = fusedOps.lstm({ ...w, kernel: kernel as T2 }, x, state, null, 'forward');
        return hidden.sum().add(cell.square().sum()) as tf.Scalar;
      };
      const { value, grad } = tf.valueAndGrad(loss)(w.kernel);
      return [...value.dataSync(), ...grad.dataSync()];
    };
    assert.deepEqual(once(), once());
  });

  it('leaves no tensor behind, with a tape and without', () => {
    const step = () =>
      tf.tidy(() => {
        run(lengthsMask(time, batch));
        const w = weights();
        const x = tf.ones([time, batch, features]) as T3;
        const zeros = tf.zeros([batch, units]) as T2;
        tf.grad((kernel) =>
          fusedOps
            .lstm({ ...w, kernel: kernel as T2 }, x, { hidden: zeros, cell: zeros }, null, 'forward')
            .hidden.sum(),
        )(w.kernel);
      });
    step();
    const { numTensors, numDataBuffers } = tf.memory();
    for (let i = 0; i < 3; i++) step();
    assert.equal(tf.memory().numTensors, numTensors);
    assert.equal(tf.memory().numDataBuffers, numDataBuffers);
  });

  it('computes no gradient that nobody asked for', async () => {
    const w = weights();
    const zeros = tf.zeros([batch, units]) as T2;
    const x = tf.ones([time, batch, features]) as T3;
    const { kernelNames } = await tf.profile(() => {
      return tf.grad((bias) =>
        fusedOps
          .lstm({ ...w, bias: bias as T1 }, x, { hidden: zeros, cell: zeros }, null, 'forward')
          .hidden.sum(),
      )(w.bias);
    });
    assert.ok(kernelNames.includes('HeedColumnSum'));
    assert.ok(!kernelNames.includes('HeedFlatProduct'));
    assert.ok(!kernelNames.includes('HeedRecurrentKernelGrad'));
  });

  it('refuses what does not fit and says what was expected', () => {
    const w = weights();
    const zeros = tf.zeros([batch, units]) as T2;
    const state = { hidden: zeros, cell: zeros };
    const x = (shape: [number, number, number]) => tf.zeros<tf.Rank.R3>(shape);
    assert.throws(() => fusedOps.lstm(w, x([0, batch, features]), state, null, 'forward'), /lstm: time is 0/);
    assert.throws(() => fusedOps.lstm(w, x([time, 0, features]), state, null, 'forward'), /batch is 0/);
    assert.throws(
      () => fusedOps.lstm(w, x([time, batch, 9]), state, null, 'forward'),
      /kernel must be \[features, 4 units\] = \[9, 20\], got \[4, 20\]/,
    );
    assert.throws(
      () => fusedOps.lstm(w, x([time, batch, features]), state, tf.ones([batch, time]), 'forward'),
      /mask must be \[time, batch\] = \[3, 2\], got \[2, 3\]/,
    );
    assert.throws(
      () => fusedOps.lstm(w, tf.zeros([time, batch, features], 'int32') as T3, state, null, 'forward'),
      /inputs must be float32, got int32/,
    );
    assert.throws(
      () => fusedOps.lstm(w, x([time, batch, features]), state, null, 'sideways' as Direction),
      /sideways/,
    );
    const square = {
      kernel: tf.zeros([features, units]) as T2,
      recurrentKernel: tf.zeros([units, units]) as T2,
      bias: tf.zeros([units]) as T1,
    };
    assert.throws(
      () =>
        fusedOps.rnn(square, x([time, batch, features]), zeros, null, 'forward', 'softplus' as RnnActivation),
      /softplus/,
    );
  });

  it('says that second derivatives do not exist', () => {
    const w = weights();
    const zeros = tf.zeros([batch, units]) as T2;
    const x = tf.ones([time, batch, features]) as T3;
    const first = (kernel: tf.Tensor) =>
      tf.grad((k) =>
        fusedOps
          .lstm({ ...w, kernel: k as T2 }, x, { hidden: zeros, cell: zeros }, null, 'forward')
          .hidden.square()
          .sum(),
      )(kernel);
    assert.throws(() => tf.grad((kernel) => first(kernel).sum())(w.kernel), /second derivatives/);
  });
});
