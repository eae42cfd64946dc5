import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  createRandom,
  defaultGlimpseReader,
  disposeParams,
  glimpseCost,
  glimpseLoss,
  initGlimpseReader,
  readGlimpses,
  stackPictures,
  takeGlimpse,
  train,
  useBackend,
} from 'heed';

before(() => useBackend('wasm'));

it('a glimpse is squares of growing width around a place, each shrunk by its mean', () => {
  tf.tidy(() => {
    // Pixel (y, x) of an 8 x 8 picture is 8 y + x.
    const picture = tf.range(0, 64).reshape([1, 8, 8, 1]) as tf.Tensor4D;
    const seen = Array.from(takeGlimpse(picture, [[0, 0]], { side: 2, scales: 2 }).dataSync());
    // Sharp: rows and columns 3, 4. Coarse: 2 ... 5, four means of 2 x 2.
    assert.deepEqual(seen, [27, 28, 35, 36, 22.5, 24.5, 38.5, 40.5]);
    // Half of it beyond the corner, which is blank.
    const corner = Array.from(takeGlimpse(picture, [[-1, -1]], { side: 2, scales: 1 }).dataSync());
    assert.deepEqual(corner, [0, 0, 0, 0]);
    const edge = Array.from(takeGlimpse(picture, [[1, 1]], { side: 2, scales: 1 }).dataSync());
    assert.deepEqual(edge, [63, 0, 0, 0]);
  });
});

it('bad sizes and a missing place are refused', () => {
  const picture = tf.zeros([2, 8, 8, 1]) as tf.Tensor4D;
  assert.throws(
    () => takeGlimpse(picture, [[0, 0]], { side: 2, scales: 1 }),
    /one place for each of 2 pictures, got 1/,
  );
  assert.throws(
    () =>
      takeGlimpse(
        picture,
        [
          [0, 0],
          [0, 0],
        ],
        { side: 0, scales: 1 },
      ),
    /side must be a positive integer, got 0/,
  );
  assert.throws(
    () => initGlimpseReader(createRandom(1), { deviation: 0 }),
    /deviation must be above 0, got 0/,
  );
  picture.dispose();
});

/** A dark 16 x 16 patch of stripes, upright (0) or level (1), somewhere in 48 x 48: told only from close by. */
function stripes(seed: number, count: number) {
  const random = createRandom(seed);
  const labels = Array.from({ length: count }, () => random.integer(2));
  const centres: [y: number, x: number][] = [];
  const pictures = labels.map((label) => {
    const pixels = new Float32Array(48 * 48);
    const [top, left] = [random.integer(33), random.integer(33)];
    centres.push([(top + 8) / 24 - 1, (left + 8) / 24 - 1]);
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) pixels[(top + y) * 48 + left + x] = ((label === 0 ? x : y) >> 1) % 2;
    }
    return { size: 48, pixels };
  });
  return { pictures, labels, centres };
}

it('learns to go and look: the second glimpse is nearer to the patch than the first, and it is read', async () => {
  const options = { side: 8, scales: 3, looks: 2, units: 48, classes: 2 };
  const reader = initGlimpseReader(createRandom(3), options);
  const tensors: number[] = [];
  await train({
    params: reader.params,
    steps: 250,
    learningRate: 4e-3,
    clipNorm: 1,
    random: createRandom(4),
    batches: (step) => stripes(step + 1, 16),
    loss: ({ pictures, labels }, { random }) =>
      glimpseLoss(reader, stackPictures(pictures), tf.tensor1d(labels, 'int32'), { random: random! }),
    onStep: () => {
      tensors.push(tf.memory().numTensors);
    },
  });
  assert.equal(tensors.at(-1), tensors[2]);
  const { pictures, labels, centres } = stripes(0, 300);
  const before = tf.memory().numTensors;
  const readings = readGlimpses(reader, pictures, createRandom(5));
  assert.equal(tf.memory().numTensors, before);
  const right = readings.filter(({ label }, i) => label === labels[i]).length / 300;
  const distance = (look: number) =>
    readings.reduce((sum, { places }, i) => {
      const [[y, x], [centreY, centreX]] = [places[look]!, centres[i]!];
      return sum + Math.hypot(y - centreY, x - centreX) / 300;
    }, 0);
  assert.ok(right > 0.8, `${right} right`);
  assert.ok(distance(1) < 0.85 * distance(0), `${distance(0)} to ${distance(1)}`);
  disposeParams(reader.params);
});

it('what a glimpse reader costs is written down without the size of the picture', () => {
  const { side, scales, looks, units, classes } = { side: 2, scales: 2, looks: 2, units: 3, classes: 5 };
  // pixels 4 + 16, seen 8 x 3, place 2 x 3, GRU 6 x 3 x 3; twice; aim 2 x 3 once; answer 3 x 5
  assert.equal(
    glimpseCost({ ...defaultGlimpseReader, side, scales, looks, units, classes }),
    2 * (20 + 24 + 6 + 54) + 6 + 15,
  );
});
