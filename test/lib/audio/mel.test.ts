import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hertzOfMel, melBank, melOfHertz } from 'heed';

const sizes = { bands: 20, low: 100, high: 3800, rate: 8000, size: 512 };

test('1,000 Hz are 1,000 mel, within a thousandth, and the way back is the same', () => {
  assert.ok(Math.abs(melOfHertz(1000) - 1000) < 1);
  for (const hertz of [0, 80, 440, 4000]) assert.ok(Math.abs(hertzOfMel(melOfHertz(hertz)) - hertz) < 1e-9);
});

test('a band is the triangle that its three edges give', () => {
  const { weights, reach } = melBank(sizes);
  const [from, to] = [melOfHertz(100), melOfHertz(3800)];
  const edge = (i: number) => hertzOfMel(from + ((to - from) * i) / 21);
  weights.forEach((row, band) => {
    const [left, centre, right] = [edge(band), edge(band + 1), edge(band + 2)];
    row.forEach((weight, bin) => {
      const hertz = (bin * 8000) / 512;
      const rising = (hertz - left) / (centre - left);
      const falling = (right - hertz) / (right - centre);
      const expected = hertz <= left || hertz >= right ? 0 : hertz < centre ? rising : falling;
      assert.ok(Math.abs(weight - expected) < 1e-12, `band ${band}, bin ${bin}`);
      assert.equal(bin >= reach[band]![0] && bin < reach[band]![1], weight > 0);
    });
  });
});

test('between the first and the last middle, the weights of a bin sum to 1', () => {
  const { weights, centres } = melBank(sizes);
  let tested = 0;
  for (let bin = 0; bin <= 256; bin++) {
    const hertz = (bin * 8000) / 512;
    if (hertz < centres[0]! || hertz > centres.at(-1)!) continue;
    tested++;
    assert.ok(Math.abs(weights.reduce((sum, row) => sum + row[bin]!, 0) - 1) < 1e-12);
  }
  assert.ok(tested > 150);
});

test('middles are evenly apart in mel', () => {
  const mels = melBank(sizes).centres.map(melOfHertz);
  for (let i = 2; i < mels.length; i++)
    assert.ok(Math.abs(mels[i]! - 2 * mels[i - 1]! + mels[i - 2]!) < 1e-9);
});

test('ranges that cannot be are refused', () => {
  assert.throws(() => melBank({ ...sizes, low: 500, high: 400 }), /got 500 to 400/);
  assert.throws(() => melBank({ ...sizes, bands: 0 }), /whole number from 1, got 0/);
});
