import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { overwriteAlpha } from 'heed';
import { assertClose, onEngines } from '../support/engines.js';

const looked = () => ({
  alpha: tf.tensor2d([
    [0.5, 0.25, 0.25],
    [0.9, 0.1, 0],
  ]),
  context: tf.tensor2d([[7], [8]]),
});
const memory = () => ({
  keys: tf.zeros<tf.Rank.R3>([2, 3, 1]),
  values: tf.tensor3d([1, 10, 100, 2, 20, 200], [2, 3, 1]),
  mask: tf.tensor2d([1, 1, 1, 1, 1, 0], [2, 3]),
});

onEngines('an overwritten row has the given weights and their context; the others stay', () => {
  const seen: number[][] = [];
  const changed = overwriteAlpha(looked(), memory(), 4, (step, row) => {
    seen.push([step, row]);
    return row === 1 ? [0.25, 0.75] : undefined;
  });
  assert.deepEqual(seen, [
    [4, 0],
    [4, 1],
  ]);
  assertClose(changed.alpha, [0.5, 0.25, 0.25, 0.25, 0.75, 0], 1e-6);
  assertClose(changed.context, [0.5 + 2.5 + 25, 0.5 + 15], 1e-5);
  const same = looked();
  assert.equal(
    overwriteAlpha(same, memory(), 0, () => undefined),
    same,
  );
});

onEngines('weights that are no distribution over the real positions are refused', () => {
  const bad = (weights: number[]) => () =>
    overwriteAlpha(looked(), memory(), 2, (_step, row) => (row ? weights : undefined));
  assert.throws(bad([1, 0, 0, 0]), /step 2, row 1: expected at most 3 weights, .* got 4/);
  assert.throws(bad([1.5, -0.5]), /at least 0, got -0.5 at position 1/);
  assert.throws(bad([Number.NaN, 1]), /got NaN at position 0/);
  assert.throws(bad([0.5, 0, 0.5]), /position 2 is padding and can be paid nothing, got 0.5/);
  assert.throws(bad([0.5, 0.2]), /must sum to 1, got 0.7/);
});
