import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { maskedCrossEntropy } from 'heed';
import { assertClose, assertGradients, onEngines, wave } from '../support/engines.js';

const labels = () => tf.tensor2d([2, 0, 1, 3], [2, 2], 'int32');
const mask = () => tf.tensor2d([1, 1, 1, 0], [2, 2]);

onEngines('label smoothing: the cross-entropy with a label that is spread a little', () => {
  const logits = wave<tf.Rank.R3>(1, 2, 2, 4);
  const each = tf.logSoftmax(logits).reshape([4, 4]).arraySync() as number[][];
  const smoothing = 0.2;
  const expected = [2, 0, 1]
    .map((label, row) =>
      each[row]!.reduce((sum, p, id) => sum - p * (smoothing / 4 + (id === label ? 1 - smoothing : 0)), 0),
    )
    .reduce((sum, loss) => sum + loss / 3, 0);
  assertClose(maskedCrossEntropy(logits, labels(), mask(), { smoothing }), [expected], 1e-5);
  assertGradients([logits], (x) => maskedCrossEntropy(x as tf.Tensor3D, labels(), mask(), { smoothing }));
});

onEngines(
  'label smoothing: none is the plain loss, and the best scores are no longer infinitely far apart',
  () => {
    const logits = wave<tf.Rank.R3>(1, 2, 2, 4);
    const plain = maskedCrossEntropy(logits, labels(), mask()).dataSync()[0]!;
    assert.equal(maskedCrossEntropy(logits, labels(), mask(), { smoothing: 0 }).dataSync()[0], plain);
    // At the smoothed label itself the gradient is 0: ln of 0.9 + 0.1 / 2 and of 0.1 / 2.
    const best = tf.tensor3d([Math.log(0.95), Math.log(0.05)], [1, 1, 2]);
    const zero = tf.tensor2d([0], [1, 1], 'int32');
    const gradient = tf.grad((x) => maskedCrossEntropy(x as tf.Tensor3D, zero, null, { smoothing: 0.1 }))(
      best,
    );
    assertClose(gradient, [0, 0], 1e-6);
    for (const smoothing of [-0.1, 1, Number.NaN])
      assert.throws(
        () => maskedCrossEntropy(best, zero, null, { smoothing }),
        /smoothing must be in \[0, 1\), got/,
      );
  },
);

onEngines('label smoothing: a large vocabulary is smoothed like a small one', () => {
  const vocab = 600; // above what the fused loss begins at
  const logits = wave<tf.Rank.R3>(1, 1, 2, vocab);
  const labels = tf.tensor2d([[5, 599]], [1, 2], 'int32');
  const loss = (smoothing: number) => maskedCrossEntropy(logits, labels, null, { smoothing }).dataSync()[0]!;
  const even = -tf.mean(tf.logSoftmax(logits)).dataSync()[0]!;
  assert.ok(Math.abs(loss(0.1) - (0.9 * loss(0) + 0.1 * even)) < 1e-4);
  assert.ok(Math.abs(loss(0.1) - loss(0)) > 1e-3, 'smoothing does something here');
  // softmax - smoothed label, over the two positions.
  const [gradient] = tf.grads((x) => maskedCrossEntropy(x as tf.Tensor3D, labels, null, { smoothing: 0.1 }))([
    logits,
  ]);
  const label = tf.add(tf.mul(tf.oneHot(labels, vocab), 0.9), 0.1 / vocab);
  assertClose(gradient!, tf.div(tf.sub(tf.softmax(logits), label), 2).dataSync(), 1e-7);
});
