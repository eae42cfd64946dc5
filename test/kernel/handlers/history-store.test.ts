import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HistoryStore } from '../../../kernel/src/handlers/history-store.js';

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'heed history '));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'inner', 'history.sqlite');
}

function open(file?: string): { store: HistoryStore; log: string[] } {
  const log: string[] = [];
  const options = { log: (line: string) => void log.push(line), shield: <T>(work: () => T) => work() };
  return { store: new HistoryStore(file === undefined ? options : { ...options, file }), log };
}

const lines = (entries: readonly { session: number; line: number; input: string }[]) =>
  entries.map(({ session, line, input }) => [session, line, input]);

test('tail, range and search over this session and earlier ones', async (t) => {
  const file = place(t);
  const first = open(file);
  first.store.add(1, 'one').output = '1';
  first.store.add(2, 'two');
  await first.store.close();
  const { store, log } = open(file);
  store.add(1, 'one');
  store.add(2, 'three');
  assert.deepEqual(lines(await store.tail(3)), [
    [1, 2, 'two'],
    [2, 1, 'one'],
    [2, 2, 'three'],
  ]);
  assert.deepEqual(lines(await store.range(0, 1, 2)), [[2, 1, 'one']]);
  assert.deepEqual(lines(await store.range(-1, 0, undefined)), [
    [1, 1, 'one'],
    [1, 2, 'two'],
  ]);
  assert.equal((await store.range(1, 1, 2))[0]!.output, '1');
  assert.equal((await store.range(0, 1, 2))[0]!.output, undefined);
  assert.deepEqual(lines(await store.search('*o*', undefined, { unique: false })), [
    [1, 1, 'one'],
    [1, 2, 'two'],
    [2, 1, 'one'],
  ]);
  // Of equal sources the last counts.
  assert.deepEqual(lines(await store.search('*o*', undefined, { unique: true })), [
    [1, 2, 'two'],
    [2, 1, 'one'],
  ]);
  assert.deepEqual(lines(await store.search('t*', 1, { unique: false })), [[2, 2, 'three']]);
  assert.deepEqual(await store.tail(0), []);
  assert.deepEqual(log, []);
  await store.close();
});

test('the file and its folder are for their owner alone', async (t) => {
  if (process.platform === 'win32') {
    t.skip('Windows keeps no such modes');
    return;
  }
  const file = place(t);
  const { store } = open(file);
  store.add(1, 'secret');
  await store.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
});

test('two kernels write to one file', async (t) => {
  const file = place(t);
  const [one, two] = [open(file), open(file)];
  for (let line = 1; line <= 5; line++) {
    one.store.add(line, `one ${line}`);
    two.store.add(line, `two ${line}`);
    await Promise.all([one.store.flush(), two.store.flush()]);
  }
  assert.equal((await one.store.tail(100)).length, 10);
  assert.deepEqual([...one.log, ...two.log], []);
  await one.store.close();
  await two.store.close();
});

test('a broken file is left as it is, and the session is kept in memory', async (t) => {
  const file = place(t);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'this is no database, and nobody wants to lose it'.repeat(100));
  const { size } = statSync(file);
  const { store, log } = open(file);
  store.add(1, 'one');
  assert.deepEqual(lines(await store.tail(5)), [[1, 1, 'one']]);
  store.add(2, 'two');
  assert.equal((await store.tail(5)).length, 2);
  assert.equal(statSync(file).size, size);
  assert.equal(log.length, 1);
  assert.match(log[0]!, /kept in memory/);
  await store.close();
});

test('a lock that somebody holds costs little time; one that a killed kernel left is removed', async (t) => {
  const file = place(t);
  const first = open(file);
  first.store.add(1, 'one');
  await first.store.close();
  mkdirSync(`${file}.lock`);
  const held = open(file);
  held.store.add(1, 'two');
  const start = Date.now();
  assert.equal((await held.store.tail(5)).length, 1);
  assert.ok(Date.now() - start < 2000);
  assert.match(held.log[0]!, /lock/);
  const old = new Date(Date.now() - 60_000);
  utimesSync(`${file}.lock`, old, old);
  const next = open(file);
  next.store.add(1, 'three');
  assert.deepEqual(
    (await next.store.tail(5)).map(({ input }) => input),
    ['one', 'three'],
  );
  assert.deepEqual(next.log, []);
  await next.store.close();
});
