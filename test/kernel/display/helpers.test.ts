import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBundle } from '../../../kernel/src/display/bundle.js';
import { html, image, json, latex, markdown, svg } from '../../../kernel/src/display/helpers.js';

const dataOf = async (value: unknown) => (await toBundle(value)).data;

test('every helper gives its type and a text worth reading', async () => {
  assert.deepEqual(await dataOf(html('<p>Hi <b>there</b></p><script>no()</script>')), {
    'text/html': '<p>Hi <b>there</b></p><script>no()</script>',
    'text/plain': 'Hi there',
  });
  assert.deepEqual(await dataOf(markdown('# Title')), {
    'text/markdown': '# Title',
    'text/plain': '# Title',
  });
  assert.deepEqual(await dataOf(json({ a: [1] })), {
    'application/json': { a: [1] },
    'text/plain': '{ a: [ 1 ] }',
  });
  assert.deepEqual(await dataOf(svg('<svg><title>A cat</title><path/></svg>')), {
    'image/svg+xml': '<svg><title>A cat</title><path/></svg>',
    'text/plain': 'A cat',
  });
  assert.equal((await dataOf(html('<i>x</i>', { text: 'said' })))['text/plain'], 'said');
});

test('a formula gets its dollar signs unless it has some', async () => {
  assert.equal((await dataOf(latex('x^2')))['text/latex'], '$$x^2$$');
  assert.equal((await dataOf(latex('$x^2$')))['text/latex'], '$x^2$');
  assert.equal(
    (await dataOf(latex('\\begin{align}x\\end{align}')))['text/latex'],
    '\\begin{align}x\\end{align}',
  );
});

test('a picture carries its size and its alternative text', async () => {
  const gif = Buffer.from('GIF89a\x05\x00\x07\x00\x00\x00\x00', 'latin1');
  const { data, metadata } = await toBundle(image(gif, { text: 'a dot', width: 50 }));
  assert.equal(data['text/plain'], 'a dot');
  assert.deepEqual(metadata, { 'image/gif': { alt: 'a dot', width: 50 } });
});

test('wrong input is refused at once, with what was expected', () => {
  assert.throws(() => html(3 as never), /html\(source\): expected a string, got number/);
  assert.throws(() => svg('<p></p>'), /no <svg> element/);
  assert.throws(() => image(Buffer.from('nothing like a picture')), /expected the bytes of a PNG/);
});
