import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { createFigure } from '../../../lib/src/figures/figure.js';
import { cellSignal, currentHost } from '../../../lib/src/notebook/host.js';
import { liveFigure, progress } from '../../../lib/src/notebook/live.js';
import { fakeHost } from './fake-host.js';

const aborted = AbortSignal.abort();
const host = fakeHost(aborted);
afterEach(host.clear);

/** A clock that stands still until it is moved. */
function stoppedClock() {
  let time = 1000;
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { now: () => time, pass };
}

test('progress is one display, updated in place, seldom enough, and ends in one line', () => {
  const { now, pass } = stoppedClock();
  const bar = progress({ total: 350, label: 'training', now });
  for (let step = 1; step <= 350; step++) {
    pass(10);
    bar.update(step, `loss ${step}`);
  }
  bar.done();
  bar.update(1);
  bar.done('again');
  assert.equal(host.shown.length, 36); // 3.5 s at ten a second, and the end
  const ids = new Set(host.shown.map(([, options]) => options?.id));
  assert.equal(ids.size, 1);
  assert.ok([...ids][0]);
  assert.deepEqual(
    host.shown.map(([, options]) => options?.update),
    [false, ...new Array(35).fill(true)],
  );
  assert.match(String(host.bundles()[1]!['text/html']), /<progress/);
  assert.deepEqual(host.bundles().at(-1), {
    'text/html': '<div>training: 350/350 in 3.5 s, loss 350</div>',
    'text/plain': 'training: 350/350 in 3.5 s, loss 350',
  });
});

test('two progresses do not write over one another', () => {
  progress({ total: 1, label: 'a' }).done();
  progress({ total: 1, label: 'b' }).done();
  assert.notEqual(host.shown[0]![1]!.id, host.shown[1]![1]!.id);
});

test('progress without a host prints a few plain lines', (t) => {
  host.remove();
  const log = t.mock.method(console, 'log', () => {});
  const { now, pass } = stoppedClock();
  const bar = progress({ total: 100, label: 'training', now });
  for (let step = 1; step <= 100; step++) {
    pass(50);
    bar.update(step);
  }
  bar.done('stopped early');
  assert.deepEqual(
    log.mock.calls.map((call) => call.arguments[0]),
    [
      'training: 1/100 in 0.1 s',
      'training: 41/100 in 2.0 s',
      'training: 81/100 in 4.0 s',
      'training: 100/100 in 5.0 s, stopped early',
    ],
  );
});

test('progress of nothing is refused', () => {
  for (const total of [0, -1, 1.5, Number.NaN])
    assert.throws(() => progress({ total, label: 'l' }), /above 0/);
});

const figure = (caption: string) =>
  createFigure({
    title: 'T',
    caption,
    table: { columns: [], rows: [] },
    data: [],
    layout: { width: 100, height: 100 },
  });

test('a live figure draws in place, computes only what it draws, and never loses the last state', () => {
  const { now, pass } = stoppedClock();
  const live = liveFigure({ now });
  let computed = 0;
  for (let step = 1; step <= 25; step++) {
    live.update(() => {
      computed++;
      return figure(`step ${step}.`);
    });
    pass(100);
  }
  live.done();
  live.done();
  assert.equal(computed, 4);
  assert.deepEqual(
    host.bundles().map((bundle) => bundle['text/plain']),
    ['T. step 1.', 'T. step 11.', 'T. step 21.', 'T. step 25.'],
  );
  assert.deepEqual(
    host.shown.map(([, options]) => options?.update),
    [false, true, true, true],
  );
  assert.equal(new Set(host.shown.map(([, options]) => options?.id)).size, 1);
});

test('a live figure without a host prints the last caption only', (t) => {
  host.remove();
  const log = t.mock.method(console, 'log', () => {});
  const live = liveFigure();
  live.update(() => figure('one.'));
  live.update(() => figure('two.'));
  live.done();
  assert.deepEqual(
    log.mock.calls.map((call) => call.arguments),
    [['two.']],
  );
});

test('the cell’s signal is the host’s, and undefined without one', () => {
  assert.equal(cellSignal(), aborted);
  host.remove();
  assert.equal(cellSignal(), undefined);
  assert.equal(currentHost(), undefined);
});
