import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { rotation, sinusoidalPositions } from 'heed';
import { assertClose, onEngines, wave } from '../../support/engines.js';

onEngines(
  'sinusoidal positions: the closed form, and position t + k is position t turned by an angle of k alone',
  () => {
    const units = 6;
    const table = sinusoidalPositions(40, units).arraySync();
    assertClose(table[0]!, [0, 1, 0, 1, 0, 1], 0);
    for (const t of [1, 7, 39]) {
      for (let i = 0; i < units / 2; i++) {
        const angle = t / 10000 ** ((2 * i) / units);
        assertClose([table[t]![2 * i]!, table[t]![2 * i + 1]!], [Math.sin(angle), Math.cos(angle)], 1e-6);
      }
    }
    const k = 5;
    for (const t of [0, 3, 30]) {
      for (let i = 0; i < units / 2; i++) {
        const turn = k / 10000 ** ((2 * i) / units);
        const [sine, cosine] = [table[t]![2 * i]!, table[t]![2 * i + 1]!];
        const turned = [
          sine * Math.cos(turn) + cosine * Math.sin(turn),
          cosine * Math.cos(turn) - sine * Math.sin(turn),
        ];
        assertClose(table[t + k]!.slice(2 * i, 2 * i + 2), turned, 1e-6);
      }
    }
    assertClose(sinusoidalPositions(3, units, 4), table.slice(4, 7).flat(), 1e-7);
  },
);

onEngines('rotary positions: lengths stay, and a score depends on the distance alone', () => {
  const [units, heads] = [8, 2];
  const [query, key] = [wave<tf.Rank.R1>(1, units), wave<tf.Rank.R1>(2, units)];
  // The same query and key at every position.
  const everywhere = (x: tf.Tensor1D) => tf.tile(x.reshape([1, 1, units]), [1, 12, 1]) as tf.Tensor3D;
  const rotate = rotation(12, units, heads);
  const [asked, known] = [rotate(everywhere(query)), rotate(everywhere(key))];
  assertClose(tf.norm(asked, 2, 2), new Float32Array(12).fill(tf.norm(query).dataSync()[0]!), 1e-5);
  for (let head = 0; head < heads; head++) {
    const [q, k] = [asked, known].map((x) => x.slice([0, 0, 4 * head], [1, 12, 4]).squeeze([0])) as [
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    const scores = tf.matMul(q, k, false, true).arraySync() as number[][];
    for (let t = 1; t < 12; t++)
      for (let s = 1; s < 12; s++) assert.ok(Math.abs(scores[t]![s]! - scores[t - 1]![s - 1]!) < 1e-5);
    assert.ok(Math.abs(scores[5]![1]! - scores[5]![3]!) > 1e-2, 'another distance, another score');
  }
  const later = rotation(3, units, heads, 9)(everywhere(query).slice([0, 0, 0], [1, 3, units]));
  assertClose(later, asked.slice([0, 9, 0], [1, 3, units]).dataSync(), 1e-6);
});
