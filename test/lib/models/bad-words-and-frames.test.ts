import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {
  answerPassages,
  answerStories,
  classifySequences,
  classifyTexts,
  createRandom,
  createVocabulary,
  disposeParams,
  initMemoryReader,
  initPassageReader,
  initPictureEncoder,
  initSequenceClassifier,
  initTextClassifier,
  loadStories,
  predictSequences,
} from 'heed';
import { onEngines } from '../support/engines.js';
import { refused, spoil } from './refused.js';

const random = createRandom(1);

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
