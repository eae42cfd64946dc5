import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type AlignmentConfig, createAlignment, createRandom, initAlignment } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

const sizes = { query: 4, key: 4, units: 5 };
const byContent = ['additive', 'dot', 'scaled dot', 'general', 'concat', 'cosine'] as const;
const all = [...byContent, 'location', 'location-sensitive', 'coverage'] as const;

const made = (config: Partial<AlignmentConfig>) =>
  createAlignment(config, initAlignment(createRandom(3), config, sizes));

onEngines('alpha follows keys and mask when they change places, whatever the normaliser', () => {
  const order = tf.tensor1d([4, 2, 0, 5, 1, 3], 'int32');
  const [queries, values] = [wave<tf.Rank.R3>(1, 2, 3, 4), wave<tf.Rank.R3>(2, 2, 6, 4)];
  const mask = tf.tensor2d([1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0], [2, 6]);
  for (const score of byContent) {
    for (const normalise of ['softmax', 'sparsemax', 'entmax15'] as const) {
      const alignment = made({ score, normalise });
      const look = (v: tf.Tensor3D, m: tf.Tensor2D) =>
        alignment.lookAll(queries, alignment.remember({ values: v, mask: m }));
      const before = look(values, mask);
      const after = look(tf.gather(values, order, 1), tf.gather(mask, order, 1));
      assertClose(after.alpha, tf.gather(before.alpha, order, 2).dataSync(), 1e-5, alignment.name);
      assertClose(after.context, before.context.dataSync(), 1e-5, alignment.name);
    }
  }
});

onEngines('gradients of whole alignments agree with central differences, through the steps too', () => {
  const [queries, values] = [wave<tf.Rank.R3>(1, 1, 2, 4), wave<tf.Rank.R3>(2, 1, 3, 4)];
  const probe = wave(0.6, 1, 2, 4);
  const ways: Partial<AlignmentConfig>[] = [
    {},
    { normalise: 'monotonic' },
    { window: 'local-p', radius: 9, total: 'paper' },
  ];
  for (const score of all) {
    for (const way of ways) {
      if (score === 'coverage' && way.normalise === 'monotonic') continue; // refused
      const alignment = made({ score, ...way });
      assertGradients([queries, values], (q, v) =>
        alignment
          .lookAll(q as tf.Tensor3D, alignment.remember({ values: v as tf.Tensor3D }))
          .context.mul(probe)
          .sum(),
      );
    }
  }
});

onEngines('the alpha of another source is refused, before it can be mixed in', () => {
  const alignment = made({ score: 'location-sensitive' });
  const memory = alignment.remember({ values: wave<tf.Rank.R3>(2, 2, 6, 4) });
  const foreign = { step: 1, alpha: tf.ones([2, 5]) as tf.Tensor2D };
  const expected = /previous alpha: expected shape \[batch 2, source 6\], got \[2, 5\]/;
  assert.throws(() => alignment.look(tf.ones([2, 4]), memory, foreign), expected);
  assert.throws(() => alignment.lookAll(tf.ones([2, 1, 4]), memory, foreign), expected);
});
