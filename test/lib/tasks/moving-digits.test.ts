import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, DIGIT_SIZE, type DigitSet, movingDigits } from 'heed';

const PIXELS = DIGIT_SIZE * DIGIT_SIZE;

/** Digit k is a full square of ink of brightness (k + 1) / 10 in the middle, so a whole digit can be told from its pixels. */
const squares: DigitSet = {
  count: 10,
  labels: Uint8Array.from({ length: 10 }, (_, k) => k),
  pixels: Float32Array.from({ length: 10 * PIXELS }, (_, i) => {
    const [row, column] = [Math.floor((i % PIXELS) / DIGIT_SIZE), i % DIGIT_SIZE];
    const inside = row >= 6 && row < 22 && column >= 6 && column < 22;
    return inside ? (Math.floor(i / PIXELS) + 1) / 10 : 0;
  }),
};

/** Whether a square of 16 x 16 pixels, all at least this bright, is in the frame. */
function holdsSquare(frame: Float32Array, size: number, least: number): boolean {
  for (let top = 0; top + 16 <= size; top++)
    for (let left = 0; left + 16 <= size; left++) {
      const whole = Array.from({ length: 256 }, (_, i) => frame[(top + (i >> 4)) * size + left + (i & 15)]!);
      if (whole.every((value) => value >= least - 1e-6)) return true;
    }
  return false;
}

test('the whole digit is in the frames of the stretch and, by search, in no other', () => {
  const clips = movingDigits(squares, createRandom(1), 40, { fragments: 2 });
  for (const { pixels, size, time, stretch, label } of clips) {
    for (let t = 0; t < time; t++) {
      const frame = pixels.subarray(t * size * size, (t + 1) * size * size);
      const shows = t >= stretch[0] && t < stretch[1];
      // Two fragments of 9 x 9 cannot cover 16 x 16.
      assert.equal(holdsSquare(frame, size, shows ? (label + 1) / 10 : 0.05), shows, `frame ${t}`);
    }
  }
});

test('without fragments, all other frames are blank, and the digit moves by at most two pixels a frame', () => {
  const options = { fragments: 0, beside: 0, clear: 5, size: 40 };
  for (const { pixels, size, time, stretch } of movingDigits(squares, createRandom(2), 30, options)) {
    const corner = (t: number) => {
      const first = pixels.subarray(t * size * size, (t + 1) * size * size).findIndex((value) => value > 0);
      return [Math.floor(first / size), first % size] as const;
    };
    for (let t = 0; t < time; t++) {
      const frame = pixels.subarray(t * size * size, (t + 1) * size * size);
      if (t < stretch[0] || t >= stretch[1]) assert.ok(frame.every((value) => value === 0));
      else if (t > stretch[0])
        assert.ok(corner(t).every((value, axis) => Math.abs(value - corner(t - 1)[axis]!) <= 2));
    }
    assert.equal(stretch[1] - stretch[0], 5);
  }
});

test('the stretch is anywhere, the same seed gives the same clips', () => {
  const starts = movingDigits(squares, createRandom(3), 300).map(({ stretch }) => stretch[0]);
  assert.deepEqual(
    [...new Set(starts)].sort((a, b) => a - b),
    Array.from({ length: 11 }, (_, t) => t),
  );
  assert.deepEqual(movingDigits(squares, createRandom(4), 2), movingDigits(squares, createRandom(4), 2));
});

test('sizes that cannot be are refused', () => {
  const draw = (options: object) => () => movingDigits(squares, createRandom(1), 1, options);
  assert.throws(draw({ time: 1 }), /time must be a whole number of at least 2, got 1/);
  assert.throws(draw({ size: 20 }), /size must be a whole number of at least 28, got 20/);
  assert.throws(draw({ clear: 13 }), /clear <= time.*got 13 of 12/);
  assert.throws(draw({ beside: 7 }), /beside <= fragments.*7 of 6/);
});
