import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import {
  CELL,
  createRandom,
  digitThings,
  drawScenes,
  loadDigits,
  SCENE_CELLS,
  type SceneThings,
  shapeThings,
} from 'heed';

const folder = new URL('../../../datasets/scenes/', import.meta.url);
const text = readFileSync(new URL('scenes.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');

interface Part {
  readonly names: string[];
  readonly heldOut: [string, string][];
  readonly sample: { readonly count: number; readonly sha256: string };
}
const frozen = JSON.parse(text) as { cells: number; cellPixels: number; shapes: Part; digits: Part };

test('the file has the hash that SHA256SUMS and the card give', () => {
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${hash}  scenes.json\n`);
  assert.ok(card.includes(hash));
  assert.deepEqual([frozen.cells, frozen.cellPixels], [SCENE_CELLS, CELL]);
});

const require = createRequire(import.meta.url);
const kinds: Record<'shapes' | 'digits', () => SceneThings> = {
  shapes: () => shapeThings,
  digits: () => digitThings(loadDigits((digit) => require(`mnist/src/digits/${digit}.json`)).split('test')),
};

for (const kind of ['shapes', 'digits'] as const) {
  test(`scenes of ${kind} are drawn as when they were frozen`, () => {
    const things = kinds[kind]();
    const { names, heldOut, sample } = frozen[kind];
    assert.deepEqual(things.names, names);
    const hash = createHash('sha256');
    for (const objects of [2, 3] as const) {
      for (const { caption, pixels } of drawScenes(
        things,
        createRandom(`scenes of ${objects}`),
        sample.count / 2,
        { objects },
      )) {
        hash.update(`${caption}\n`);
        hash.update(Uint8Array.from(pixels, (value) => Math.round(255 * value)));
      }
    }
    assert.equal(hash.digest('hex'), sample.sha256);
    assert.ok(card.includes(sample.sha256));
    // No held-out pair stands in a scene of training.
    const apart = new Set(heldOut.map((pair) => pair.join(' ')));
    for (const { objects } of drawScenes(things, createRandom('pairs'), 300, { combinations: 'trained' }))
      assert.ok(!apart.has(objects.map(({ name }) => name).join(' ')));
  });
}

test('no digit is too large for its cell', () => {
  const digits = loadDigits((digit) => require(`mnist/src/digits/${digit}.json`));
  for (const split of ['train', 'validation', 'test'] as const) {
    const { count, pixels } = digits.split(split);
    for (let k = 0; k < count; k++) {
      let [top, bottom, left, right] = [28, -1, 28, -1];
      for (let at = 0; at < 784; at++) {
        if (!(pixels[k * 784 + at]! > 0)) continue;
        [top, bottom] = [Math.min(top, Math.floor(at / 28)), Math.max(bottom, Math.floor(at / 28))];
        [left, right] = [Math.min(left, at % 28), Math.max(right, at % 28)];
      }
      assert.ok(bottom >= top && bottom - top < CELL && right - left < CELL, `${split} ${k}`);
    }
  }
});
