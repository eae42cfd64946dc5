import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runGenerator, sha256 } from '../../datasets/generator.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heed-dataset-'));
  mock.method(console, 'log', () => {});
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  mock.restoreAll();
});

const toy = (sample: number, indent?: number) => ({
  url: pathToFileURL(join(folder, 'generate.ts')).href,
  generate: () => ({ name: 'toy', words: ['a', 'b'], sample }),
  ...(indent !== undefined && { indent }),
});
const file = () => join(folder, `${basename(folder)}.json`);

test('writes what is generated with its hash, and finds it again byte for byte', () => {
  for (const indent of [undefined, 1]) {
    runGenerator(toy(1, indent), '--write');
    const text = readFileSync(file(), 'utf8');
    assert.equal(text, `${JSON.stringify(toy(1).generate(), null, indent)}\n`);
    assert.equal(
      readFileSync(join(folder, 'SHA256SUMS'), 'utf8'),
      `${sha256(text)}  ${basename(folder)}.json\n`,
    );
    runGenerator(toy(1, indent), '--check');
  }
});

test('another generator is refused, and what differs is named', () => {
  runGenerator(toy(1), '--write');
  assert.throws(() => runGenerator(toy(2), '--check'), /gives another .*with other sample: restore/);
  assert.throws(() => runGenerator(toy(1, 1), '--check'), /with other layout/);
  assert.equal(JSON.parse(readFileSync(file(), 'utf8')).sample, 1);
});

test('a changed file is refused before anything is generated', () => {
  runGenerator(toy(1), '--write');
  writeFileSync(file(), readFileSync(file(), 'utf8').replace('1', '2'));
  const generate = mock.fn(toy(1).generate);
  assert.throws(
    () => runGenerator({ ...toy(1), generate }, '--check'),
    /has SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}/,
  );
  assert.equal(generate.mock.callCount(), 0);
});

test('a check of its own sees the frozen text and decides whether it is generated again', () => {
  runGenerator(toy(1), '--write');
  const seen: string[] = [];
  runGenerator({ ...toy(2), check: (text) => void seen.push(text) }, '--check');
  assert.deepEqual(seen, [readFileSync(file(), 'utf8')]);
  assert.throws(() => runGenerator({ ...toy(2), check: (_, again) => again() }, '--check'), /other sample/);
});

test('an unknown option writes nothing', () => {
  assert.throws(() => runGenerator(toy(1), '--wirte'), /Unknown option --wirte: expected --check or --write/);
  assert.ok(!existsSync(file()));
});
