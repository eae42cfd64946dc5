import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BONES, filmStrip, jointsOf, poseStrip, STANDING, spectrogramAlpha } from 'heed';

const alpha = [0.1, 0.6, 0.2, 0.1];
const stretch = [1, 3] as const;
type Trace = Record<string, unknown> & { type: string };
const traces = (figure: { spec: { data: readonly unknown[] } }) => figure.spec.data as Trace[];

const sound = {
  seconds: [0.1, 0.2, 0.3, 0.4],
  hertz: [200, 400, 800],
  values: Float32Array.from({ length: 12 }, (_, i) => i),
  alpha,
  stretch,
  title: 'sound',
};
const poses = {
  joints: [0, 1, 2, 3].flatMap(() => jointsOf(STANDING)),
  bones: BONES,
  every: 2,
  alpha,
  stretch,
  title: 'poses',
};
const film = {
  pixels: Float32Array.from({ length: 16 }, (_, i) => i / 16),
  size: 2,
  alpha,
  stretch,
  title: 'film',
};

test('each figure draws alpha as bars over its frames, frames the stretch and states the finding', () => {
  for (const [figure, x0, x1] of [
    [spectrogramAlpha(sound), 0.15, 0.35],
    [poseStrip(poses), 0.5, 2.5],
    [filmStrip(film), 0.5, 2.5],
  ] as const) {
    const bars = traces(figure).find(({ type }) => type === 'bar')!;
    assert.deepEqual(bars.y, alpha);
    const [shape] = figure.spec.layout.shapes as { x0: number; x1: number }[];
    assert.ok(Math.abs(shape!.x0 - x0) < 1e-9 && Math.abs(shape!.x1 - x1) < 1e-9, figure.caption);
    assert.equal(
      figure.caption,
      '80 % of alpha lies on the true stretch (framed); its largest value is inside.',
    );
    assert.equal(figure.table.rows.length, 4);
  }
});

test('a spectrogram has a row a band and a column a frame', () => {
  const map = traces(spectrogramAlpha(sound)).find(({ type }) => type === 'heatmap')!;
  assert.deepEqual(map.z, [
    [0, 3, 6, 9],
    [1, 4, 7, 10],
    [2, 5, 8, 11],
  ]);
});

test('a film has its frames side by side with a blank column between', () => {
  const map = traces(filmStrip(film)).find(({ type }) => type === 'heatmap')!;
  const [top, bottom] = map.z as (number | null)[][];
  assert.deepEqual(top!.slice(0, 6), [0, 1 / 16, null, 4 / 16, 5 / 16, null]);
  assert.deepEqual(bottom!.slice(0, 3), [2 / 16, 3 / 16, null]);
});

test('a stick figure is as dark as the alpha of the frames that it stands for', () => {
  const lines = traces(poseStrip(poses)).filter(({ mode }) => mode === 'lines');
  assert.equal(lines.length, 2);
  const shade = lines.map(({ line }) => (line as { color: string }).color);
  assert.equal(shade[0], 'rgb(0,60,110)');
  assert.notEqual(shade[1], shade[0]);
});

test('what does not fit together is refused', () => {
  assert.throws(() => spectrogramAlpha({ ...sound, values: [1, 2] }), /4 frames of 3 bands, got 2 numbers/);
  assert.throws(() => spectrogramAlpha({ ...sound, alpha: [1] }), /one alpha a frame.*got 1 for 4/);
  assert.throws(() => poseStrip({ ...poses, joints: [1, 2, 3] }), /expected joints \[4 frames/);
  assert.throws(() => filmStrip({ ...film, size: 3 }), /4 frames of 3 x 3 pixels, got 16/);
  assert.throws(() => filmStrip({ ...film, alpha: [0.5, 0.5, 2, 0] }), /alpha\[2\] is 2/);
  assert.throws(() => filmStrip({ ...film, stretch: [3, 9] }), /does not lie in frames 0 to 4/);
});
