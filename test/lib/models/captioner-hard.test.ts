import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  type CaptionedPicture,
  caption,
  createRandom,
  disposeParams,
  flattenParams,
  hardCaptionLoss,
  initCaptioner,
  lossAndGradients,
  lstmStep,
  useBackend,
} from 'heed';
import { additiveScores } from '../../../lib/src/attention/score.js';
import { captionTargets, readCaptionPictures } from '../../../lib/src/models/captioner.js';
import { assertClose, onEngines } from '../support/engines.js';

/** Four regions of 4 x 4 pixels. */
const tiny = {
  vocab: 7,
  size: 8,
  encoder: [{ filter: 4, stride: 4, units: 5 }],
  embedding: 3,
  units: 4,
  attention: 3,
  look: 'hard',
} as const;
const REGIONS = 4;
const one = (seed: number, ids: number[]): CaptionedPicture => ({
  picture: { size: 8, pixels: createRandom(seed).uniforms(64) },
  ids,
});
const pictures = [one(1, [4, 5]), one(2, [6])];
const ids = pictures.map((example) => example.ids);

/**
 * The expected loss, summed over every way to look: regions^words of them, each with its probability. Written once more here, from the
 * equations, with a picture at a time.
 */
function expectedLoss(captioner: ReturnType<typeof initCaptioner>): tf.Scalar {
  const { decoder } = captioner.params;
  const reading = readCaptionPictures(
    captioner,
    pictures.map(({ picture }) => picture),
    'measure',
  );
  const { previous, labels } = captionTargets(pictures);
  const given = previous.arraySync() as number[][];
  const wanted = labels.arraySync() as number[][];
  const row = <T extends tf.Tensor>(tensor: T, n: number) =>
    tensor.slice([n, ...tensor.shape.slice(1).map(() => 0)], [1, ...tensor.shape.slice(1)]) as T;
  const terms: tf.Tensor[] = [];
  for (const [n, { ids: own }] of pictures.entries()) {
    const keys = row(reading.memory.keys, n);
    const values = row(reading.memory.values, n);
    const words = own.length + 1;
    for (let path = 0; path < REGIONS ** words; path++) {
      let state = { hidden: row(reading.state[0]!, n), cell: row(reading.state[1]!, n) };
      let logP: tf.Tensor = tf.scalar(0);
      let loss: tf.Tensor = tf.scalar(0);
      for (let t = 0; t < words; t++) {
        const region = Math.floor(path / REGIONS ** t) % REGIONS;
        const attention = decoder.attention as never;
        const scores = additiveScores(attention, state.hidden.expandDims(1) as tf.Tensor3D, keys);
        logP = tf.add(
          logP,
          tf
            .logSoftmax(scores.reshape([1, REGIONS]))
            .slice([0, region], [1, 1])
            .sum(),
        );
        const context = values.slice([0, region, 0], [1, 1, values.shape[2]]).reshape([1, values.shape[2]]);
        const vector = decoder.embedding.table.slice([given[n]![t]!, 0], [1, tiny.embedding]);
        state = lstmStep(decoder.cell as never, tf.concat([vector, context], 1) as tf.Tensor2D, state);
        const seen = tf.concat([state.hidden, context, vector], 1);
        const logits = tf.add(tf.matMul(seen as tf.Tensor2D, decoder.output.kernel), decoder.output.bias);
        loss = tf.sub(
          loss,
          tf
            .logSoftmax(logits as tf.Tensor2D)
            .slice([0, wanted[n]![t]!], [1, 1])
            .sum(),
        );
      }
      terms.push(tf.mul(tf.exp(logP), loss));
    }
  }
  const words = ids.reduce((sum, own) => sum + own.length + 1, 0);
  return tf.div(tf.addN(terms), words) as tf.Scalar;
}

test('value and gradient are those of the expected loss over all ways to look, within 4 standard errors', async () => {
  await useBackend('wasm');
  const captioner = initCaptioner(createRandom(3), tiny);
  // Scores that differ, so that the regions are not all equally likely.
  tf.tidy(() => {
    const { vector } = captioner.params.decoder.attention;
    vector!.assign(tf.mul(vector!, 3));
  });
  const exact = lossAndGradients(captioner.params, () => tf.tidy(() => expectedLoss(captioner)), 0);
  const names = [
    'decoder/attention/vector',
    'decoder/attention/queryKernel',
    'decoder/cell/bias',
    'bridge/hidden/kernel',
  ];
  const rounds = 100;
  const sums = new Map(
    names.map((name) => [
      name,
      {
        sum: new Float64Array(exact.gradients.get(name)!.size),
        square: new Float64Array(exact.gradients.get(name)!.size),
      },
    ]),
  );
  let [value, squares] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const { loss, gradients } = lossAndGradients(
      captioner.params,
      () => hardCaptionLoss(captioner, pictures, { random: createRandom(round), samples: 8, entropy: 0 }),
      0,
    );
    value += loss / rounds;
    squares += loss ** 2 / rounds;
    for (const [name, { sum, square }] of sums)
      for (const [k, part] of gradients.get(name)!.dataSync().entries()) {
        sum[k]! += part / rounds;
        square[k]! += part ** 2 / rounds;
      }
    tf.dispose([...gradients.values()]);
  }
  const within = (mean: number, meanSquare: number, truth: number, what: string) => {
    const error = Math.sqrt(Math.max(0, meanSquare - mean ** 2) / (rounds - 1));
    assert.ok(
      Math.abs(mean - truth) <= 4 * error + 1e-6,
      `${what}: ${mean}, exact ${truth}, standard error ${error}`,
    );
  };
  within(value, squares, exact.loss, 'loss');
  let largest = 0;
  for (const [name, { sum, square }] of sums)
    for (const [k, truth] of exact.gradients.get(name)!.dataSync().entries()) {
      within(sum[k]!, square[k]!, truth, `${name} ${k}`);
      largest = Math.max(largest, Math.abs(truth));
    }
  assert.ok(largest > 1e-3, 'gradients that are all 0 show nothing');
  tf.dispose([...exact.gradients.values()]);
  disposeParams(captioner.params);
});

onEngines('every parameter has a gradient, the entropy is taken off, nothing leaks', () => {
  const captioner = initCaptioner(createRandom(4), tiny);
  const before = tf.memory().numTensors;
  const of = (entropy: number) =>
    lossAndGradients(
      captioner.params,
      () => hardCaptionLoss(captioner, pictures, { random: createRandom(1), entropy }),
      0,
    );
  const plain = of(0);
  for (const [name, variable] of flattenParams(captioner.params))
    if (variable.trainable)
      assert.ok(
        plain.gradients
          .get(name)
          ?.dataSync()
          .some((value) => value !== 0),
        name,
      );
  const bonus = of(0.5);
  const entropy = (plain.loss - bonus.loss) / 0.5;
  // Scores of new weights are nearly equal: of four regions the entropy is a little below ln 4.
  assert.ok(entropy > 0.9 * Math.log(REGIONS) && entropy <= Math.log(REGIONS) + 1e-5, `entropy ${entropy}`);
  tf.dispose([...plain.gradients.values(), ...bonus.gradients.values()]);
  assert.equal(tf.memory().numTensors, before);
});

onEngines(
  'what a hard captioner writes is what a soft one writes whose alpha is put on the same regions',
  () => {
    const captioner = initCaptioner(createRandom(5), tiny);
    // Weights that were never trained may end a caption at once; these are to write.
    tf.tidy(() => captioner.params.decoder.output.bias.assign(tf.tensor1d([0, 0, -9, 0, 0, 0, 0])));
    const some = [1, 2, 3].map((seed) => one(seed, [4]).picture);
    const written = caption(captioner, some, { maxLength: 3 });
    const taken = written.map(({ alpha }) =>
      alpha.map((row) => row.map((value) => Number(value === Math.max(...row)))),
    );
    const overwritten = caption(captioner, some, {
      look: 'soft',
      maxLength: 3,
      // The step that ends the caption has no row: any region will do.
      overwrite: (step, row) => taken[row]![step] ?? Float32Array.of(1),
    });
    for (const [k, { ids: own, logProbabilities }] of written.entries()) {
      assert.equal(own.length, 3);
      assert.deepEqual(overwritten[k]!.ids, own);
      assertClose(overwritten[k]!.logProbabilities, logProbabilities, 1e-5);
    }
  },
);

test('one sample has nothing to be compared with', async () => {
  await useBackend('wasm');
  const captioner = initCaptioner(createRandom(6), tiny);
  assert.throws(
    () => hardCaptionLoss(captioner, pictures, { random: createRandom(1), samples: 1 }),
    /samples must be an integer of at least 2, got 1/,
  );
  disposeParams(captioner.params);
});
