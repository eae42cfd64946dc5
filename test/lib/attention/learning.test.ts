import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type AlignmentConfig, createAlignment, createRandom, disposeParams, initAlignment } from 'heed';
import { onEngines } from '../support/engines.js';

/** Every score, then every normaliser and window with one of them. */
const ways: readonly Partial<AlignmentConfig>[] = [
  ...(
    [
      'additive',
      'dot',
      'scaled dot',
      'general',
      'concat',
      'location',
      'cosine',
      'location-sensitive',
      'coverage',
    ] as const
  ).map((score) => ({ score })),
  ...(['sparsemax', 'entmax15', 'monotonic'] as const).map((normalise) => ({
    score: 'general' as const,
    normalise,
  })),
  { score: 'general', window: 'local-m', radius: 1 },
  // Wide: the predicted place learns from what its window shows, and a narrow one can stay where the target is out of sight.
  { score: 'general', window: 'local-p', radius: 3 },
];

/*
 * The smallest task that needs a place: output t is the value at position t. Queries and keys say which place they are, by
 * vectors that a learnt layer maps; nothing tells alpha where to look but the error of the output.
 */
onEngines('every way learns to copy: most of alpha comes to lie on the diagonal', () => {
  const [batch, source, units] = [8, 5, 5];
  const random = createRandom(4);
  const values = tf.tensor3d(random.normals(batch * source * 3), [batch, source, 3]);
  const places = tf.tile(tf.eye(source).expandDims(0), [batch, 1, 1]) as tf.Tensor3D;
  for (const config of ways) {
    const params = initAlignment(random.child('params'), config, { query: units, key: units, units: 12 });
    const alignment = createAlignment(config, params);
    // The layer that maps places to queries, so that also a score without parameters has something to learn.
    const kernel = tf.variable(tf.tensor2d(random.child('kernel').normals(units * units), [units, units]));
    const optimizer = tf.train.adam(0.1);
    const look = () => {
      const queries = tf.matMul(places.reshape([-1, units]), kernel).reshape(places.shape) as tf.Tensor3D;
      return alignment.lookAll(queries, alignment.remember({ keys: places, values }));
    };
    const loss = () => tf.losses.meanSquaredError(values, look().context) as tf.Scalar;
    const first = tf.tidy(() => loss().dataSync()[0]!);
    for (let step = 0; step < 60; step++) optimizer.minimize(() => tf.tidy(loss));
    const last = tf.tidy(() => loss().dataSync()[0]!);
    const diagonal = tf.tidy(() => look().alpha.mul(places).sum(2).mean().dataSync()[0]!);
    console.log(alignment.name, first.toFixed(3), last.toFixed(3), diagonal.toFixed(3));
    assert.ok(diagonal > 0.8 && last < first / 4, `${alignment.name}: ${first} to ${last}, ${diagonal}`);
    disposeParams({ ...params, kernel });
    optimizer.dispose();
  }
}, ['wasm']);
