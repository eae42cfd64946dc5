import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type CorpusOptions, type PairCounts, readParallel, readTabSeparated, type TextPair } from 'heed';

const folder = mkdtempSync(join(tmpdir(), 'heed-corpus-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const texts = (pairs: readonly TextPair[]) => pairs.map(({ source, target, line }) => [line, source, target]);
const three = { source: file('3.de', 'eins\nzwei\ndrei\n'), target: file('3.en', 'one\ntwo\nthree') };

test('two files pair line by line, plain or gzip, as often as they are read', async () => {
  const wanted = [
    [1, 'eins', 'one'],
    [2, 'zwei', 'two'],
    [3, 'drei', 'three'],
  ];
  const packed = { ...three, source: file('3.packed', gzipSync('eins\nzwei\ndrei\n')) };
  for (const files of [three, packed]) {
    const stream = readParallel(files);
    assert.deepEqual(texts(await all(stream)), wanted);
    assert.deepEqual(texts(await all(stream)), wanted);
  }
});

test('tab-separated: chosen columns, quotes are text, further columns left out', async () => {
  const path = file('t.tsv', 'one\t"eins\tCC-BY\r\n\r\ntwo\tzwei\n');
  const counts: PairCounts[] = [];
  const stream = readTabSeparated(path, {
    columns: { source: 1, target: 0 },
    onEnd: (count) => counts.push(count),
  });
  assert.deepEqual(texts(await all(stream)), [
    [1, '"eins', 'one'],
    [3, 'zwei', 'two'],
  ]);
  assert.deepEqual(counts, [{ lines: 3, pairs: 2, empty: 1, long: 0 }]);
  const packed = file('t.tsv.gz', gzipSync('a\tb\n'));
  assert.deepEqual(texts(await all(readTabSeparated(packed))), [[1, 'a', 'b']]);
});

test('a missing column is an error that names the line; a column that cannot be too', async () => {
  const path = file('short.tsv', 'one\teins\ntwo\n');
  await assert.rejects(all(readTabSeparated(path)), /short\.tsv, line 2 has 1 column: "two".*at least 2/);
  await assert.rejects(all(readTabSeparated(path, { columns: { source: 0, target: -1 } })), /column -1/);
});

test('files of unequal counts: the first line without a partner is named, whichever file is longer', async () => {
  const longer = file('4.en', 'one\ntwo\nthree\nfour\n');
  const expected = /ends after line 3, but .*4\.en has a line 4, "four"/;
  await assert.rejects(all(readParallel({ source: three.source, target: longer })), expected);
  await assert.rejects(all(readParallel({ source: longer, target: three.source })), expected);
  const empty = file('0.en', '');
  await assert.rejects(all(readParallel({ ...three, target: empty })), /ends after line 0.*line 1, "eins"/);
});

test('empty sides leave both out, counted and reported, or are an error', async () => {
  const files = {
    source: file('e.de', 'eins\n \t\ndrei\nvier\n'),
    target: file('e.en', 'one\ntwo\n\nfour\n'),
  };
  const skipped: unknown[] = [];
  const counts: PairCounts[] = [];
  const pairs = await all(
    readParallel(files, {
      onSkip: ({ line }, reason) => skipped.push([line, reason]),
      onEnd: (count) => counts.push(count),
    }),
  );
  assert.deepEqual(texts(pairs), [
    [1, 'eins', 'one'],
    [4, 'vier', 'four'],
  ]);
  assert.deepEqual(skipped, [
    [2, 'empty'],
    [3, 'empty'],
  ]);
  assert.deepEqual(counts, [{ lines: 4, pairs: 2, empty: 2, long: 0 }]);
  await assert.rejects(
    all(readParallel(files, { empty: 'error' })),
    /line 2: one side is empty.*empty: 'skip'/,
  );
});

test('a line of 10,000 words is left out and counted, or is an error; the limit is exact', async () => {
  const words = (count: number) => Array(count).fill('w').join(' ');
  const files = {
    source: file('l.de', `${words(10_000)}\n${words(200)}\n${words(201)}\nkurz\n`),
    target: file('l.en', 'a\nb\nc\nd\n'),
  };
  const read = async (options: CorpusOptions) =>
    (await all(readParallel(files, options))).map(({ line }) => line);
  const counts: PairCounts[] = [];
  assert.deepEqual(await read({ onEnd: (count) => counts.push(count) }), [2, 4]);
  assert.deepEqual(counts, [{ lines: 4, pairs: 2, empty: 0, long: 2 }]);
  assert.deepEqual(await read({ maximumWords: 10_000 }), [1, 2, 3, 4]);
  await assert.rejects(read({ long: 'error' }), /line 1: one side has more than 200 words/);
  await assert.rejects(read({ maximumBytes: 1000 }), /l\.de, line 1 has more than 1000 bytes/);
  assert.throws(() => readParallel(files, { maximumWords: 0 }), /maximumWords 0/);
});

test('a file that is not there, or is damaged gzip, is named', async () => {
  await assert.rejects(all(readParallel({ ...three, target: join(folder, 'none.en') })), /none\.en: ENOENT/);
  const packed = gzipSync('eins\nzwei\ndrei\n');
  const cut = file('cut.gz', packed.subarray(0, packed.length - 12));
  await assert.rejects(
    all(readParallel({ ...three, source: cut })),
    /cut\.gz \(gzip\): unexpected end of file/,
  );
});

test('a loop that is left early closes the files', async () => {
  for await (const pair of readParallel(three)) {
    assert.equal(pair.line, 1);
    break;
  }
  // A file left open keeps Node from ending: the runner would wait.
  const { source } = (await all(readParallel(three)))[0]!;
  assert.equal(source, 'eins');
});

test('a corpus larger than the heap is shuffled, bucketed and encoded in constant memory', async () => {
  const line = 'ein mann liest das buch äpfel '.repeat(4);
  const block = `${line}\n`.repeat(1000);
  const blocks = 130;
  const paths = [join(folder, 'large.de'), join(folder, 'large.en')];
  for (const path of paths) {
    const stream = createWriteStream(path);
    for (let n = 0; n < blocks; n++) stream.write(block);
    await new Promise<void>((resolve) => stream.end(resolve));
  }
  const read = await promisify(execFile)(process.execPath, [
    ...['--max-old-space-size=64', '--conditions=heed-source', '--import', 'tsx'],
    ...[fileURLToPath(new URL('./corpus-memory.ts', import.meta.url)), ...paths],
  ]);
  const { pairs, bufferMegabytes } = JSON.parse(read.stdout);
  assert.equal(pairs, blocks * 1000);
  // 31 MB of text, and twice that as ids: held whole it ends the process. Bytes lie outside of the heap.
  const corpus = (2 * blocks * Buffer.byteLength(block)) / 2 ** 20;
  assert.ok(corpus > 30 && bufferMegabytes < 16, `${bufferMegabytes} MB of buffers for ${corpus} MB`);
});
