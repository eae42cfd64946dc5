import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { DISPLAY } from '../../../lib/src/figures/figure.js';
import { check, points } from '../../../lib/src/notebook/check.js';
import { fakeHost } from './fake-host.js';

const host = fakeHost();
afterEach(host.clear);

test('a right solution is told without the hint', () => {
  assert.equal(
    check('softmax', () => true, 'Divide by the sum.'),
    true,
  );
  assert.equal(host.bundles()[0]!['text/plain'], 'right: softmax');
  assert.doesNotMatch(String(host.bundles()[0]!['text/html']), /Divide/);
});

test('a wrong or throwing solution shows the hint and lets the notebook go on', () => {
  assert.equal(check('softmax', false, 'Divide by the <sum>.'), false);
  assert.equal(host.bundles()[0]!['text/plain'], 'not yet: softmax\n  Hint: Divide by the <sum>.');
  assert.match(String(host.bundles()[0]!['text/html']), /&lt;sum&gt;/);
  const throwing = (): boolean => {
    throw new TypeError('x is undefined');
  };
  assert.equal(check('softmax', throwing, 'Define x.'), false);
  assert.match(String(host.bundles()[1]!['text/plain']), /your code threw TypeError: x is undefined/);
});

test('a check that can say nothing is refused', () => {
  assert.throws(() => check('n', true, ''), /a hint/);
  assert.throws(() => check('', true, 'h'), /a name/);
  assert.throws(() => check('n', (() => undefined) as never, 'h'), /expected true or false, got undefined/);
  assert.throws(() => check('n', (async () => true) as never, 'h'), /a promise/);
});

test('points are the share of checks that passed, shown as the bare number that a grader reads', () => {
  const earned = (passed: boolean[]) => points(2, passed)[DISPLAY]()['text/plain'];
  assert.deepEqual([earned([true, true]), earned([true, false]), earned([false])], ['2', '1', '0']);
  assert.equal(earned([true, false, false]), '0.67');
  assert.match(String(points(2, [true, false])[DISPLAY]()['text/html']), /1 of 2 points/);
  assert.throws(() => points(2, []), /at least one check/);
  assert.throws(() => points(0, [true]), /above 0, got 0/);
});
