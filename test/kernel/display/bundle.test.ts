import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { toBundle } from '../../../kernel/src/display/bundle.js';

const display = Symbol.for('Jupyter.display');
const textOf = async (value: unknown) => String((await toBundle(value)).data['text/plain']);

test('plain values are plain: a grader reads the number', async () => {
  assert.equal(await textOf(0.5), '0.5');
  assert.equal(await textOf('it'), "'it'");
  assert.equal(await textOf(10n), '10n');
  assert.equal(await textOf(undefined), 'undefined');
  assert.equal(
    await textOf({ a: [1, { b: new Map([[1, 2]]) }] }),
    '{\n  a: [ 1, { b: Map(1) { 1 => 2 } } ]\n}',
  );
});

test('no colours, also where the environment asks for them', async () => {
  const before = process.env.FORCE_COLOR;
  process.env.FORCE_COLOR = '1';
  try {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
    assert.doesNotMatch(await textOf({ a: 1, b: 'x' }), /\u001b/);
  } finally {
    if (before === undefined) delete process.env.FORCE_COLOR;
    else process.env.FORCE_COLOR = before;
  }
});

test('long texts are cut with a note', async () => {
  const text = await textOf(Array.from({ length: 199 }, () => 'x'.repeat(2000)));
  assert.ok(text.length < 100_100);
  assert.match(text, /more characters are not shown$/);
});

test('an error that is a value: name, message, causes, no stack with paths of this machine', async () => {
  const text = await textOf(new RangeError('too long', { cause: new TypeError('inner') }));
  assert.equal(text, 'RangeError: too long\n  caused by TypeError: inner');
  assert.equal(
    await textOf(new AggregateError([new Error('a'), new Error('b')], 'both')),
    'AggregateError: both\n  - Error: a\n  - Error: b',
  );
});

test('values of another realm are known too', async () => {
  assert.equal(await textOf(runInNewContext('new TypeError("there")')), 'TypeError: there');
  const figure = runInNewContext('({ data: [{ type: "bar", y: new Float32Array([1, 2]) }], layout: {} })');
  const { data } = await toBundle(figure, { stillFigures: false });
  assert.deepEqual(data['application/vnd.plotly.v1+json'], {
    data: [{ type: 'bar', y: [1, 2] }],
    layout: {},
  });
});

test('a display method may give data, a whole bundle, or a promise of either', async () => {
  const simple = await toBundle({ [display]: () => ({ 'text/html': '<b>x</b> &amp; y' }) });
  assert.deepEqual(simple.data, { 'text/html': '<b>x</b> &amp; y', 'text/plain': 'x & y' });
  const whole = { data: { 'text/plain': 'hi' }, metadata: { 'text/plain': { a: 1 } } };
  assert.deepEqual(await toBundle({ [display]: async () => whole }), whole);
});

test('it is called with its own object', async () => {
  class Shown {
    #name = 'me';
    [display]() {
      return { 'text/plain': this.#name };
    }
  }
  assert.equal(await textOf(new Shown()), 'me');
});

test('a display method that fails does not lose the cell', async () => {
  const value = { n: 1, [display]: () => assert.fail('no way') };
  assert.match(await textOf(value), /n: 1[\s\S]*its Jupyter\.display method failed: .*no way/);
  assert.match(await textOf({ [display]: () => Promise.reject(new Error('later')) }), /failed: Error: later/);
  assert.match(await textOf({ [display]: () => null }), /an object \{ mimeType: data \} was expected/);
  assert.match(await textOf({ [display]: () => ({}) }), /empty bundle/);
});

test('objects that throw when they are looked at', async () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('hands off');
      },
    },
  );
  assert.match(await textOf(hostile), /hands off/);
  assert.equal(await textOf(Object.create(null)), '[Object: null prototype] {}');
});

test('what JSON cannot hold is told, the rest is kept', async () => {
  const ring: Record<string, unknown> = {};
  ring.ring = ring;
  const { data } = await toBundle({
    [display]: () => ({ 'application/json': ring, 'text/plain': 'a ring' }),
  });
  assert.deepEqual(Object.keys(data), ['text/plain']);
  assert.match(String(data['text/plain']), /^a ring\n\(application\/json was left out: .*circular/);
});

test('pictures are known by their first bytes', async () => {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAYAAAC56t6BAAAADklEQVR4nGNgIA', 'base64');
  const { data } = await toBundle(new Uint8Array(png));
  assert.equal(data['image/png'], png.toString('base64'));
  assert.equal(data['text/plain'], 'PNG image, 2 x 3');
  const gif = Buffer.from('GIF89a\x05\x00\x07\x00\x00\x00\x00', 'latin1');
  assert.equal(await textOf(gif), 'GIF image, 5 x 7');
  // start of image, a comment segment of 4 bytes, a baseline frame of 9 rows and 16 columns
  const jpeg = Buffer.from('ffd8fffe0004aaaaffc0001108000900100301', 'hex');
  assert.equal(await textOf(jpeg), 'JPEG image, 16 x 9');
  assert.match(await textOf(Buffer.from('only some words')), /^<Buffer /);
});
