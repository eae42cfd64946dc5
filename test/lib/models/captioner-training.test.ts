import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  type CaptionedPicture,
  caption,
  captionLoss,
  createRandom,
  disposeParams,
  hardCaptionLoss,
  initCaptioner,
  type Random,
  train,
  useBackend,
  warmupCosine,
} from 'heed';
import { tiny } from './tiny-captioner.js';

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
