import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allowedNames,
  CELL,
  createRandom,
  DIGIT_NAMES,
  type DigitSet,
  defaultSceneChoice,
  describeScene,
  digitThings,
  drawScene,
  drawScenes,
  isHeldOut,
  parseSceneCaption,
  SCENE_CELLS,
  SCENE_SIZE,
  type ScenePlace,
  SHAPE_NAMES,
  shapeThings,
} from 'heed';

/** Every way to put `names` on different cells of the grid. */
function placements(names: readonly string[]): ScenePlace[][] {
  let all: ScenePlace[][] = [[]];
  for (const name of names) {
    all = all.flatMap((before) =>
      Array.from({ length: SCENE_CELLS ** 2 }, (_, cell) => ({
        name,
        row: Math.floor(cell / SCENE_CELLS),
        column: cell % SCENE_CELLS,
      }))
        .filter(({ row, column }) => !before.some((other) => other.row === row && other.column === column))
        .map((place) => [...before, place]),
    );
  }
  return all;
}

const holds = (kind: 'left of' | 'above', a: ScenePlace, b: ScenePlace) =>
  kind === 'left of' ? a.row === b.row && a.column < b.column : a.column === b.column && a.row < b.row;

test('read back, every caption of every placement says what is true of the scene and all of it', () => {
  let described = 0;
  for (const names of [
    ['circle', 'star'],
    ['eight', 'eight'],
    ['circle', 'star', 'eight'],
  ]) {
    for (const objects of placements(names)) {
      const said = (() => {
        try {
          return describeScene(objects);
        } catch (error) {
          assert.match(String(error), /expected two or three objects in one row/);
          return null;
        }
      })();
      // Independently: two on one line, or three of which the first in reading order shares a line with both others.
      const sorted = [...objects].sort((a, b) => a.row - b.row || a.column - b.column);
      const right = (a: ScenePlace, b: ScenePlace) => holds('left of', a, b);
      const below = (a: ScenePlace, b: ScenePlace) => holds('above', a, b);
      const [a, b, c] = sorted as [ScenePlace, ScenePlace, ScenePlace | undefined];
      const possible =
        c === undefined
          ? right(a, b) || below(a, b)
          : (right(a, b) && (right(a, c) || below(a, c))) || (below(a, b) && below(a, c));
      assert.equal(said !== null, possible, JSON.stringify(objects));
      if (said === null) continue;
      described++;
      const read = parseSceneCaption(said.words);
      assert.ok(read, said.words.join(' '));
      const inCaption = said.order.map((k) => objects[k]!);
      assert.deepEqual(
        read.names,
        inCaption.map(({ name }) => name),
      );
      assert.equal(read.layout, said.layout);
      const expected = inCaption.flatMap((first, i) =>
        inCaption.flatMap((second, j) =>
          (['left of', 'above'] as const)
            .filter((kind) => holds(kind, first, second))
            .map((kind) => ({ first: i, kind, second: j })),
        ),
      );
      assert.deepEqual([...read.relations].sort(byNumbers), expected.sort(byNumbers));
      assert.deepEqual(
        said.named.flatMap((number, t) => (number === null ? [] : [[said.words[t], number]])),
        inCaption.map(({ name }, k) => [name, k]),
      );
    }
  }
  assert.equal(described, 36 + 36 + 6 * 3 + 6 * 3 + 54); // three rows, three columns and nine corners, six orders of the names each
});

const byNumbers = (a: { first: number; second: number }, b: { first: number; second: number }) =>
  a.first - b.first || a.second - b.second;

test('what is no sentence of the grammar is not read', () => {
  for (const text of [
    '', 'a', 'a circle', 'a circle above', 'circle above a star', 'a circle above star', 'a circle of left a star',
    'an circle above a star', 'a eight above a star', 'a circle above a star a ring', 'a circle above a star and a ring and a moon',
    'a circle above a star and left of a ring', 'a above above a star', 'a circle left a star',
  ]) // biome-ignore format: a list
    assert.equal(parseSceneCaption(text === '' ? [] : text.split(' ')), null, text);
  assert.deepEqual(parseSceneCaption('an eight above a one'.split(' '))?.names, ['eight', 'one']);
});

test('all ink lies in the box of an object, which lies in its cell and is no larger than it must be', () => {
  for (const objects of [2, 3] as const) {
    for (const scene of drawScenes(shapeThings, createRandom(objects), 60, { objects })) {
      const left = new Set<number>();
      for (const [at, value] of scene.pixels.entries()) {
        assert.ok(value >= 0 && value <= 1);
        if (value > 0) left.add(at);
      }
      for (const { cell, ink, row, column } of scene.objects) {
        assert.deepEqual(cell, {
          top: row * CELL,
          left: column * CELL,
          bottom: (row + 1) * CELL,
          right: (column + 1) * CELL,
        });
        assert.ok(
          ink.top >= cell.top &&
            ink.left >= cell.left &&
            ink.bottom <= cell.bottom &&
            ink.right <= cell.right,
        );
        const sides = { top: false, bottom: false, left: false, right: false };
        for (let y = ink.top; y < ink.bottom; y++) {
          for (let x = ink.left; x < ink.right; x++) {
            if (!left.delete(y * SCENE_SIZE + x)) continue;
            sides.top ||= y === ink.top;
            sides.bottom ||= y === ink.bottom - 1;
            sides.left ||= x === ink.left;
            sides.right ||= x === ink.right - 1;
          }
        }
        assert.deepEqual(sides, { top: true, bottom: true, left: true, right: true });
      }
      assert.equal(left.size, 0, 'ink outside of all boxes');
      assert.equal(scene.caption, describeScene(scene.objects).words.join(' '));
      assert.deepEqual(
        scene.named.map((object) => object?.name ?? null),
        scene.words.map((word) => (SHAPE_NAMES.includes(word) ? word : null)),
      );
    }
  }
});

test('shapes differ: every pair of names in more pixels than two drawings of one name', () => {
  // Each name's mean drawing, centred on 20 x 20.
  const mean = (name: string) => {
    const sum = new Float32Array(CELL * CELL);
    const random = createRandom(name);
    for (let k = 0; k < 40; k++) {
      const { height, width, pixels } = shapeThings.draw(name, random);
      const [dy, dx] = [Math.floor((CELL - height) / 2), Math.floor((CELL - width) / 2)];
      for (const [at, value] of pixels.entries())
        sum[(dy + Math.floor(at / width)) * CELL + dx + (at % width)]! += value / 40;
    }
    return sum;
  };
  const distance = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, k) => sum + Math.abs(value - b[k]!), 0);
  const means = SHAPE_NAMES.map(mean);
  for (const [i, a] of means.entries())
    for (const [j, b] of means.entries())
      if (i < j) assert.ok(distance(a, b) > 15, `${SHAPE_NAMES[i]} and ${SHAPE_NAMES[j]}: ${distance(a, b)}`);
  assert.throws(
    () => shapeThings.draw('hexagon', createRandom(1)),
    /unknown shape "hexagon"; known are circle/,
  );
});

test('held-out combinations are apart, and every name is trained in both places', () => {
  const { names } = shapeThings;
  const choice = { ...defaultSceneChoice, objects: 2 } as const;
  const trained = allowedNames(names, { ...choice, combinations: 'trained' });
  const heldOut = allowedNames(names, { ...choice, combinations: 'held out' });
  assert.equal(trained.length + heldOut.length, names.length ** 2);
  assert.equal(heldOut.length, names.length);
  for (const [first, second] of heldOut) assert.ok(isHeldOut(names, first!, second!));
  for (const place of [0, 1]) assert.deepEqual(new Set(trained.map((tuple) => tuple[place])), new Set(names));
  const three = allowedNames(names, { ...choice, objects: 3, combinations: 'trained' });
  assert.ok(
    three.every(
      ([a, b, c]) =>
        ![
          [a, b],
          [a, c],
          [b, c],
        ].some(([x, y]) => isHeldOut(names, x!, y!)),
    ),
  );
});

test('a name is left out, or is in every scene', () => {
  const random = createRandom('names');
  for (const { words } of drawScenes(shapeThings, random, 50, { without: ['star'] }))
    assert.ok(!words.includes('star'));
  for (const { words } of drawScenes(shapeThings, random, 50, { including: 'star' }))
    assert.ok(words.includes('star'));
});

test('the same seed draws the same scenes', () => {
  const draw = (seed: number) => drawScenes(shapeThings, createRandom(seed), 3);
  assert.deepEqual(draw(5), draw(5));
  assert.notDeepEqual(draw(5), draw(6));
});

test('layouts are equally likely', () => {
  const counts = { row: 0, column: 0, corner: 0 };
  for (const { layout } of drawScenes(shapeThings, createRandom('layouts'), 600, { objects: 3 }))
    counts[layout]++;
  for (const count of Object.values(counts))
    assert.ok(Math.abs(count - 200) < 4 * Math.sqrt(600 * (2 / 9)), `${count}`);
});

test('errors say what is wrong', () => {
  const random = createRandom(1);
  assert.throws(
    () => drawScenes(shapeThings, random, 1, { without: ['hexagon'] }),
    /unknown name "hexagon"; known are circle/,
  );
  assert.throws(() => drawScenes(shapeThings, random, 1, { objects: 4 as 3 }), /2 or 3 objects, got 4/);
  assert.throws(
    () => drawScenes(shapeThings, random, 1, { without: ['star'], including: 'star' }),
    /no scene has 2 objects.*leave one of the conditions out/s,
  );
  const huge = { names: ['wall'], draw: () => ({ height: 21, width: 3, pixels: new Float32Array(63) }) };
  assert.throws(
    () => drawScene(huge, random, ['wall', 'wall']),
    /a "wall" of 21 x 3 pixels does not fit into a cell of 20 x 20/,
  );
});

test('digits are drawn from those of their name, without their margin', () => {
  // Two digits: a bar of 2 x 5 for a 1, a block of 4 x 4 for an 8.
  const pixels = new Float32Array(2 * 784);
  for (let y = 10; y < 15; y++) for (let x = 12; x < 14; x++) pixels[y * 28 + x] = 0.5;
  for (let y = 3; y < 7; y++) for (let x = 20; x < 24; x++) pixels[784 + y * 28 + x] = 1;
  const digits: DigitSet = { count: 2, labels: Uint8Array.of(1, 8), pixels };
  const things = digitThings(digits);
  assert.deepEqual(things.draw('one', createRandom(1)), {
    height: 5,
    width: 2,
    pixels: new Float32Array(10).fill(0.5),
  });
  assert.deepEqual(things.draw('eight', createRandom(1)), {
    height: 4,
    width: 4,
    pixels: new Float32Array(16).fill(1),
  });
  assert.throws(() => things.draw('seven', createRandom(1)), /there is no digit "seven"/);
  const scene = drawScene(things, createRandom(3), ['eight', 'one']);
  assert.match(scene.caption, /^an eight (left of|above) a one$/);
  assert.equal(DIGIT_NAMES.length, 10);
});
