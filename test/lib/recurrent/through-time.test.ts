import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  type Cell,
  carousel,
  chunksOf,
  createCarriedState,
  createRandom,
  gradientThroughTime,
  gruCell,
  halfLife,
  initializers,
  initLstm,
  initRnn,
  lengthOf,
  lstm,
  lstmCell,
  lstmCellWith,
  lstmGates,
  lstmStep,
  measuredHalfLife,
  rnnCell,
  rnnCellWith,
  spectralNorm,
  stackedCell,
  stateJacobians,
  truncatedGradients,
} from 'heed';
import { assertClose, onEngines, wave } from '../support/engines.js';

const linear = rnnCellWith({ activation: 'linear' });

/** A simple cell whose recurrent kernel is rho times an orthogonal matrix. */
function scaledOrthogonal(rho: number, units: number) {
  const params = initRnn(createRandom(1), { input: 2, units });
  const kernel = initializers
    .orthogonal()(createRandom(2), [units, units])
    .map((value) => rho * value);
  params.recurrentKernel.assign(tf.tensor2d(kernel, [units, units]));
  return params;
}

onEngines('a linear cell with W = rho Q: the gradient is rho^(T - t), over 100 steps', () => {
  const [time, units] = [101, 16];
  const inputs = wave<tf.Rank.R3>(1, 1, time, 2);
  for (const rho of [0.5, 0.9, 1, 1.1]) {
    const params = scaledOrthogonal(rho, units);
    const last = tf.tensor2d(createRandom(3).normals(units), [1, units]);
    const { norms, initial } = gradientThroughTime(linear, params, inputs, (_, state) =>
      tf.sum(tf.mul(state, last)),
    );
    const length = lengthOf(last.dataSync());
    let worst = 0;
    for (let t = 0; t < time; t++) {
      worst = Math.max(worst, Math.abs(norms[t]! / (length * rho ** (time - 1 - t)) - 1));
    }
    worst = Math.max(worst, Math.abs(initial / (length * rho ** time) - 1));
    assert.ok(worst <= 1e-4, `rho ${rho}: relative error ${worst}`);
  }
});

onEngines('products of Jacobians: of a linear cell the powers of its kernel, of tanh below them', () => {
  const [time, units] = [12, 5];
  const inputs = wave<tf.Rank.R3>(1, 1, time, 2);
  const params = scaledOrthogonal(0.8, units);
  const { matrices, spectralNorms } = stateJacobians(linear, params, inputs);
  let power = tf.eye(units) as tf.Tensor2D;
  for (let t = time - 1; t >= 0; t--) {
    // dh_T/dh_t of h' = h U is the transpose of U^(T-t).
    assertClose(matrices[t]!, power.transpose().dataSync(), 1e-6);
    assert.ok(Math.abs(spectralNorms[t]! / 0.8 ** (time - 1 - t) - 1) < 1e-5);
    power = tf.matMul(power, params.recurrentKernel);
  }
  const bounded = stateJacobians(rnnCell, params, inputs).spectralNorms;
  for (let t = 0; t < time - 1; t++) assert.ok(bounded[t]! < 0.8 ** (time - 1 - t));
});

onEngines('the Jacobian of one step is the one that differences give', () => {
  const units = 3;
  const params = initLstm(createRandom(4), { input: 2, units });
  const inputs = wave<tf.Rank.R3>(1, 1, 2, 2);
  const { matrices } = stateJacobians(lstmCell, params, inputs);
  const [x0, x1] = tf.unstack(inputs, 1) as [tf.Tensor2D, tf.Tensor2D];
  const zeros = tf.zeros<tf.Rank.R2>([1, units]);
  const first = lstmStep(params, x0, { hidden: zeros, cell: zeros });
  const step = 1e-2;
  for (let j = 0; j < units; j++) {
    const nudge = tf.oneHot([j], units).cast('float32').mul(step) as tf.Tensor2D;
    const at = (hidden: tf.Tensor2D) => lstmStep(params, x1, { hidden, cell: first.cell }).hidden.dataSync();
    const [up, down] = [at(first.hidden.add(nudge)), at(first.hidden.sub(nudge))];
    for (let k = 0; k < units; k++) {
      const expected = (up[k]! - down[k]!) / (2 * step);
      assert.ok(Math.abs(matrices[0]![k * units + j]! - expected) < 1e-4);
    }
  }
}, ['cpu']);

onEngines(
  'any cell, any loss, any mask: the gradient with respect to the first state is the one of the sequence',
  () => {
    const inputs = wave<tf.Rank.R3>(1, 2, 4, 2);
    const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 0, 0], [2, 4]);
    const probe = wave<tf.Rank.R3>(2, 2, 4, 3);
    const check = <P extends object, S>(cell: Cell<P & never, S>) => {
      const params = cell.init(createRandom(5), { input: 2, units: 3 });
      const parts = cell.parts(cell.sequence(params, inputs).state).map((_, k) => wave<tf.Rank.R2>(k, 2, 3));
      const loss = (outputs: tf.Tensor3D) => tf.sum(tf.mul(tf.square(outputs), probe)) as tf.Scalar;
      const initialState = cell.fromParts(parts);
      const found = gradientThroughTime(cell, params, inputs, loss, { initialState, mask });
      const direct = tf.valueAndGrads((...given) =>
        loss(
          cell.sequence(params, inputs, { initialState: cell.fromParts(given as tf.Tensor2D[]), mask })
            .outputs,
        ),
      )(parts);
      assert.ok(Math.abs(found.loss - direct.value.dataSync()[0]!) < 1e-5, cell.name);
      const expected = lengthOf(direct.grads[0]!.dataSync());
      assert.ok(Math.abs(found.initial - expected) < 1e-5 * (1 + expected), cell.name);
      assert.equal(found.norms.length, 4);
      for (let t = 0; t < 4; t++) {
        const both = Math.hypot(found.perSequence[0]![t]!, found.perSequence[1]![t]!);
        assert.ok(Math.abs(both - found.norms[t]!) < 1e-6);
      }
    };
    for (const cell of [rnnCell, gruCell, lstmCell, stackedCell(lstmCell, 2), stackedCell(gruCell, 3)]) {
      check(cell as never);
    }
  },
);

onEngines('a loss at an early time depends on nothing after it', () => {
  const params = initLstm(createRandom(12), { input: 2, units: 3 });
  const inputs = wave<tf.Rank.R3>(1, 2, 5, 2);
  const { norms, parts } = gradientThroughTime(
    lstmCell,
    params,
    inputs,
    (outputs) => tf.sum(outputs.slice([0, 2, 0], [2, 1, 3])) as tf.Scalar,
  );
  assert.ok(norms[2]! > norms[0]! && norms[0]! > 0);
  assert.deepEqual([norms[3], norms[4], parts[1]![3], parts[1]![4]], [0, 0, 0, 0]);
});

onEngines('the carousel is the product of the forget gates', () => {
  const time = 60;
  const params = initLstm(createRandom(6), { input: 2, units: 8, forgetBias: 2 });
  const inputs = wave<tf.Rank.R3>(1, 3, time, 2);
  const { measured, product, mean } = carousel(params, inputs);
  for (let t = 0; t < time; t++) {
    for (let i = 0; i < product[t]!.length; i++) {
      assert.ok(Math.abs(measured[t]![i]! / product[t]![i]! - 1) < 1e-4, `t ${t}`);
    }
  }
  assert.equal(mean[time - 1], 1);
  assert.ok(mean[0]! < mean[30]! && mean[30]! < 1);
});

onEngines('the gates make the states', () => {
  const params = initLstm(createRandom(7), { input: 2, units: 3 });
  const inputs = wave<tf.Rank.R3>(1, 2, 5, 2);
  const initialState = { hidden: wave<tf.Rank.R2>(2, 2, 3), cell: wave<tf.Rank.R2>(3, 2, 3) };
  const gates = lstmGates(params, inputs, { initialState });
  const { outputs, state } = lstm(params, inputs, { initialState });
  assertClose(gates.output.mul(tf.tanh(gates.cell)), outputs.dataSync(), 1e-6);
  assertClose(gates.cell.slice([0, 4, 0], [2, 1, 3]), state.cell.dataSync(), 1e-6);
  assertClose(gates.hidden, outputs.dataSync(), 0);
});

onEngines('measured half-lives are those of the formula', () => {
  for (const [bias, expected] of [
    [0, 1],
    [1, 2.2126],
    [2, 5.4614],
    [5, 103.21],
  ] as const) {
    assert.ok(Math.abs(halfLife(bias) - expected) < 1e-2 * expected);
    const params = lstmCellWith({ forgetBias: bias }).init(createRandom(8), { input: 2, units: 4 });
    // With nothing to read and nothing in the state, only the bias speaks.
    const { mean } = carousel(params, tf.zeros([1, 130, 2]));
    const measured = measuredHalfLife([...mean].reverse());
    assert.ok(Math.abs(measured / halfLife(bias) - 1) < 1e-3, `bias ${bias}: ${measured}`);
  }
  assert.throws(() => measuredHalfLife([1, 0.9, 0.8]), /after 2 steps 0.8 of 1 is left.*longer sequence/);
});

test('spectral norms by hand', () => {
  assert.ok(Math.abs(spectralNorm([3, 0, 0, -4], 2) - 4) < 1e-9);
  // Of [[1, 2], [3, 4]]: sqrt(15 + sqrt(221)).
  assert.ok(Math.abs(spectralNorm([1, 2, 3, 4], 2) - Math.sqrt(15 + Math.sqrt(221))) < 1e-9);
  assert.equal(spectralNorm([0, 0, 0, 0], 2), 0);
  assert.ok(Math.abs(spectralNorm([1e-30, 0, 0, 2e-30], 2) / 2e-30 - 1) < 1e-9);
  assert.throws(() => spectralNorm([1, 2, 3], 2), /no matrix of 2 columns/);
});

test('lengths of very small and very large gradients', () => {
  assert.ok(Math.abs(lengthOf([3e-30, 4e-30]) / 5e-30 - 1) < 1e-12);
  assert.ok(Math.abs(lengthOf([3e300, 4e300]) / 5e300 - 1) < 1e-12);
  assert.equal(lengthOf([]), 0);
  assert.ok(Number.isNaN(lengthOf([1, Number.NaN])));
});

test('chunks cover the time', () => {
  assert.deepEqual(chunksOf(7, 3), [
    { from: 0, to: 3 },
    { from: 3, to: 6 },
    { from: 6, to: 7 },
  ]);
  assert.throws(() => chunksOf(7, 0), /size must be a positive integer, got 0/);
  assert.throws(() => chunksOf(0, 3), /time must be/);
});

onEngines('truncated gradients: the whole in one chunk, states as constants in many', () => {
  const params = initLstm(createRandom(9), { input: 2, units: 3 });
  const inputs = wave<tf.Rank.R3>(1, 2, 6, 2);
  const initialState = { hidden: wave<tf.Rank.R2>(2, 2, 3), cell: wave<tf.Rank.R2>(3, 2, 3) };
  const part = (from: number, to: number, state: typeof initialState) => {
    const read = lstm(params, inputs.slice([0, from, 0], [2, to - from, 2]), { initialState: state });
    return { loss: tf.sum(tf.square(read.outputs)) as tf.Scalar, state: read.state };
  };
  const gradients = (size: number) => {
    const held = tf.memory().numTensors;
    const result = truncatedGradients(lstmCell, {
      params,
      chunks: chunksOf(6, size),
      initialState,
      loss: ({ from, to }, state) => part(from, to, state),
    });
    // Three gradients, two parts of the state.
    assert.equal(tf.memory().numTensors, held + 5);
    return result;
  };
  const whole = tf.variableGrads(() => part(0, 6, initialState).loss, Object.values(params));
  const one = gradients(6);
  assertClose(one.gradients.get('kernel')!, whole.grads[params.kernel.name]!.dataSync(), 1e-6);

  // By hand: the state at the border as a tensor of its own.
  const border = part(0, 2, initialState).state;
  const first = tf.variableGrads(() => part(0, 2, initialState).loss, Object.values(params));
  const second = tf.variableGrads(() => part(2, 4, border).loss, Object.values(params));
  const third = tf.variableGrads(() => part(4, 6, part(2, 4, border).state).loss, Object.values(params));
  const cut = gradients(2);
  assert.ok(Math.abs(cut.loss - one.loss) < 1e-5);
  assertClose(cut.state.cell, one.state.cell.dataSync(), 1e-6);
  const name = params.recurrentKernel.name;
  const last = part(2, 4, border).state;
  const thirdAlone = tf.variableGrads(() => part(4, 6, last).loss, Object.values(params));
  const byHand = first.grads[name]!.add(second.grads[name]!).add(thirdAlone.grads[name]!);
  assertClose(cut.gradients.get('recurrentKernel')!, byHand.dataSync(), 1e-5);
  // With the history left in, the last chunk would have another gradient.
  assert.ok(lengthOf(third.grads[name]!.sub(thirdAlone.grads[name]!).dataSync()) > 1e-3);
});

onEngines('a carried state goes over as numbers and leaves nothing behind', () => {
  const params = initLstm(createRandom(10), { input: 2, units: 3 });
  const inputs = wave<tf.Rank.R3>(1, 2, 6, 2);
  const before = tf.memory().numTensors;
  const carried = createCarriedState(lstmCell);
  assert.equal(carried.current(), undefined);
  for (const { from, to } of chunksOf(6, 2)) {
    const { value, grads } = tf.variableGrads(() => {
      const initialState = carried.current();
      const read = lstm(params, inputs.slice([0, from, 0], [2, to - from, 2]), {
        ...(initialState && { initialState }),
      });
      carried.carry(read.state);
      return tf.sum(read.outputs) as tf.Scalar;
    }, Object.values(params));
    assert.ok(Number.isFinite(lengthOf(grads[params.kernel.name]!.dataSync())));
    tf.dispose([value, ...Object.values(grads)]);
  }
  const whole = lstm(params, inputs);
  assertClose(carried.current()!.hidden, whole.state.hidden.dataSync(), 1e-6);
  tf.dispose([whole.outputs, whole.state.hidden, whole.state.cell]);
  carried.reset();
  assert.equal(tf.memory().numTensors, before);
});

onEngines('nothing but plain numbers is left in memory, and what cannot be is named', () => {
  const params = initLstm(createRandom(11), { input: 2, units: 3 });
  const inputs = wave<tf.Rank.R3>(1, 1, 4, 2);
  const before = tf.memory().numTensors;
  gradientThroughTime(lstmCell, params, inputs, (outputs) => tf.sum(outputs) as tf.Scalar);
  stateJacobians(lstmCell, params, inputs);
  carousel(params, inputs);
  assert.equal(tf.memory().numTensors, before);
  const sum = (outputs: tf.Tensor3D) => tf.sum(outputs) as tf.Scalar;
  assert.throws(() => gradientThroughTime(lstmCell, params, tf.zeros([1, 0, 2]), sum), /there is no step/);
  assert.throws(
    () => gradientThroughTime(lstmCell, params, inputs, sum, { mask: tf.ones([1, 3]) }),
    /gradientThroughTime mask: expected shape \[batch 1, time 4\], got \[1, 3\]/,
  );
  assert.throws(() => stateJacobians(lstmCell, params, tf.zeros([2, 4, 2])), /expected shape \[batch 1,/);
}, ['cpu']);
