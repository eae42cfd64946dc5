import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { inspect } from 'node:util';
import { type Bundle, DISPLAY, displayed } from '../../../lib/src/figures/display.js';
import { claim } from '../../../lib/src/notebook/claim.js';
import { progress } from '../../../lib/src/notebook/live.js';

const bundle: Bundle = { 'text/html': '<b>seen</b>', 'text/plain': 'seen', 'application/pdf': 'x' };

/** What stock tslab 1.0.22 gives its cells: `display` and `newDisplay` of the module that only its own require knows. */
function asInTslab(): { place: number; type: string; data: unknown }[] {
  const sent: { place: number; type: string; data: unknown }[] = [];
  let places = 0;
  const newDisplay = () => {
    const place = places++;
    return { raw: (type: string, data: unknown) => void sent.push({ place, type, data }) };
  };
  const tslab = { display: newDisplay(), newDisplay };
  Object.assign(globalThis, {
    __tslab__: { require: (name: string) => (name === 'tslab' ? tslab : undefined) },
  });
  return sent;
}
afterEach(() => void delete (globalThis as { __tslab__?: unknown }).__tslab__);

test('a notebook is given the bundle, a plain program the text', () => {
  const object = { a: 1, ...displayed(() => bundle) };
  assert.deepEqual(object[DISPLAY](), bundle);
  assert.equal(inspect(object), 'seen');
  assert.equal(inspect([object]), '[ seen ]');
});

test('on tslab, which prints the last value of a cell, printing also shows the richest type it can draw', () => {
  const sent = asInTslab();
  assert.equal(inspect({ ...displayed(() => bundle) }), 'seen');
  assert.deepEqual(sent, [{ place: 0, type: 'text/html', data: '<b>seen</b>' }]);
});

test('on tslab a claim is seen by its reader and by programs', () => {
  const sent = asInTslab();
  claim('two', 2, { equals: 2 });
  assert.deepEqual(
    sent.map(({ type }) => type),
    ['application/vnd.heed.claim+json', 'text/html'],
  );
});

test('on tslab what moves has a place of its own, which is written over', () => {
  const sent = asInTslab();
  const first = progress({ total: 2, label: 'one', interval: 0 });
  first.update(1);
  progress({ total: 2, label: 'other', interval: 0 }).update(1);
  first.done();
  assert.deepEqual(
    sent.map(({ place }) => place),
    [1, 2, 1],
  );
});
