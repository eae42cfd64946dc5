import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CELL, createRandom, cropInk, drawShape, SHAPE_NAMES } from 'heed';

test('a crop is the least rectangle with all the ink', () => {
  const pixels = Float32Array.from([0, 0, 0, 0, 0, 0.2, 0, 0, 0, 0, 0.7, 0]);
  const { height, width, pixels: cropped } = cropInk({ height: 3, width: 4, pixels });
  assert.deepEqual([height, width], [2, 2]);
  assert.deepEqual([...cropped], [...Float32Array.from([0.2, 0, 0, 0.7])]);
  assert.throws(() => cropInk({ height: 1, width: 2, pixels: new Float32Array(2) }), /there is no ink/);
});

test('every shape fits into a cell, touches its four edges, and is drawn anew each time', () => {
  for (const name of SHAPE_NAMES) {
    const random = createRandom(`shape ${name}`);
    const drawn = Array.from({ length: 20 }, () => drawShape(name, random));
    for (const { height, width, pixels } of drawn) {
      assert.ok(height <= CELL && width <= CELL, `${name}: ${height} x ${width}`);
      assert.ok(pixels.every((value) => value >= 0 && value <= 1));
      const inked = (at: (k: number) => number, length: number) =>
        Array.from({ length }, (_, k) => pixels[at(k)]!).some((value) => value > 0);
      assert.ok(
        inked((k) => k, width),
        'first row',
      );
      assert.ok(
        inked((k) => (height - 1) * width + k, width),
        'last row',
      );
      assert.ok(
        inked((k) => k * width, height),
        'first column',
      );
      assert.ok(
        inked((k) => k * width + width - 1, height),
        'last column',
      );
    }
    assert.ok(new Set(drawn.map(({ pixels }) => pixels.join())).size === 20, `${name} varies`);
  }
});
