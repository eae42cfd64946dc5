import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  type CaptionedPicture,
  type Captioner,
  type CaptionPicture,
  caption,
  captionBeam,
  captionerGrid,
  captionLoss,
  createRandom,
  disposeParams,
  flattenParams,
  hardCaptionLoss,
  initCaptioner,
  initTranslator,
  loadCaptioner,
  lossAndGradients,
  type Random,
  saveCaptioner,
  saveTranslator,
  teacherForceCaptions,
  train,
  useBackend,
  warmupCosine,
} from 'heed';
import { captionStep } from '../../../lib/src/models/caption.js';
import { readCaptionPictures } from '../../../lib/src/models/captioner.js';
import { START } from '../../../lib/src/text/vocabulary.js';
import { assertClose, onEngines } from '../support/engines.js';

/** Regions of 4 x 4 pixels beside each other. */
const encoder = [{ filter: 4, stride: 4, units: 5 }];
const tiny = { vocab: 9, size: 12, encoder, embedding: 4, units: 6, attention: 3 };

function picture(seed: number, size = 12, depth = 1): CaptionPicture {
  return { size, pixels: createRandom(seed).uniforms(size * size * depth) };
}
const batch: CaptionedPicture[] = [
  { picture: picture(1), ids: [4, 5, 6, 7] },
  { picture: picture(2), ids: [8, 4] },
  { picture: picture(3), ids: [5, 5, 8] },
];

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

for (const look of ['soft', 'hard'] as const) {
  onEngines(
    `${look}: a beam of one is greedy; a wider one ends at least as probable; batches change nothing`,
    () => {
      const captioner = initCaptioner(createRandom(4), { ...tiny, look });
      const pictures = Array.from({ length: 5 }, (_, k) => picture(10 + k));
      const before = tf.memory().numTensors;
      const greedy = caption(captioner, pictures, { maxLength: 6 });
      assert.deepEqual(
        caption(captioner, pictures, { maxLength: 6, batchSize: 2 }).map(({ ids }) => ids),
        greedy.map(({ ids }) => ids),
      );
      const narrow = captionBeam(captioner, pictures, { maxLength: 6, width: 1 });
      const wide = captionBeam(captioner, pictures, { maxLength: 6, width: 4, best: 3, batchSize: 2 });
      for (const [k, written] of greedy.entries()) {
        assert.deepEqual(narrow[k]![0]!.ids, written.ids);
        assertClose([narrow[k]![0]!.logProbability], [written.logProbability], 1e-5);
        for (const [t, alpha] of written.alpha.entries()) {
          assert.equal(alpha.length, captionerGrid(captioner.config).regions);
          assertClose(narrow[k]![0]!.alpha[t]!, alpha, 1e-5);
          assertClose([alpha.reduce((sum, value) => sum + value, 0)], [1], 1e-5);
        }
        if (written.ended && wide[k]![0]!.ended)
          assert.ok(wide[k]![0]!.logProbability >= written.logProbability - 1e-5);
        for (let n = 1; n < wide[k]!.length; n++)
          if (wide[k]![n]!.ended) assert.ok(wide[k]![n - 1]!.score >= wide[k]![n]!.score);
      }
      assert.equal(tf.memory().numTensors, before);
    },
  );
}

onEngines('overwritten alpha is what the word then sees, for the right picture of the right batch', () => {
  const captioner = initCaptioner(createRandom(5), tiny);
  // Weights that were never trained may end a caption at once; this one is to write.
  tf.tidy(() => captioner.params.decoder.output.bias.assign(tf.tensor1d([0, 0, -9, 0, 0, 0, 0, 0, 0])));
  const pictures = [picture(20), picture(21), picture(22)];
  const corner = Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1);
  const plain = caption(captioner, pictures, { maxLength: 3 });
  const written = caption(captioner, pictures, {
    maxLength: 3,
    batchSize: 2,
    overwrite: (step, row) => (step === 0 && row === 2 ? corner : undefined),
  });
  assert.deepEqual([...written[2]!.alpha[0]!], [...corner]);
  assertClose(written[0]!.alpha[0]!, plain[0]!.alpha[0]!);
  assert.throws(
    () => caption(captioner, pictures, { look: 'hard', overwrite: () => corner }),
    /only with soft looks/,
  );
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

test('what was saved comes back with the same captions; other files are refused', async () => {
  await useBackend('wasm');
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-captioner-'));
  try {
    const file = path.join(folder, 'captioner.safetensors');
    const captioner = initCaptioner(createRandom(8), { ...tiny, look: 'hard' });
    // Running averages of batch norm are part of it.
    tf.tidy(() => captionLoss(captioner, batch));
    await saveCaptioner(file, captioner, { words: ['a', 'circle'] });
    const before = tf.memory().numTensors;
    const { captioner: loaded, extra } = await loadCaptioner(file, { vocab: 9, size: 12, depth: 1 });
    assert.deepEqual(loaded.config, captioner.config);
    assert.deepEqual(extra, { words: ['a', 'circle'] });
    const answers = (of: Captioner) => caption(of, [picture(30), picture(31)], { maxLength: 5 });
    assert.deepEqual(answers(loaded), answers(captioner));
    disposeParams(loaded.params);
    assert.equal(tf.memory().numTensors, before);
    await assert.rejects(loadCaptioner(file, { vocab: 10 }), /expected a captioner with vocab 10, got 9/);
    await assert.rejects(loadCaptioner(path.join(folder, 'none.safetensors')), /none\.safetensors/);
    const other = path.join(folder, 'translator.safetensors');
    await saveTranslator(
      other,
      initTranslator(createRandom(1), {
        sourceVocab: 5,
        targetVocab: 5,
        embedding: 2,
        units: 2,
        attention: 2,
      }),
    );
    await assert.rejects(loadCaptioner(other), /expected the checkpoint of a captioner, got "translator"/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Two of nine squares have a pattern; the caption names the patterns in reading order. The place of each word is known. */
function patterned(random: Random): CaptionedPicture & { places: number[] } {
  const patterns = [() => 1, (y: number) => y % 2, (_: number, x: number) => x % 2];
  const pixels = new Float32Array(144);
  const places = random
    .permutation(9)
    .slice(0, 2)
    .sort((a, b) => a - b);
  const kinds = places.map(() => random.integer(patterns.length));
  for (const [k, place] of places.entries()) {
    for (let at = 0; at < 16; at++) {
      const [y, x] = [Math.floor(at / 4), at % 4];
      pixels[(4 * Math.floor(place / 3) + y) * 12 + 4 * (place % 3) + x] = patterns[kinds[k]!]!(y, x);
    }
  }
  return { picture: { size: 12, pixels }, ids: kinds.map((kind) => 4 + kind), places };
}

for (const look of ['soft', 'hard'] as const) {
  test(`${look}: learns to name two patterns in their order and to point at them; the number of tensors stays`, async () => {
    await useBackend('wasm');
    const captioner = initCaptioner(createRandom(9), {
      ...tiny,
      vocab: 7,
      look,
      embedding: 8,
      units: 24,
      attention: 16,
      encoder: [{ filter: 4, stride: 4, units: 12 }],
    });
    const tensors: number[] = [];
    const steps = 300;
    const { history } = await train({
      params: captioner.params,
      batches: (_, { random }) => Array.from({ length: 24 }, () => patterned(random!)),
      loss: (some, { step, random }) =>
        look === 'hard' && step >= 100
          ? hardCaptionLoss(captioner, some, { random: random!, samples: 3, entropy: 0.02 })
          : captionLoss(captioner, some),
      random: createRandom(10),
      steps,
      learningRate: warmupCosine({ peak: 1e-2, steps, warmup: 20 }),
      clipNorm: 1,
      onStep: () => void tensors.push(tf.memory().numTensors),
    });
    assert.equal(tensors.at(-1), tensors[110]);
    const random = createRandom('unseen');
    const unseen = Array.from({ length: 200 }, () => patterned(random));
    const written = caption(
      captioner,
      unseen.map(({ picture: one }) => one),
      { maxLength: 4 },
    );
    const exact = unseen.filter(({ ids }, k) => ids.join() === written[k]!.ids.join()).length / 200;
    const peak = (alpha: Float32Array | undefined) => alpha?.indexOf(Math.max(...alpha));
    const pointed = unseen.flatMap(({ places }, k) =>
      places.map((place, t) => peak(written[k]!.alpha[t]) === place),
    );
    const pointing = pointed.filter(Boolean).length / pointed.length;
    const summary = `loss ${history[0]!.loss} to ${history.at(-1)!.loss}, exact ${exact}, pointing ${pointing}`;
    assert.ok(exact >= 0.9 && pointing >= 0.9, summary);
    disposeParams(captioner.params);
  });
}
