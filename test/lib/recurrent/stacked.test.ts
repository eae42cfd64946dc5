import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { createRandom, gru, gruCell, initStacked, lstmCell, stacked, stackedCell } from 'heed';
import { assertClose, onEngines, wave } from '../support/engines.js';

const inputs = () => wave<tf.Rank.R3>(1, 2, 5, 2);
const sizes = { input: 2, units: 3, layers: 2 };

onEngines('a stack is one cell reading the outputs of the other', () => {
  const params = initStacked(gruCell, createRandom(1), sizes);
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 0, 0, 0], [2, 5]);
  const { outputs, states } = stacked(gruCell, params, inputs(), { mask });
  const below = gru(params[0]!, inputs(), { mask });
  const above = gru(params[1]!, below.outputs, { mask });
  assertClose(outputs, above.outputs.dataSync(), 1e-6);
  assertClose(states[0]!, below.state.dataSync(), 1e-6);
  assertClose(states[1]!, above.state.dataSync(), 1e-6);
  assert.notDeepEqual(params[0]!.recurrentKernel.dataSync(), params[1]!.recurrentKernel.dataSync());
});

onEngines('read in chunks, with the states handed on, it is the same', () => {
  const params = initStacked(lstmCell, createRandom(2), sizes);
  const whole = stacked(lstmCell, params, inputs());
  const first = stacked(lstmCell, params, inputs().slice([0, 0, 0], [2, 3, 2]));
  const second = stacked(lstmCell, params, inputs().slice([0, 3, 0], [2, 2, 2]), {
    initialState: first.states,
  });
  assertClose(tf.concat([first.outputs, second.outputs], 1), whole.outputs.dataSync(), 1e-6);
  assertClose(second.states[1]!.cell, whole.states[1]!.cell.dataSync(), 1e-6);
});

onEngines('dropout comes between the layers only', () => {
  const random = createRandom(3);
  const params = initStacked(gruCell, createRandom(4), sizes);
  const plain = stacked(gruCell, params, inputs());
  const dropped = stacked(gruCell, params, inputs(), { dropout: { rate: 0.5, random } });
  assertClose(dropped.states[0]!, plain.states[0]!.dataSync(), 0);
  assert.notDeepEqual(dropped.states[1]!.dataSync(), plain.states[1]!.dataSync());
  const single = initStacked(gruCell, createRandom(5), { ...sizes, layers: 1 });
  const alone = stacked(gruCell, single, inputs(), { dropout: { rate: 0.5, random } });
  assertClose(alone.outputs, stacked(gruCell, single, inputs()).outputs.dataSync(), 0);
});

onEngines('as a cell, its steps make its sequence, and its parts come back', () => {
  const cell = stackedCell(lstmCell, 3);
  const params = cell.init(createRandom(6), { input: 2, units: 3 });
  const { outputs, state } = cell.sequence(params, inputs());
  let stepped = cell.fromParts(cell.parts(state).map((part) => tf.zerosLike(part)));
  for (const x of tf.unstack(inputs(), 1)) stepped = cell.step(params, x as tf.Tensor2D, stepped);
  assertClose(cell.hidden(stepped), cell.hidden(state).dataSync(), 1e-6);
  assertClose(cell.parts(state)[0]!, cell.hidden(state).dataSync(), 0);
  assertClose(outputs.slice([0, 4, 0], [2, 1, 3]), cell.hidden(state).dataSync(), 1e-6);
  const again = cell.fromParts(cell.parts(state));
  assertClose(again[0]!.cell, state[0]!.cell.dataSync(), 0);
});

onEngines('only the result stays in memory, and wrong numbers of layers are named', () => {
  const params = initStacked(lstmCell, createRandom(7), sizes);
  const x = inputs();
  const before = tf.memory().numTensors;
  const { outputs, states } = stacked(lstmCell, params, x);
  assert.equal(tf.memory().numTensors, before + 5);
  assert.throws(() => initStacked(lstmCell, createRandom(7), { ...sizes, layers: 0 }), /at least 1, got 0/);
  assert.throws(
    () => stacked(lstmCell, params, x, { initialState: [states[0]!] }),
    /expected 2 initial states, one a layer, got 1/,
  );
  tf.dispose([outputs]);
});
