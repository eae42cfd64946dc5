import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageAttention, spectrogramAlpha, textHeatmap } from 'heed';

test('figures draw no numbers that are none', () => {
  const said = { title: 'x', caption: 'y.' };
  const grid = { side: 2, stride: 2, first: 1 };
  for (const bad of [Number.NaN, 255, -1])
    assert.throws(
      () => imageAttention({ panels: [{ name: 'a', size: 2, pixels: [0, bad, 0, 1] }], grid, ...said }),
      new RegExp(`"a": pixel 1 is ${bad}, expected a number from 0 to 1`),
    );
  const sound = { seconds: [0, 1], hertz: [100, 200], alpha: [0.5, 0.5], title: 'x' };
  assert.throws(
    () => spectrogramAlpha({ ...sound, values: [1, Number.NaN, 2, 3] }),
    /value 1 is NaN, not a number/,
  );
  const text = { words: ['a'], panels: [{ name: 'n', weights: [1] }], valueTitle: 'alpha', ...said };
  assert.throws(() => textHeatmap({ ...text, framed: [5] }), /no word 5 to frame among 1/);
});
