import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linesOf } from '../../../lib/src/text/lines.js';

async function linesIn(parts: readonly Uint8Array[], maximumBytes = 1000): Promise<string[]> {
  const lines: string[] = [];
  async function* chunks() {
    yield* parts;
  }
  for await (const line of linesOf(chunks(), 'a.txt', { maximumBytes })) lines.push(line);
  return lines;
}

/** Cuts bytes at the given places, characters and line ends included. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, n) => bytes.subarray(n === 0 ? 0 : ends[n - 1], end));
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('lines are the same wherever the bytes are cut', async () => {
  const text = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'é', '語', '😀', ' ', '\t', '\u2028'), maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.array(fc.nat(200)),
      fc.constantFrom('\n', '\r\n'),
      async (lines, places, end) => {
        const whole = bytesOf(lines.map((line) => line + end).join(''));
        assert.deepEqual(await linesIn(cut(whole, places)), lines);
      },
    ),
  );
});

test('an end that is missing, a byte order mark, empty lines', async () => {
  assert.deepEqual(await linesIn([bytesOf('a\n\nb')]), ['a', '', 'b']);
  assert.deepEqual(await linesIn([bytesOf('\ufeffa\n\ufeffb\n')]), ['a', '\ufeffb']);
  assert.deepEqual(await linesIn(cut(bytesOf('\ufeffa'), [1, 2])), ['a']);
  assert.deepEqual(await linesIn([bytesOf('\n')]), ['']);
  assert.deepEqual(await linesIn([]), []);
  assert.deepEqual(await linesIn([new Uint8Array(0)]), []);
});

test('bytes that are not UTF-8 are an error that names the line, wherever they are cut', async () => {
  const latin = Uint8Array.from([...bytesOf('eins\nzwei\nM'), 0xe4, ...bytesOf('nner\nvier\n')]);
  for (let place = 0; place <= latin.length; place++)
    await assert.rejects(linesIn(cut(latin, [place])), /a\.txt, line 3: the bytes are not UTF-8.*iconv/);
  await assert.rejects(linesIn([Uint8Array.of(0xff, 0xfe, 0x61, 0)]), /line 1: .*utf-16/);
  await assert.rejects(linesIn([bytesOf('a\n'), Uint8Array.of(0xc3)]), /line 2/);
});

test('a line longer than the limit is an error that names it, wherever it is cut; one as long is none', async () => {
  const text = bytesOf(`ok\n${'x'.repeat(11)}\nok\n`);
  for (let place = 0; place <= text.length; place++)
    await assert.rejects(linesIn(cut(text, [place]), 10), /a\.txt, line 2 has more than 10 bytes/);
  assert.deepEqual(await linesIn([text], 11), ['ok', 'x'.repeat(11), 'ok']);
  await assert.rejects(linesIn([bytesOf('x'.repeat(6)), bytesOf('x'.repeat(6))], 10), /line 1/);
});
