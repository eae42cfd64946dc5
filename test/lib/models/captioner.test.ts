import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  type CaptionedPicture,
  type CaptionPicture,
  caption,
  captionBeam,
  captionLoss,
  createRandom,
  disposeParams,
  flattenParams,
  initCaptioner,
  lossAndGradients,
  teacherForceCaptions,
  useBackend,
} from 'heed';
import { captionStep } from '../../../lib/src/models/caption.js';
import { readCaptionPictures } from '../../../lib/src/models/captioner.js';
import { START } from '../../../lib/src/text/vocabulary.js';
import { assertClose, onEngines } from '../support/engines.js';
import { batch, picture, tiny } from './tiny-captioner.js';

onEngines(
  'the first loss is near ln of the vocabulary, every parameter has a gradient, nothing leaks',
  () => {
    const captioner = initCaptioner(createRandom(1), tiny);
    const before = tf.memory().numTensors;
    for (const doublyStochastic of [0, 0.1]) {
      const { loss, gradients } = lossAndGradients(
        captioner.params,
        () => captionLoss(captioner, batch, { doublyStochastic }),
        0,
      );
      assert.ok(doublyStochastic > 0 || Math.abs(loss - Math.log(9)) < 1, `loss ${loss}`);
      for (const [name, variable] of flattenParams(captioner.params))
        if (variable.trainable)
          assert.ok(
            gradients
              .get(name)
              ?.dataSync()
              .some((value) => value !== 0),
            name,
          );
      tf.dispose([...gradients.values()]);
      assert.equal(tf.memory().numTensors, before);
    }
  },
);

onEngines(
  'the loss of a batch is the mean over its words, padding left out; lambda times the penalty comes on top',
  () => {
    const captioner = initCaptioner(createRandom(2), tiny);
    const lossOf = (some: CaptionedPicture[], doublyStochastic = 0) =>
      captionLoss(captioner, some, { mode: 'predict', doublyStochastic }).dataSync()[0]!;
    const words = batch.map(({ ids }) => ids.length + 1);
    const alone = batch.map((one) => lossOf([one]));
    const total = words.reduce((sum, n) => sum + n, 0);
    assertClose([lossOf(batch)], [alone.reduce((sum, loss, k) => sum + loss * words[k]!, 0) / total], 1e-5);
    // By hand, picture by picture: there the rows of alpha are no rectangle.
    const penalties = batch.map((one) => {
      const { alphas } = teacherForceCaptions(captioner, [one], 'predict');
      const paid = (alphas.sum(1).arraySync() as number[][])[0]!;
      return paid.reduce((sum, value) => sum + (1 - value) ** 2, 0);
    });
    const mean = penalties.reduce((sum, value) => sum + value, 0) / batch.length;
    assertClose([lossOf(batch, 0.5) - lossOf(batch)], [0.5 * mean], 1e-4);
    assert.ok(mean > 0);
  },
);

onEngines('step by step as with the whole caption given: the same scores and the same alpha', () => {
  const captioner = initCaptioner(createRandom(3), tiny);
  const forced = teacherForceCaptions(captioner, batch.slice(0, 1), 'predict');
  const { memory, state: start } = readCaptionPictures(captioner, [batch[0]!.picture], 'predict');
  const step = captionStep(captioner, memory);
  let state: readonly tf.Tensor2D[] = start;
  for (const [t, id] of [START, ...batch[0]!.ids].entries()) {
    const { logits, alpha, state: next } = step(tf.tensor1d([id], 'int32'), state, t);
    state = next;
    assertClose(logits, forced.logits.slice([0, t, 0], [1, 1, 9]).dataSync(), 1e-5, `logits ${t}`);
    assertClose(alpha, forced.alphas.slice([0, t, 0], [1, 1, 9]).dataSync(), 1e-5, `alpha ${t}`);
    assertClose([alpha.sum().dataSync()[0]!], [1], 1e-5);
  }
});

test('pictures of a wrong size or depth, or with numbers that are none, are refused', async () => {
  await useBackend('wasm');
  const captioner = initCaptioner(createRandom(6), tiny);
  const before = tf.memory().numTensors;
  const wrong = (one: CaptionPicture, message: RegExp) => {
    assert.throws(() => caption(captioner, [picture(1), one]), message);
    assert.throws(() => captionBeam(captioner, [one]), message);
    assert.throws(() => tf.tidy(() => captionLoss(captioner, [{ picture: one, ids: [4] }])), message);
  };
  wrong(picture(1, 16), /expected pictures of 12 x 12 pixels, got 16 x 16 \(picture \d\); scale or cut it/);
  wrong(
    picture(1, 12, 3),
    /expected pictures of depth 1, 144 numbers, got 432, which is depth 3 \(picture \d\); make it grey/,
  );
  wrong(
    { size: 12, pixels: new Float32Array(100) },
    /expected pictures of depth 1, 144 numbers, got 100 \(picture \d\)/,
  );
  wrong({ size: 12, pixels: new Float32Array(144).fill(Number.NaN, 7, 8) }, /number 7 of picture \d is NaN/);
  assert.deepEqual(caption(captioner, []), []);
  assert.throws(() => captionLoss(captioner, []), /at least one picture, got none/);
  assert.throws(
    () => captionLoss(captioner, batch, { doublyStochastic: -1 }),
    /doublyStochastic must be a number of at least 0, got -1/,
  );
  assert.equal(tf.memory().numTensors, before);
  const colour = initCaptioner(createRandom(6), { ...tiny, depth: 3 });
  assert.equal(caption(colour, [picture(1, 12, 3)], { maxLength: 2 }).length, 1);
  disposeParams(captioner.params);
  disposeParams(colour.params);
});

test('sizes that make no sense are refused', () => {
  const random = createRandom(7);
  assert.throws(
    () => initCaptioner(random, { ...tiny, vocab: 0 }),
    /vocab must be a positive integer, got 0/,
  );
  assert.throws(
    () => initCaptioner(random, { ...tiny, size: 3 }),
    /A region sees 4 x 4 pixels; expected pictures of at least that size, got 3 x 3/,
  );
  assert.throws(
    () => initCaptioner(random, { ...tiny, look: 'both' as 'soft' }),
    /look must be "soft" or "hard", got "both"/,
  );
  assert.throws(() => initCaptioner(random, { ...tiny, encoder: [] }), /at least one layer in the encoder/);
});
