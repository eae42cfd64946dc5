import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  chooseGreedy,
  createRandom,
  defaultImageReader,
  disposeParams,
  encodeOneRegion,
  encodeRegions,
  flattenParams,
  hardReadingLoss,
  type ImageReader,
  type ImageReaderConfig,
  initImageReader,
  loadImageReader,
  readerGrids,
  readingCost,
  readPictures,
  receptiveField,
  regionCentre,
  regionGrid,
  saveImageReader,
  softReadingLoss,
  stackPictures,
  train,
  useBackend,
} from 'heed';
import { encodePictures, lookAround } from '../../../lib/src/models/image-reader.js';

before(() => useBackend('wasm'));

const tiny: Partial<ImageReaderConfig> = {
  encoder: [
    { filter: 5, stride: 4, units: 4 },
    { filter: 3, stride: 2, units: 6 },
  ],
  scan: [
    { filter: 3, stride: 1, units: 3 },
    { filter: 3, stride: 2, units: 5 },
  ],
  shrink: 4,
  units: 8,
  attentionUnits: 6,
  classes: 3,
};
const picture = (seed: number, size = 40) => ({ size, pixels: createRandom(seed).uniforms(size * size) });

/** Running averages as after a training, so that prediction is not the identity of its start. */
function unsettle({ params }: ImageReader): ImageReader['params'] {
  for (const [name, variable] of flattenParams(params)) {
    if (!name.includes('running')) continue;
    const drawn = createRandom(name).uniforms(variable.size, 0.2, 1);
    variable.assign(tf.tensor(drawn, variable.shape));
  }
  return params;
}

it('the field of the default encoder: 1 + 4 + 2 * 2 + 4 * 2 + 8 * 2 pixels, 8 apart', () => {
  assert.deepEqual(receptiveField(defaultImageReader.encoder), { field: 33, stride: 8 });
  const grid = regionGrid(defaultImageReader.encoder, 60);
  // Five regions of 33 pixels, 8 apart, span 65: five blank pixels, two of them before the picture.
  assert.deepEqual([grid.side, grid.span, grid.margin, grid.first], [5, 65, 2, 14.5]);
  assert.deepEqual(regionCentre(grid, 7), [22.5, 30.5]);
  assert.equal(regionGrid(defaultImageReader.encoder, 33).regions, 1);
});

it('pictures smaller than a region, not square, or with colours are refused', () => {
  assert.throws(
    () => regionGrid(defaultImageReader.encoder, 32),
    /sees 33 x 33 pixels; expected .* got 32 x 32/,
  );
  const reader = initImageReader(createRandom(1), tiny);
  const labels = tf.tensor1d([0], 'int32');
  assert.throws(() => softReadingLoss(reader, tf.zeros([1, 40, 40, 3]), labels), /got \[1, 40, 40, 3\]/);
  assert.throws(() => softReadingLoss(reader, tf.zeros([1, 40, 44, 1]), labels), /got \[1, 40, 44, 1\]/);
  assert.throws(
    () => softReadingLoss(reader, tf.zeros([1, 10, 10, 1]), labels),
    /at least that size, got 10 x 10/,
  );
  assert.throws(
    () => stackPictures([picture(1, 40), picture(2, 44)]),
    /40 x 40, 1600 numbers, got 1936 numbers of 44 x 44 \(picture 1\)/,
  );
  disposeParams(reader.params);
});

it('sizes that do not fit are refused', () => {
  assert.throws(
    () => initImageReader(createRandom(1), { looks: 0 }),
    /looks must be a positive integer, got 0/,
  );
  assert.throws(
    () => initImageReader(createRandom(1), { where: 'scan', shrink: 2 }),
    /regions stand 8 pixels apart, those of the scan 4/,
  );
});

it('a region that is encoded alone has the annotation that it has in the whole picture, at every place', () => {
  const reader = initImageReader(createRandom(2));
  unsettle(reader);
  const { encoder } = reader.config;
  const grid = regionGrid(encoder, 52);
  tf.tidy(() => {
    const pictures = stackPictures([picture(1, 52)]);
    const all = encodeRegions(reader.params.encoder, encoder, pictures, grid, 'predict');
    for (let region = 0; region < grid.regions; region++) {
      const alone = encodeOneRegion(reader.params.encoder, encoder, pictures, grid, [region]);
      const error = tf
        .max(tf.abs(tf.sub(alone, all.slice([0, region, 0], [1, 1, -1]).squeeze([1]))))
        .dataSync()[0]!;
      assert.ok(error < 1e-4, `region ${region} differs by ${error}`);
    }
  });
  disposeParams(reader.params);
});

it('a hard reader that encodes only what it takes says what it would say if it encoded all', () => {
  const reader = initImageReader(createRandom(3), { ...tiny, where: 'scan', looks: 3 });
  unsettle(reader);
  const pictures = [picture(1), picture(2), picture(3)];
  const skipping = readPictures(reader, pictures, { looks: 'hard', batch: 2 });
  // The other way: all regions encoded at once, the most probable one taken at each look.
  tf.tidy(() => {
    const regions = encodePictures(reader, stackPictures(pictures), 'predict');
    const { logits } = lookAround(reader, regions, (scores) => ({ weights: chooseGreedy(scores).weights }));
    const probabilities = tf.softmax(logits).dataSync();
    for (const [n, reading] of skipping.entries()) {
      for (const [k, value] of reading.probabilities.entries()) {
        assert.ok(Math.abs(value - probabilities[3 * n + k]!) < 1e-5, `picture ${n}, class ${k}`);
      }
      assert.equal(reading.places.length, 3);
      for (const [look, place] of reading.places.entries()) {
        assert.equal(reading.alpha[look]![place], Math.max(...reading.alpha[look]!));
      }
    }
  });
  disposeParams(reader.params);
});

/** Multiply-adds of all matrix products that a function makes; on this engine convolutions are products too. */
async function productsOf(run: () => void): Promise<number> {
  const { kernels } = await tf.profile(() => {
    run();
    return tf.scalar(0);
  });
  const last2 = (shape: number[]) => shape.slice(-2) as [number, number];
  return kernels
    .filter(({ name }) => name === 'BatchMatMul')
    .map(({ inputShapes, outputShapes }) => {
      const [rows, columns] = last2(outputShapes[0]!);
      const [a0, a1] = last2(inputShapes[0]!);
      const depth = (a0 * a1) / rows;
      const batch = outputShapes[0]!.slice(0, -2).reduce((product, size) => product * size, 1);
      return batch * rows * columns * depth;
    })
    .reduce((sum, count) => sum + count, 0);
}

for (const size of [60, 100]) {
  it(`the counted multiply-adds are those of the products that run at ${size} x ${size}`, async () => {
    for (const where of ['annotations', 'scan'] as const) {
      const reader = initImageReader(createRandom(4), { where });
      for (const looks of ['soft', 'hard'] as const) {
        const made = await productsOf(() => readPictures(reader, [picture(5, size)], { looks }));
        const { total } = readingCost(reader.config, size, looks);
        const grids = readerGrids(reader.config, size);
        const additions = where === 'scan' ? (grids.scan.span * reader.config.shrink) ** 2 : 0;
        assert.equal(made, total - additions, `${where}, ${looks}`);
      }
      disposeParams(reader.params);
    }
  });
}

it('hard reads a picture of 100 x 100 at a tenth of soft’s multiply-adds, and the share falls with the area', () => {
  const share = (size: number) =>
    readingCost({ ...defaultImageReader, where: 'scan' }, size, 'hard').total /
    readingCost(defaultImageReader, size, 'soft').total;
  assert.ok(share(100) <= 0.1, `${share(100)}`);
  assert.ok(share(60) > share(100) && share(100) > share(200));
});

/** Pictures with a bright 6 x 6 square whose left edge is at column 4, 14 or 24: the class. */
function squares(seed: number, count: number) {
  const random = createRandom(seed);
  const labels = Array.from({ length: count }, () => random.integer(3));
  const pictures = labels.map((label) => {
    const pixels = random.uniforms(1600, 0, 0.2);
    const top = random.integer(34);
    for (let y = 0; y < 6; y++) for (let x = 0; x < 6; x++) pixels[(top + y) * 40 + 4 + 10 * label + x] = 1;
    return { size: 40, pixels };
  });
  return { pictures, labels };
}

for (const [name, options] of [
  ['soft', {}],
  ['hard with a scan', { where: 'scan' }],
  ['hard with two looks', { where: 'scan', looks: 2 }],
] as const) {
  it(`${name}: learns which square it is, without leaks`, async () => {
    const reader = initImageReader(createRandom(5), { ...tiny, ...options });
    const tensors: number[] = [];
    const hard = name !== 'soft';
    await train({
      params: reader.params,
      steps: 120,
      learningRate: 8e-3,
      clipNorm: 5,
      random: createRandom(6),
      batches: (step) => squares(step + 1, 32),
      loss: ({ pictures, labels }, { random }) => {
        const [stacked, ids] = [stackPictures(pictures), tf.tensor1d(labels, 'int32')];
        return hard
          ? hardReadingLoss(reader, stacked, ids, { random: random!, entropy: 0.01 })
          : softReadingLoss(reader, stacked, ids);
      },
      onStep: () => {
        tensors.push(tf.memory().numTensors);
      },
    });
    assert.equal(tensors.at(-1), tensors[2]);
    const { pictures, labels } = squares(0, 200);
    const before = tf.memory().numTensors;
    const readings = readPictures(reader, pictures, { looks: hard ? 'hard' : 'soft' });
    assert.equal(tf.memory().numTensors, before);
    const right = readings.filter(({ label }, i) => label === labels[i]).length / labels.length;
    assert.ok(right > 0.9, `${right} right`);
    for (const { alpha } of readings) {
      assert.equal(alpha.length, reader.config.looks);
      assert.ok(Math.abs(alpha[0]!.reduce((a, b) => a + b, 0) - 1) < 1e-5);
    }
    disposeParams(reader.params);
  });
}

it('a reader comes back from its file, running averages included, and another file is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heed-'));
  try {
    const reader = initImageReader(createRandom(7), { ...tiny, where: 'scan' });
    unsettle(reader);
    const path = join(folder, 'reader.safetensors');
    await saveImageReader(path, reader, { seed: 7 });
    const { reader: loaded, extra } = await loadImageReader(path);
    assert.deepEqual(extra, { seed: 7 });
    assert.deepEqual(loaded.config, reader.config);
    const read = (one: ImageReader) => readPictures(one, [picture(9)], { looks: 'hard' });
    assert.deepEqual(read(loaded), read(reader));
    await assert.rejects(loadImageReader(join(folder, 'none')), /none/);
    disposeParams(reader.params);
    disposeParams(loaded.params);
  } finally {
    await rm(folder, { recursive: true });
  }
});
