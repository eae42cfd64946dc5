import * as tf from '@tensorflow/tfjs';
import {
  caption,
  createRandom,
  disposeParams,
  encodeOneRegion,
  encodeRegions,
  glimpseLoss,
  hardCaptionLoss,
  hardReadingLoss,
  initCaptioner,
  initGlimpseReader,
  initImageReader,
  readGlimpses,
  readingCost,
  readPictures,
  receptiveField,
  regionGrid,
  softReadingLoss,
  stackPictures,
  takeGlimpse,
} from 'heed';
import { onEngines } from '../support/engines.js';
import { refused, spoil } from './refused.js';

const random = createRandom(1);
const picture = (size: number, value = 0.5, depth = 1) => ({
  size,
  pixels: new Float32Array(size * size * depth).fill(value),
});
const encoder = [
  { filter: 3, stride: 2, units: 2 },
  { filter: 3, stride: 1, units: 3 },
];

onEngines('an image reader refuses sizes, pictures, labels and choices that cannot be', () => {
  const reader = initImageReader(random, { encoder, units: 4, attentionUnits: 3, classes: 3 });
  const grid = regionGrid(encoder, 12);
  const two = stackPictures([picture(12), picture(12)]);
  const right = tf.tensor1d([0, 2], 'int32');
  const beyond = tf.tensor1d([0, 3], 'int32');
  const three = tf.tensor1d([0, 1, 2], 'int32');
  const make = (options: object) => () => initImageReader(random, options);
  refused([
    [make({ where: 'map' }), /where must be one of annotations, scan, got "map"/],
    [make({ classes: 1 }), /classes must be an integer of at least 2, got 1/],
    [
      make({ encoder: [{ filter: 3, stride: 0, units: 2 }] }),
      /layer 0 of the encoder: stride must be a positive integer, got 0/,
    ],
    [
      () => receptiveField([{ filter: 1.5, stride: 1, units: 2 }]),
      /filter must be a positive integer, got 1.5/,
    ],
    [() => readPictures(reader, [picture(5)], { looks: 'hard' }), /A region sees 7 x 7 pixels; .* got 5 x 5/],
    [
      () => readPictures(reader, [picture(12)], { looks: 'Hard' as never }),
      /looks must be one of soft, hard, got "Hard"/,
    ],
    [() => readPictures(reader, [picture(12)], { looks: 'soft', batch: 0 }), /Batch size 0/],
    [
      () => readPictures(reader, [picture(12, 0.5, 3)], { looks: 'soft' }),
      /expected grey pictures of 12 x 12, 144 numbers, got 432 numbers/,
    ],
    [() => readPictures(reader, [picture(12, Number.NaN)], { looks: 'soft' }), /pixel 0 of picture 0 is NaN/],
    [() => stackPictures([]), /expected at least one picture, got none/],
    [
      () => softReadingLoss(reader, two, beyond),
      /labels: expected whole numbers from 0 to 2, got 3 at place 1/,
    ],
    [() => softReadingLoss(reader, two, three), /labels: expected shape \[batch 2\], got \[3\]/],
    [() => hardReadingLoss(reader, two, beyond, { random }), /from 0 to 2, got 3/],
    [
      () => hardReadingLoss(reader, two, right, { random, samples: 1 }),
      /samples must be an integer of at least 2, got 1/,
    ],
    [
      () => hardReadingLoss(reader, two, right, { random, entropy: Number.NaN }),
      /entropy must be a finite number, got NaN/,
    ],
    [() => readingCost(reader.config, 12, 'Soft' as never), /looks must be one of soft, hard/],
    [
      () => encodeRegions(reader.params.encoder, encoder, two, regionGrid(encoder, 14), 'predict'),
      /encodeRegions pictures: expected shape \[batch, height 14, width 14, channels\], got \[2, 12, 12, 1\]/,
    ],
    [
      () => encodeOneRegion(reader.params.encoder, encoder, two, grid, [0, 99]),
      new RegExp(`regions are 0 to ${grid.regions - 1}, got 99 for picture 1`),
    ],
    [
      () => encodeOneRegion(reader.params.encoder, encoder, two, grid, [0]),
      /one region for each of 2 pictures, got 1/,
    ],
  ]);
  spoil(reader.params);
  for (const looks of ['soft', 'hard'] as const)
    refused([
      [
        () => readPictures(reader, [picture(12)], { looks }),
        /image reader: the probabilities of picture 0 of its batch are NaN, not numbers; the weights are damaged/,
      ],
    ]);
  disposeParams(reader.params);
}, ['wasm']);

onEngines('a glimpse reader does too', () => {
  const reader = initGlimpseReader(random, { side: 3, scales: 2, looks: 2, units: 4, classes: 3 });
  const two = stackPictures([picture(12), picture(12)]);
  const colour = tf.zeros([2, 12, 12, 3]) as tf.Tensor4D;
  const wide = tf.zeros([2, 12, 10, 1]) as tf.Tensor4D;
  const right = tf.tensor1d([0, 2], 'int32');
  const beyond = tf.tensor1d([0, 3], 'int32');
  refused([
    [() => glimpseLoss(reader, two, beyond, { random }), /from 0 to 2, got 3/],
    [
      () => glimpseLoss(reader, two, right, { random, samples: 1 }),
      /samples must be an integer of at least 2/,
    ],
    [() => glimpseLoss(reader, colour, right, { random }), /channels 1\], got \[2, 12, 12, 3\]/],
    [() => glimpseLoss(reader, wide, right, { random }), /got \[2, 12, 10, 1\]/],
    [() => takeGlimpse(colour, [[0, 0]], { side: 3, scales: 1 }), /channels 1\], got \[2, 12, 12, 3\]/],
    [
      () =>
        takeGlimpse(
          two,
          [
            [0, 0],
            [Number.NaN, 0],
          ],
          { side: 3, scales: 1 },
        ),
      /the place of picture 1 is \[NaN, 0\], expected two numbers/,
    ],
  ]);
  spoil(reader.params);
  refused([[() => readGlimpses(reader, [picture(12)], random), /weights are none/]]);
  disposeParams(reader.params);
}, ['wasm']);

onEngines('a captioner wants numbers from 0 to 1 and looks that there are', () => {
  const sizes = { vocab: 8, size: 12, encoder, embedding: 3, units: 4, attention: 3 };
  const captioner = initCaptioner(random, { ...sizes, look: 'hard' });
  refused([
    [
      () => caption(captioner, [picture(12, 200)]),
      /number 0 of picture 0 is 200; .* such as bytes divided by 255/,
    ],
    [
      () => caption(captioner, [picture(12, -0.5)]),
      /number 0 of picture 0 is -0.5; expected numbers from 0 to 1$/,
    ],
    [
      () => caption(captioner, [picture(12)], { look: 'Soft' as never }),
      /look must be one of soft, hard, got "Soft"/,
    ],
    [
      () => hardCaptionLoss(captioner, [{ picture: picture(12), ids: [4] }], { random, entropy: Number.NaN }),
      /entropy must be a number of at least 0, got NaN/,
    ],
    [
      () => initCaptioner(random, { ...sizes, encoder: [{ filter: 3, stride: 0, units: 2 }] }),
      /layer 0 of the encoder: stride must be a positive integer, got 0/,
    ],
  ]);
  disposeParams(captioner.params);
}, ['wasm']);
