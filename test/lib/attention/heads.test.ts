import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { attend, attendHeads, scaledDotScore } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

const query = () => wave<tf.Rank.R3>(1, 2, 3, 6);
const keys = () => wave<tf.Rank.R3>(2, 2, 5, 6);
const values = () => wave<tf.Rank.R3>(3, 2, 5, 6);
const mask = () => tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [2, 5]);

onEngines('each head is plain scaled dot attention on its columns', () => {
  for (const heads of [1, 2, 3]) {
    const { mixed, alpha } = attendHeads(query(), keys(), values(), { heads, mask: mask() });
    const size = 6 / heads;
    for (let head = 0; head < heads; head++) {
      const part = (x: tf.Tensor3D) => x.slice([0, 0, head * size], [-1, -1, size]);
      const one = attend({
        score: scaledDotScore,
        ...{ query: part(query()), keys: part(keys()), values: part(values()), mask: mask() },
      });
      assertClose(part(mixed), one.context.dataSync(), 1e-5, `context of head ${head} of ${heads}`);
      assertClose(alpha.slice([0, head, 0, 0], [-1, 1, -1, -1]), one.alpha.dataSync(), 1e-6);
    }
  }
});

onEngines('rows sum to 1; padding and later positions get exactly 0, whatever lies under them', () => {
  // Lengths around four, the width of a vector, and one row that sees a single position.
  for (const source of [1, 3, 4, 5, 9]) {
    const real = Math.max(1, source - 2);
    const shown = tf.tensor2d(
      Float32Array.from({ length: source }, (_, j) => (j < real ? 1 : 0)),
      [1, source],
    );
    const known = wave<tf.Rank.R3>(2, 1, source, 4);
    const damaged = tf.where(
      shown.expandDims(2).cast('bool'),
      known,
      tf.fill(known.shape, Number.NaN),
    ) as tf.Tensor3D;
    const { alpha } = attendHeads(wave<tf.Rank.R3>(1, 1, source, 4), damaged, known, {
      heads: 2,
      mask: shown,
      causal: true,
    });
    const weights = alpha.dataSync();
    for (let n = 0; n < weights.length; n++) {
      const [t, s] = [Math.floor(n / source) % source, n % source];
      if (s > t || s >= real) assert.equal(weights[n], 0, `output ${t} to position ${s} of ${source}`);
      else assert.ok(weights[n]! > 0);
    }
    assertClose(tf.sum(alpha, 3), new Float32Array(2 * source).fill(1), 1e-6);
  }
});

onEngines('causal: a later position changed, and what came before is the same to the last bit', () => {
  const x = wave<tf.Rank.R3>(1, 2, 5, 6);
  const changed = tf.concat([x.slice([0, 0, 0], [2, 3, 6]), wave<tf.Rank.R3>(9, 2, 2, 6)], 1) as tf.Tensor3D;
  const run = (input: tf.Tensor3D) =>
    attendHeads(input, input, input, { heads: 3, causal: true }).mixed.slice([0, 0, 0], [2, 3, 6]).dataSync();
  assert.deepEqual(run(changed), run(x));
  // The last output of a causal block sees everything, also where only the last outputs are asked for.
  const { mixed } = attendHeads(x, x, x, { heads: 3, causal: true });
  const last = attendHeads(x.slice([0, 3, 0], [2, 2, 6]), x, x, { heads: 3, causal: true });
  assertClose(last.mixed, mixed.slice([0, 3, 0], [2, 2, 6]).dataSync(), 1e-6);
});

onEngines('large scores do not overflow', () => {
  const { alpha } = attendHeads(tf.mul(query(), 1e4), tf.mul(keys(), 1e4), values(), { heads: 2 });
  assertClose(tf.sum(alpha, 3), new Float32Array(12).fill(1), 1e-5);
});

onEngines('gradients agree with central differences, that of alpha included', () => {
  const probe = wave(0.4, 2, 3, 6);
  const alphaProbe = wave(0.7, 2, 2, 3, 5);
  for (const causal of [false, true]) {
    assertGradients([query(), keys(), values()], (q, k, v) => {
      const { mixed, alpha } = attendHeads(q as tf.Tensor3D, k as tf.Tensor3D, v as tf.Tensor3D, {
        ...{ heads: 2, mask: mask(), causal },
      });
      return tf.add(tf.sum(tf.mul(mixed, probe)), tf.sum(tf.mul(alpha, alphaProbe)));
    });
  }
});

onEngines('leaks and errors', () => {
  const [q, k, v] = [query(), keys(), values()];
  const before = tf.memory().numTensors;
  tf.dispose(Object.values(attendHeads(q, k, v, { heads: 2 })));
  assert.equal(tf.memory().numTensors, before);
  assert.throws(() => attendHeads(q, k, v, { heads: 4 }), /must divide the 6 units into equal parts, got 4/);
  assert.throws(() => attendHeads(q, k, q, { heads: 2 }), /heads values: expected shape .*source 5/);
  assert.throws(
    () => attendHeads(k, q, q, { heads: 2, causal: true }),
    /causal attention of 5 outputs needs as many positions, got 3/,
  );
});
