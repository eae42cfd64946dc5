import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageAttention } from 'heed';

const grid = { side: 2, stride: 4, first: 4 };
const pixels = Float32Array.from({ length: 100 }, (_, i) => (i % 10) / 10);
const panel = { name: 'look 1', pixels, size: 10, alpha: [0, 0.25, 0.75, 0] };
const draw = (panels: object[]) =>
  imageAttention({ panels: panels as never, grid, title: 'Where it looks', caption: 'It looks somewhere.' });

interface Shape {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  fillcolor?: string;
}

test('ink is drawn pixel by pixel, in runs; blank paper is not drawn', () => {
  const pixels = new Float32Array(100);
  pixels.set([1, 1, 0.5], 23); // row 2, columns 3, 4 black, 5 grey
  const shapes = draw([{ ...panel, pixels }]).spec.layout.shapes as { path?: string; fillcolor: string }[];
  const ink = shapes.filter(({ path }) => path !== undefined);
  assert.equal(ink.length, 2);
  const corners = ink.map(({ path }) =>
    path!
      .match(/^M(\d+),(\d+)H(\d+)V(\d+)H\d+Z$/)!
      .slice(1)
      .map(Number),
  );
  const [grey, black] = corners as [number[], number[]];
  const zoom = black[3]! - black[1]!;
  assert.ok(Number.isInteger(zoom) && zoom > 1);
  assert.deepEqual([black[0]! / zoom, black[2]! / zoom], [3, 5]);
  assert.deepEqual([grey[0]! / zoom, grey[2]! / zoom], [5, 6]);
  assert.equal(black[1], grey[1]);
  assert.equal(ink[1]!.fillcolor, 'rgb(17, 17, 17)');
});

test('cells lie over the pixels that they stand for, as strong as their weight; 0 is clear', () => {
  const { spec, table } = draw([panel]);
  const shapes = spec.layout.shapes as (Shape & { path?: string })[];
  const cells = shapes.filter(({ fillcolor }) => fillcolor?.startsWith('rgba'));
  assert.deepEqual(
    cells.map(({ fillcolor }) => fillcolor!.match(/[\d.]+(?=\))/)![0]),
    ['0.000', '0.200', '0.600', '0.000'],
  );
  const whole = shapes.find(({ fillcolor, path }) => fillcolor === undefined && path === undefined)!;
  const zoom = (whole.x1 - whole.x0) / 10;
  // The second region is centred at pixel (4, 8): columns 6 to 10, rows 2 to 6.
  const { x0, x1, y0, y1 } = cells[1]!;
  assert.deepEqual(
    [x0, x1].map((at) => (at - whole.x0) / zoom),
    [6, 10],
  );
  assert.deepEqual(
    [y0, y1].map((at) => (at - whole.y0) / zoom),
    [2, 6],
  );
  assert.deepEqual(table.rows, [['look 1', 1, 0, '0.75']]);
});

test('frames are cut at the edge of the picture, and looks stand side by side', () => {
  const read = { top: -5, left: 3, bottom: 20, right: 7 };
  const { spec } = draw([panel, { ...panel, name: 'look 2', read }]);
  const frames = (spec.layout.shapes as Shape[]).filter(({ fillcolor }) => fillcolor === undefined);
  const [first, second, cut] = frames as [Shape, Shape, Shape];
  assert.ok(second.x0 > first.x1);
  assert.deepEqual([cut.y0, cut.y1], [second.y0, second.y1]);
  assert.ok(cut.x0 > second.x0 && cut.x1 < second.x1);
});

test('pictures and weights that do not fit are refused', () => {
  assert.throws(() => draw([]), /at least one picture/);
  assert.throws(() => draw([{ ...panel, size: 9 }]), /expected 9 x 9 pixels .* got 100 of 9 x 9/);
  assert.throws(() => draw([{ ...panel, alpha: [1] }]), /expected 4 weights from 0 to 1, got 1/);
  assert.throws(() => draw([{ ...panel, alpha: [2, 0, 0, 0] }]), /got 4, one of them out of range/);
});
