import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {
  answerPassages,
  answerStories,
  caption,
  classifySequences,
  classifyTexts,
  createRandom,
  createVocabulary,
  disposeParams,
  encodeOneRegion,
  encodeRegions,
  glimpseLoss,
  hardCaptionLoss,
  hardReadingLoss,
  initCaptioner,
  initGlimpseReader,
  initImageReader,
  initMemoryReader,
  initPassageReader,
  initPictureEncoder,
  initSequenceClassifier,
  initTextClassifier,
  loadStories,
  type ParamTree,
  predictSequences,
  readGlimpses,
  readingCost,
  readPictures,
  receptiveField,
  regionGrid,
  softReadingLoss,
  stackPictures,
  takeGlimpse,
} from 'heed';
import { flattenParams } from '../../../lib/src/core/params.js';
import { onEngines } from '../support/engines.js';

/** Each call must throw its message and leave no tensor behind. */
function refused(cases: readonly (readonly [call: () => unknown, message: RegExp])[]): void {
  const before = tf.memory().numTensors;
  for (const [call, message] of cases) {
    assert.throws(call, message);
    assert.equal(tf.memory().numTensors, before, `${message}: tensors left behind`);
  }
}

/** As a training that has run away, or a file that was damaged, would leave them. */
function spoil(params: ParamTree): void {
  for (const [, variable] of flattenParams(params)) {
    tf.tidy(() => variable.assign(tf.fill(variable.shape, Number.NaN)));
  }
}

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

onEngines('a text classifier leaves no parameter behind, and damaged weights are no answer', () => {
  const make = (options: object) => () => initTextClassifier(random, { vocab: 9, classes: 3, ...options });
  refused([
    [make({ vocab: 0 }), /vocab must be a positive integer, got 0/],
    [make({ hidden: 0 }), /hidden must be a positive integer, got 0/],
    [make({ attention: -1 }), /attention must be a positive integer, got -1/],
    [make({ deviation: Number.NaN }), /deviation must be a number above 0, got NaN/],
  ]);
  for (const reading of ['soft', 'hard'] as const) {
    const classifier = initTextClassifier(random, { vocab: 9, classes: 3, reading });
    spoil(classifier.params);
    refused([[() => classifyTexts(classifier, [[4, 5]]), /NaN, not (numbers|a finite number)/]]);
    disposeParams(classifier.params);
  }
  const sampler = initTextClassifier(random, { vocab: 9, classes: 3, reading: 'hard', words: 3 });
  refused([
    [() => classifyTexts(sampler, [[4, 5]]), /3 positions to choose, but row 0 has only 2 real ones/],
  ]);
  disposeParams(sampler.params);
}, ['wasm']);

onEngines('a memory reader knows its choices', () => {
  const words = {
    vocabulary: createVocabulary(['where is mary went home'], { kind: 'word' }),
    answers: ['home', 'garden'],
  };
  const make = (options: object) => () => initMemoryReader(random, words, options);
  refused([
    [make({ units: 0 }), /units must be a positive integer, got 0/],
    [make({ times: 0 }), /times must be a positive integer, got 0/],
    [make({ score: 'Dot' }), /score must be one of additive, dot, got "Dot"/],
    [make({ time: 'start' }), /time must be one of end, none, got "start"/],
    [make({ order: 'bag' }), /order must be one of encoded, none, got "bag"/],
  ]);
  const reader = initMemoryReader(random, words, { units: 4 });
  const story = { sentences: ['mary went home'], question: 'where is mary' };
  refused([
    [() => answerStories(reader, [story], { batch: 0 }), /Batch size 0/],
    [() => answerStories(reader, [{ ...story, sentences: [] }]), /Story 0 has no sentence/],
    [
      () => answerStories(reader, [{ ...story, question: 'where is john' }]),
      /does not know "john" in the question of story 0.*pass \{ unknown: 'id' \}/,
    ],
  ]);
  spoil(reader.params);
  refused([[() => answerStories(reader, [story]), /the probabilities of story 0 are NaN/]]);
  disposeParams(reader.params);
  const stories = loadStories(JSON.parse(readFileSync('datasets/stories/stories.json', 'utf8')));
  assert.throws(
    () => stories.answers('one' as never),
    /expected one of one-fact, two-facts, yes-no, counting/,
  );
}, ['wasm']);

onEngines('a sequence classifier wants two real frames, and frames of numbers', () => {
  const model = initSequenceClassifier(random, { features: 2, classes: 3, units: 4, attention: 3 });
  const frames = tf.ones([2, 3, 2]);
  const one = tf.tensor2d([
    [1, 1, 0],
    [1, 0, 0],
  ]);
  const clip = (value: number) => ({ time: 2, values: new Float32Array(4).fill(value) });
  refused([
    [
      () => classifySequences(model, frames, { mask: one }),
      /clip 1 has one real frame, at least 2 are needed: alpha over one frame is always 1/,
    ],
    [
      () => predictSequences(model, [clip(1), clip(Number.NaN)]),
      /the probabilities of clip 1 are NaN.*or the input/,
    ],
    [() => predictSequences(model, [clip(1)], { batch: 0 }), /Batch size 0/],
    [
      () => initPictureEncoder(random, { size: 14 }),
      /picture encoder: size must be an integer of at least 15, got 14/,
    ],
    [
      () => initPictureEncoder(random, { size: 20, filters: [4, 0] }),
      /filters\[1\] must be a positive integer, got 0/,
    ],
  ]);
  disposeParams(model.params);
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

onEngines('a passage reader wants words, and a question with one that it can find again', () => {
  const vocabulary = createVocabulary(['who is the teacher of ?'], { kind: 'word' });
  const make = (options: object) => () => initPassageReader(random, vocabulary, options);
  refused([
    [make({ units: 0 }), /units must be a positive integer, got 0/],
    [make({ embedding: Number.NaN }), /embedding must be a positive integer, got NaN/],
  ]);
  const reader = initPassageReader(random, vocabulary, { embedding: 3, units: 4, attention: 3 });
  const passage = ['okonjo', 'is', 'the', 'teacher'];
  refused([
    [
      () => answerPassages(reader, [{ passage, question: ['zorn', 'bleibt', '?'] }]),
      /knows no word of the question of passage 0, "zorn bleibt \?", and none stands in the passage/,
    ],
    [
      () => answerPassages(reader, [{ passage: 'okonjo is the teacher' as never, question: ['who', '?'] }]),
      /must be lists of words, as passageWords\(text\) makes them; got string and object/,
    ],
    [() => answerPassages(reader, [{ passage, question: ['who'] }], { batch: 0 }), /Batch size 0/],
  ]);
  // A word of the passage is enough, in no vocabulary though it is.
  assert.equal(answerPassages(reader, [{ passage, question: ['okonjo', '?'] }]).length, 1);
  spoil(reader.params);
  refused([
    [() => answerPassages(reader, [{ passage, question: ['who'] }]), /probabilities of passage 0 are NaN/],
  ]);
  disposeParams(reader.params);
}, ['wasm']);
