import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as browser from '../../../lib/src/platform/browser.js';
import * as node from '../../../lib/src/platform/node.js';

const folder = mkdtempSync(join(tmpdir(), 'heed-chunks-'));
after(() => rmSync(folder, { recursive: true }));

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

const random = randomBytes(300_000);
const contents = { 'plain.bin': random, 'packed.bin': gzipSync(random), 'empty.bin': Buffer.alloc(0) };
for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(folder, name), bytes);
const wanted = { 'plain.bin': random, 'packed.bin': random, 'empty.bin': Buffer.alloc(0) };
const cut = contents['packed.bin'].subarray(0, 200_000);
writeFileSync(join(folder, 'cut.bin'), cut);

test('Node and the browser offer the same names', () => {
  assert.deepEqual(Object.keys(browser).sort(), Object.keys(node).sort());
});

test('Node reads a file piece by piece and unpacks gzip, whatever its name', async () => {
  for (const [name, bytes] of Object.entries(wanted))
    assert.ok((await bytesOf(node.readChunks(join(folder, name)))).equals(bytes), name);
  await assert.rejects(bytesOf(node.readChunks(join(folder, 'none'))), /Cannot read .*none: ENOENT/);
  await assert.rejects(
    bytesOf(node.readChunks(join(folder, 'cut.bin'))),
    /cut\.bin \(gzip\): unexpected end/,
  );
  await assert.rejects(bytesOf(node.readChunks(folder)), /Cannot read .*EISDIR/);
});

test('a browser reads what it can fetch in the same way', async (t) => {
  const served: Record<string, Buffer> = { ...contents, 'cut.bin': cut };
  t.mock.method(globalThis, 'fetch', async (path: string) => {
    const bytes = served[path];
    return bytes === undefined ? new Response(null, { status: 404 }) : new Response(new Uint8Array(bytes));
  });
  for (const [name, bytes] of Object.entries(wanted))
    assert.ok((await bytesOf(browser.readChunks(name))).equals(bytes), name);
  await assert.rejects(bytesOf(browser.readChunks('none')), /Cannot read none: the server answered 404/);
  await assert.rejects(bytesOf(browser.readChunks('cut.bin')), /Cannot read cut\.bin \(gzip\)/);
  for await (const chunk of browser.readChunks('packed.bin')) {
    assert.ok(chunk.length > 0);
    break;
  }
});
