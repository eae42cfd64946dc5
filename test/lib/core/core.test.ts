import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  checkMask,
  checkShape,
  countParams,
  createParam,
  createRandom,
  disposeParams,
  flattenParams,
  initializers,
  maskedCrossEntropy,
  restoreParams,
  sequenceMask,
  snapshotParams,
  useBackend,
} from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

test('checkShape gives the sizes, and says what it expected', () => {
  const sizes = checkShape('x', { shape: [2, 3, 4] }, 'batch time units', { batch: 2 });
  assert.deepEqual(sizes, { batch: 2, time: 3, units: 4 });
  // @ts-expect-error a name that is not an axis
  assert.equal(sizes.source, undefined);
  assert.deepEqual(checkShape('x', { shape: [] }, ''), {});
  assert.throws(() => checkShape('keys', { shape: [2, 3] }, 'batch time units', { batch: 3 }), {
    message: 'keys: expected shape [batch 3, time, units], got [2, 3]',
  });
  assert.throws(() => checkShape('w', { shape: [2, 3] }, 'n n'), /expected shape \[n, n\], got \[2, 3\]/);
});

onEngines('sequenceMask is 1 on the first positions of each row', () => {
  assertClose(sequenceMask([0, 2, 3], 3), [0, 0, 0, 1, 1, 0, 1, 1, 1]);
  assert.throws(() => sequenceMask([1, 4], 3), /length of row 1 must be an integer in 0 \.\.\. 3, got 4/);
});

onEngines('checkMask refuses rows of padding and other numbers', () => {
  checkMask('m', tf.tensor2d([1, 0, 0, 1], [2, 2]));
  assert.throws(() => checkMask('m', tf.tensor2d([1, 0, 0, 0], [2, 2])), /m: row 1 is all padding/);
  assert.throws(() => checkMask('m', tf.tensor2d([1, 0.5], [1, 2])), /got 0.5 at row 0, position 1/);
});

test('a tree of parameters is named, counted, copied, restored and freed', async () => {
  await useBackend('cpu');
  const before = tf.memory().numTensors;
  const make = (shape: [number, number]) =>
    createParam<tf.Rank.R2>(createRandom(0), shape, initializers.normal(1));
  const tree = {
    encoder: { forward: { kernel: make([2, 3]) } },
    layers: [{ kernel: make([1, 2]) }, { kernel: make([2, 2]) }],
  };
  const names = flattenParams(tree).map(([name]) => name);
  assert.deepEqual(names, ['encoder/forward/kernel', 'layers/0/kernel', 'layers/1/kernel']);
  assert.equal(countParams(tree), 12);

  const snapshot = snapshotParams(tree);
  const original = Array.from(tree.encoder.forward.kernel.dataSync());
  tree.encoder.forward.kernel.assign(tf.zeros([2, 3]));
  restoreParams(tree, snapshot);
  assert.deepEqual(Array.from(tree.encoder.forward.kernel.dataSync()), original);

  const broken = (change: (map: Map<string, unknown>) => void) => {
    const copy = new Map(snapshot);
    change(copy as Map<string, unknown>);
    return () => restoreParams(tree, copy);
  };
  const name = 'layers/1/kernel';
  assert.throws(
    broken((map) => map.delete(name)),
    /lacks the parameter "layers\/1\/kernel"/,
  );
  assert.throws(
    broken((map) => map.set('extra', snapshot.get(name))),
    /a tensor "extra" that the parameters lack/,
  );
  assert.throws(
    broken((map) => map.set(name, { ...snapshot.get(name), shape: [4, 1] })),
    /expected shape \[2, 2\], got \[4, 1\]/,
  );
  disposeParams(tree);
  // The zeros of the test above are still there.
  assert.equal(tf.memory().numTensors, before + 1);
  assert.throws(() => make([0, 2]), /positive integers, got \[0, 2\]/);
  assert.throws(() => flattenParams({ a: { b: 3 } } as never), /Parameter "a\/b": expected a tf.Variable/);
});

test('orthogonal kernels are: each part times its transpose is the identity', () => {
  for (const [rows, columns, parts] of [
    [4, 4, 1],
    [3, 3, 4],
    [3, 5, 2],
    [5, 3, 2],
  ] as const) {
    const values = initializers.orthogonal(parts)(createRandom(1), [rows, columns * parts]);
    for (let part = 0; part < parts; part++) {
      const at = (i: number, j: number) => values[i * columns * parts + part * columns + j]!;
      const few = Math.min(rows, columns);
      const many = Math.max(rows, columns);
      for (let a = 0; a < few; a++) {
        for (let b = 0; b < few; b++) {
          let sum = 0;
          for (let k = 0; k < many; k++) sum += rows < columns ? at(a, k) * at(b, k) : at(k, a) * at(k, b);
          assert.ok(Math.abs(sum - (a === b ? 1 : 0)) < 1e-6);
        }
      }
    }
  }
});

test('glorot stays inside its limit and fills it', () => {
  const limit = Math.sqrt(6 / (20 + 30));
  const values = initializers.glorotUniform(3)(createRandom(1), [20, 90]);
  const largest = Math.max(...values.map(Math.abs));
  assert.ok(largest <= limit && largest > 0.99 * limit);
});

onEngines('masked cross-entropy is the mean of -ln p over the real positions', () => {
  const values = [1, 2, 0.5, -1, 0, 3, 4, -2, 0.1, 9, 9, 9];
  const labels = [2, 0, 1, 0];
  const mask = [1, 1, 1, 0];
  let expected = 0;
  for (let n = 0; n < 3; n++) {
    const row = values.slice(3 * n, 3 * n + 3);
    expected += Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[labels[n]!]!;
  }
  const loss = maskedCrossEntropy(
    tf.tensor3d(values, [2, 2, 3]),
    tf.tensor2d(labels, [2, 2], 'int32'),
    tf.tensor2d(mask, [2, 2]),
  );
  assertClose(loss, [expected / 3], 1e-6);
  // Scores far out of exp's range.
  const far = maskedCrossEntropy(tf.tensor3d([1000, 0, -1000], [1, 1, 3]), tf.tensor2d([1], [1, 1], 'int32'));
  assertClose(far, [1000], 1e-3);
});

onEngines('its gradient agrees with central differences and is 0 on padding', () => {
  const labels = tf.tensor2d([2, 0, 1, 3], [2, 2], 'int32');
  const mask = tf.tensor2d([1, 1, 1, 0], [2, 2]);
  const logits = wave<tf.Rank.R3>(1, 2, 2, 4);
  assertGradients([logits], (x) => maskedCrossEntropy(x as tf.Tensor3D, labels, mask));
  const gradient = tf.grad((x) => maskedCrossEntropy(x as tf.Tensor3D, labels, mask))(logits);
  assert.ok(
    gradient
      .dataSync()
      .slice(12)
      .every((value) => value === 0),
  );
});

onEngines('a loss without a real position is refused', () => {
  assert.throws(
    () => maskedCrossEntropy(tf.zeros([1, 1, 2]), tf.zeros([1, 1], 'int32'), tf.zeros([1, 1])),
    /no real position/,
  );
});
