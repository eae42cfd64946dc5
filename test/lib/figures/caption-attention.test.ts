import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captionAttention } from 'heed';

const picture = { size: 4, pixels: Float32Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5) };
const base = {
  picture,
  grid: { side: 2, stride: 2, first: 1 },
  title: 'Two words',
  words: ['a', 'dot'],
  alpha: [
    [0.25, 0.25, 0.25, 0.25],
    [0.9, 0.1, 0, 0],
  ],
};
const namesOf = ({ spec }: ReturnType<typeof captionAttention>) =>
  (spec.layout.annotations as { text: string; y: number }[]).map(({ text, y }) => ({ text, y }));

test('a picture a word, each with its own alpha', () => {
  const figure = captionAttention({ ...base, frames: [null, { top: 0, left: 0, bottom: 2, right: 2 }] });
  assert.deepEqual(
    namesOf(figure).map(({ text }) => text),
    ['a', 'dot'],
  );
  const shapes = figure.spec.layout.shapes as { fillcolor?: string; line: { dash?: string } }[];
  const strengths = shapes.flatMap(
    ({ fillcolor }) => fillcolor?.match(/^rgba\(.*, ([\d.]+)\)$/)?.slice(1) ?? [],
  );
  const whole = Number(strengths[4]) / 0.9; // what alpha 1 would be
  assert.deepEqual(
    strengths.map((strength) => Math.round((100 * Number(strength)) / whole)),
    [25, 25, 25, 25, 90, 10, 0, 0],
  );
  assert.equal(shapes.filter(({ line }) => line.dash === 'dash').length, 1);
  assert.deepEqual(
    figure.table.rows.map(([word, , , alpha]) => [word, alpha]),
    [
      ['a', '0.25'],
      ['dot', '0.9'],
    ],
  );
  assert.match(figure.caption, /1 of 1 words that name a thing/);
});

test('a peak outside of its frame is said, and a long caption goes on in the next row', () => {
  const words = Array.from({ length: 8 }, (_, k) => `w${k}`);
  const frames = words.map(() => ({ top: 2, left: 0, bottom: 4, right: 2 }));
  const figure = captionAttention({ ...base, words, alpha: words.map(() => [0, 0, 0, 1]), frames });
  assert.match(figure.caption, /0 of 8 words/);
  assert.equal(new Set(namesOf(figure).map(({ y }) => y)).size, 2);
  const inside = captionAttention({ ...base, words, alpha: words.map(() => [0, 0, 1, 0]), frames });
  assert.match(inside.caption, /8 of 8 words/);
});

test('without frames the caption says how large alpha is', () => {
  assert.match(captionAttention(base).caption, /largest alpha of a word is 0\.57 on average/);
});

test('what does not fit is refused', () => {
  assert.throws(() => captionAttention({ ...base, words: [], alpha: [] }), /at least one picture/);
  assert.throws(
    () => captionAttention({ ...base, words: ['a'] }),
    /a row of alpha for each of 1 words, got 2/,
  );
  assert.throws(
    () => captionAttention({ ...base, alpha: [[1], [1]] }),
    /expected 4 weights from 0 to 1, got 1/,
  );
  assert.throws(() => captionAttention({ ...base, picture: { size: 4, pixels: [1] } }), /4 x 4 pixels/);
  assert.throws(
    () => captionAttention({ ...base, frames: [] }),
    /a frame or null for each of 2 words, got 0/,
  );
});
