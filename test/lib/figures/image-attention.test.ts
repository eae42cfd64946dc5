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

test('cells lie over the pixels that they stand for, as strong as their weight; 0 is clear', () => {
  const { spec, table } = draw([panel]);
  const { x, y, z, zsmooth } = spec.data[0] as { x: number[]; y: number[]; z: number[][]; zsmooth: boolean };
  assert.equal(zsmooth, false);
  assert.deepEqual(
    z[3],
    Array.from({ length: 10 }, (_, i) => i / 10),
  );
  const zoom = x[1]! - x[0]!;
  assert.ok(Number.isInteger(zoom));
  const cells = (spec.layout.shapes as Shape[]).filter(({ fillcolor }) => fillcolor !== undefined);
  assert.deepEqual(
    cells.map(({ fillcolor }) => fillcolor!.match(/[\d.]+(?=\))/)![0]),
    ['0.000', '0.200', '0.600', '0.000'],
  );
  // The second region is centred at pixel (4, 8): columns 6 to 10, rows 2 to 6.
  const edge = { x: x[0]! - zoom / 2, y: y[0]! - zoom / 2 };
  const { x0, x1, y0, y1 } = cells[1]!;
  assert.deepEqual(
    [x0, x1].map((at) => (at - edge.x) / zoom),
    [6, 10],
  );
  assert.deepEqual(
    [y0, y1].map((at) => (at - edge.y) / zoom),
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
