import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import fc from 'fast-check';
import { type Bound, CLAIM_TYPE, claim } from '../../../lib/src/notebook/claim.js';
import { fakeHost } from './fake-host.js';

const host = fakeHost();
afterEach(host.clear);

/** States a claim and reads the verdict that it shows. */
function verdict(value: number | string | boolean, bound: Bound): boolean {
  claim('n', value, bound);
  return (host.bundles().at(-1)![CLAIM_TYPE] as { holds: boolean }).holds;
}

test('a claim shows its name, value, bound and verdict', () => {
  claim('exact <match>', 0.9971, { atLeast: 0.995 });
  const [bundle] = host.bundles();
  assert.deepEqual(bundle![CLAIM_TYPE], {
    name: 'exact <match>',
    value: 0.9971,
    bound: { atLeast: 0.995 },
    holds: true,
  });
  assert.equal(bundle!['text/plain'], 'holds: exact <match>: 0.9971 (at least 0.995)');
  assert.match(String(bundle!['text/html']), /exact &lt;match&gt;.*0\.9971/);
  claim('mass', 0.1, { equals: 0 });
  assert.equal(host.bundles()[1]!['text/plain'], 'FAILS: mass: 0.1 (equals 0)');
});

test('bounds belong to what they bound', () => {
  const holds = verdict;
  assert.deepEqual([holds(1, { atLeast: 1 }), holds(0.999, { atLeast: 1 })], [true, false]);
  assert.deepEqual([holds(1, { atMost: 1 }), holds(1.001, { atMost: 1 })], [true, false]);
  assert.deepEqual(
    [holds(2, { within: [2, 3] }), holds(3, { within: [2, 3] }), holds(3.1, { within: [2, 3] })],
    [true, true, false],
  );
  assert.deepEqual(
    [holds('a', { equals: 'a' }), holds('a', { equals: 'b' }), holds(true, { equals: true })],
    [true, false, true],
  );
  assert.equal(holds(-0, { equals: 0 }), true);
});

test('NaN holds under no bound, and reaches the report as text', () => {
  const limit = fc.double({ noNaN: true });
  const bounds = fc.oneof(
    fc.record({ atLeast: limit }),
    fc.record({ atMost: limit }),
    fc.record({ equals: limit }),
    fc.tuple(limit, limit).map(([a, b]) => ({ within: [Math.min(a, b), Math.max(a, b)] as const })),
  );
  fc.assert(fc.property(bounds, (bound) => verdict(Number.NaN, bound) === false));
  assert.equal((host.bundles()[0]![CLAIM_TYPE] as { value: unknown }).value, 'NaN');
  host.clear();
  claim('n', 1, { atMost: Number.POSITIVE_INFINITY });
  const shown = host.bundles()[0]![CLAIM_TYPE];
  assert.deepEqual(JSON.parse(JSON.stringify(shown)), {
    name: 'n',
    value: 1,
    bound: { atMost: 'Infinity' },
    holds: true,
  });
});

test('a claim that fails by a hair shows the digits that decide', () => {
  claim('n', 0.9949999999, { atLeast: 0.995 });
  assert.match(String(host.bundles()[0]!['text/plain']), /FAILS: n: 0\.9949999999 /);
});

test('a meaningless claim throws and shows nothing', () => {
  const bad = (name: unknown, value: unknown, bound: unknown, message: RegExp): void =>
    assert.throws(() => claim(name as string, value as number, bound as Bound), {
      name: 'TypeError',
      message,
    });
  bad('', 1, { atLeast: 0 }, /expected a name/);
  bad('n', undefined, { atLeast: 0 }, /got undefined/);
  bad('n', { dataSync: 1 }, { atLeast: 0 }, /got object.*dataSync/);
  bad('n', 1, {}, /one bound of atLeast/);
  bad('n', 1, undefined, /got undefined/);
  bad('n', 1, { atLeast: 0, atMost: 2 }, /got atLeast, atMost/);
  bad('n', 1, { above: 0 }, /got above/);
  bad('n', 1, { atLeast: Number.NaN }, /a number as bound/);
  bad('n', 1, { atLeast: '1' }, /a number as bound/);
  bad('n', 1, { within: [1] }, /\[low, high\]/);
  bad('n', 1, { within: 1 }, /\[low, high\]/);
  bad('n', 1, { within: [2, 1] }, /empty/);
  bad('n', 1, { equals: '1' }, /cannot equal a string/);
  bad('n', 1, { equals: Number.NaN }, /nothing equals NaN/);
  bad('n', 'a', { atLeast: 1 }, /Use equals/);
  assert.equal(host.bundles().length, 0);
});

test('without a host a claim is a plain line', (t) => {
  host.remove();
  const log = t.mock.method(console, 'log', () => {});
  claim('n', 2, { within: [1, 3] });
  assert.deepEqual(
    log.mock.calls.map((call) => call.arguments),
    [['holds: n: 2 (from 1 to 3)']],
  );
});
