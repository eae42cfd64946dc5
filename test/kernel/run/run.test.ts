import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseNotebook, readNotebook } from '../../../kernel/src/run/notebook.js';
import { type RunOptions, runNotebook, runNotebooks } from '../../../kernel/src/run/run.js';
import { code, installScriptedKernel, script, temporaryFolder, writeNotebook } from './support.js';

const ok = script([['stream', { name: 'stdout', text: 'fine\n' }]]);
const show = (data: object, more: object = {}) => ({ data, metadata: {}, ...more });
const claim = (holds: unknown) => ({
  'application/vnd.heed.claim+json': { name: 'loss falls', value: 0.5, bound: 0.4, holds },
  'text/plain': 'loss falls',
});

async function runCells(
  t: TestContext,
  cells: Parameters<typeof writeNotebook>[1],
  options: RunOptions = {},
) {
  const folder = temporaryFolder(t);
  installScriptedKernel(join(folder, 'jupyter'));
  const path = writeNotebook(folder, cells);
  const result = await runNotebook(path, { kernel: 'scripted', ...options });
  const statuses = result.cells.map((cell) => cell.status);
  const outputs = (result.notebook?.cells ?? []).map((cell) =>
    cell.cell_type === 'code' ? cell.outputs : [],
  );
  return { ...result, folder, path, statuses, outputs };
}

test('a notebook whose cells pass, passes; streams are merged and counts stored', async (t) => {
  const { passed, statuses, notebook } = await runCells(t, [
    script([
      ['stream', { name: 'stdout', text: 'one\n' }],
      ['stream', { name: 'stdout', text: 'two\n' }],
      ['stream', { name: 'stderr', text: 'three\n' }],
    ]),
    code(''),
    ok,
  ]);
  assert.equal(passed, true);
  assert.deepEqual(statuses, ['ok', 'empty', 'ok']);
  const [first] = notebook!.cells;
  assert.ok(first?.cell_type === 'code');
  assert.equal(first.execution_count, 1);
  assert.deepEqual(first.outputs, [
    { output_type: 'stream', name: 'stdout', text: 'one\ntwo\n' },
    { output_type: 'stream', name: 'stderr', text: 'three\n' },
  ]);
});

test('an error fails the run, and the cells after it are not run', async (t) => {
  const error = { ename: 'TypeError', evalue: 'boom', traceback: ['TypeError: boom'] };
  const { passed, statuses, cells } = await runCells(t, [
    script([
      ['error', error],
      ['reply', { status: 'error', execution_count: 1, ...error }],
    ]),
    ok,
  ]);
  assert.equal(passed, false);
  assert.deepEqual(statuses, ['error', 'not run']);
  assert.equal(cells[0]?.message, 'TypeError: boom');
});

test('a run that keeps going runs the cells after a failed one as long as there is a kernel, and fails', async (t) => {
  const error = { ename: 'TypeError', evalue: 'boom', traceback: ['TypeError: boom'] };
  const throws = script([
    ['error', error],
    ['reply', { status: 'error', execution_count: 1, ...error }],
  ]);
  const options = { keepGoing: true, timeout: 1, grace: 3000 };
  const { passed, statuses } = await runCells(
    t,
    [throws, ok, script([['hang']]), ok, script([['exit', 3]]), ok],
    options,
  );
  assert.equal(passed, false);
  assert.deepEqual(statuses, ['error', 'ok', 'timeout', 'ok', 'died', 'not run']);
  const deaf = await runCells(t, [script([['hang', 'deaf']]), ok], { ...options, grace: 300 });
  assert.deepEqual(deaf.statuses, ['timeout', 'not run']);
});

test('an error that only the reply tells is a failure and is stored', async (t) => {
  const { passed, outputs } = await runCells(t, [
    script([['reply', { status: 'error', execution_count: 1, ename: 'E', evalue: 'quiet', traceback: [] }]]),
  ]);
  assert.equal(passed, false);
  assert.deepEqual(outputs[0], [{ output_type: 'error', ename: 'E', evalue: 'quiet', traceback: [] }]);
});

test('an error that is published although the reply says ok is a failure', async (t) => {
  const { statuses } = await runCells(t, [
    script([['error', { ename: 'E', evalue: 'late', traceback: [] }]]),
  ]);
  assert.deepEqual(statuses, ['error']);
});

test('a claim that does not hold fails the run; one that does not say so fails, too', async (t) => {
  const held = await runCells(t, [script([['display_data', show(claim(true))]])]);
  assert.deepEqual([held.passed, held.cells[0]?.claims.length], [true, 1]);
  for (const holds of [false, undefined, 'yes']) {
    const { statuses, passed } = await runCells(t, [script([['display_data', show(claim(holds))]]), ok]);
    assert.equal(passed, false);
    // A claim is a finding, not an error: what comes after it is run, and the run fails.
    assert.deepEqual(statuses, ['claim', 'ok'], String(holds));
  }
});

test('a cleared claim still counts', async (t) => {
  const { statuses } = await runCells(t, [
    script([
      ['display_data', show(claim(false))],
      ['clear_output', { wait: false }],
    ]),
  ]);
  assert.deepEqual(statuses, ['claim']);
});

test('display updates reach the cell that displayed; clear_output with wait clears at the next output', async (t) => {
  const id = { transient: { display_id: 'curve' } };
  const { outputs } = await runCells(t, [
    script([['display_data', show({ 'text/plain': 'old' }, id)]]),
    script([
      ['update_display_data', show({ 'text/plain': 'new' }, id)],
      ['stream', { name: 'stdout', text: 'gone' }],
      ['clear_output', { wait: true }],
      ['stream', { name: 'stdout', text: 'stays' }],
      ['clear_output', { wait: true }],
    ]),
  ]);
  assert.deepEqual(outputs, [
    [{ output_type: 'display_data', data: { 'text/plain': 'new' }, metadata: {} }],
    [{ output_type: 'stream', name: 'stdout', text: 'stays' }],
  ]);
});

test('a cell that takes too long is interrupted', async (t) => {
  const started = performance.now();
  const { statuses, cells } = await runCells(t, [script([['hang']]), ok], { timeout: 0.3 });
  assert.deepEqual(statuses, ['timeout', 'not run']);
  assert.match(cells[0]!.message, /longer than 0\.3 s; interrupted/);
  assert.ok(performance.now() - started < 15_000);
});

test('a kernel that does not heed the interrupt is killed', async (t) => {
  const { statuses, cells } = await runCells(t, [script([['hang', 'deaf']])], { timeout: 0.3, grace: 300 });
  assert.deepEqual(statuses, ['timeout']);
  assert.match(cells[0]!.message, /killed/);
});

test('a kernel that ends in a cell fails the run with its exit code', async (t) => {
  const { statuses, cells } = await runCells(t, [script([['exit', 7]]), ok]);
  assert.deepEqual(statuses, ['died', 'not run']);
  assert.match(cells[0]!.message, /exit code 7/);
});

test('an aborted cell and a reply without a count fail', async (t) => {
  for (const reply of [{ status: 'abort' }, { status: 'aborted', execution_count: 1 }, { status: 'ok' }]) {
    const { statuses } = await runCells(t, [script([['reply', reply]])]);
    assert.deepEqual(statuses, ['aborted'], JSON.stringify(reply));
  }
});

test('a request for input is refused and fails the cell', async (t) => {
  const { statuses, cells } = await runCells(t, [
    script([
      // The stdin socket connects on its own time; a request sent before would reach nobody.
      ['wait', 500],
      ['ask', 'Your name? '],
      ['wait', 300],
    ]),
  ]);
  assert.deepEqual(statuses, ['stdin']);
  assert.match(cells[0]!.message, /"Your name\?"/);
});

test('raises-exception must throw; skip-execution keeps its outputs', async (t) => {
  const fault = { status: 'error', execution_count: 1, ename: 'E', evalue: '', traceback: [] };
  const kept = { output_type: 'stream' as const, name: 'stdout', text: 'stored' };
  const skipped = { ...code('[["exit", 1]]', ['skip-execution']), outputs: [kept] };
  const { passed, statuses, outputs } = await runCells(t, [
    script([['reply', fault]], ['raises-exception']),
    skipped,
    ok,
  ]);
  assert.deepEqual([passed, statuses], [true, ['ok', 'skipped', 'ok']]);
  assert.deepEqual(outputs[1], [kept]);
  const silent = await runCells(t, [script([], ['raises-exception'])]);
  assert.deepEqual(silent.statuses, ['error']);
  assert.match(silent.cells[0]!.message, /did not throw/);
});

test('a notebook that would prove nothing fails', async (t) => {
  const none = await runCells(t, []);
  assert.match(none.error ?? '', /no code cell/);
  const empty = await runCells(t, [code(' \n')]);
  assert.match(empty.error ?? '', /no code cell/);
  const skipped = await runCells(t, [code('1', ['skip-execution'])]);
  assert.equal(skipped.passed, false);
  assert.match(skipped.error ?? '', /proves nothing/);
  await assert.rejects(
    runNotebooks([], () => ({}), { jobs: 1 }),
    /no notebook was named/,
  );
});

test('a kernel that does not start: what was tried, what it printed, what to do', async (t) => {
  const folder = temporaryFolder(t);
  installScriptedKernel(join(folder, 'jupyter'), { SCRIPTED_START: 'fail' });
  const result = await runNotebook(writeNotebook(folder, [ok]), { kernel: 'scripted' });
  assert.equal(result.passed, false);
  for (const part of [/exit code 3/, /Tried: .*scripted-kernel/, /no compiler here/, /heed doctor/])
    assert.match(result.error ?? '', part);
  const unknown = await runNotebook(writeNotebook(folder, [ok]), { kernel: 'no-such' });
  assert.match(unknown.error ?? '', /no kernel is called "no-such".*Known: .*scripted/s);
});

test('a kernel whose port was taken in the meantime is started on others', async (t) => {
  const folder = temporaryFolder(t);
  const mark = join(folder, 'was started');
  installScriptedKernel(join(folder, 'jupyter'), { SCRIPTED_TAKEN: mark });
  const result = await runNotebook(writeNotebook(folder, [ok]), { kernel: 'scripted' });
  assert.ok(existsSync(mark), 'the first start failed');
  assert.equal(result.passed, true, result.error);
});

test('--write stores a run that passed and leaves the file of one that did not as it was', async (t) => {
  const good = await runCells(t, [ok], { write: true });
  assert.deepEqual(good.written, [good.path]);
  const stored = readNotebook(good.path).cells[0];
  assert.ok(stored?.cell_type === 'code');
  assert.deepEqual(stored.outputs, [{ output_type: 'stream', name: 'stdout', text: 'fine\n' }]);
  const again = readFileSync(good.path, 'utf8');
  await runNotebook(good.path, { kernel: 'scripted', write: true });
  assert.equal(readFileSync(good.path, 'utf8'), again, 'a second run changes nothing');

  const folder = temporaryFolder(t);
  const path = writeNotebook(folder, [script([['exit', 1]])]);
  const before = readFileSync(path, 'utf8');
  const bad = await runNotebook(path, { kernel: 'scripted', write: true, output: join(folder, 'out') });
  assert.equal(readFileSync(path, 'utf8'), before);
  assert.deepEqual(bad.written, [join(folder, 'out', 'lesson.ipynb')]);
  assert.deepEqual(readdirSync(join(folder, 'out')), ['lesson.ipynb'], 'nothing half-written is left');
});

test('machine paths do not reach the stored notebook, and no connection file is left', async (t) => {
  const folder = temporaryFolder(t);
  installScriptedKernel(join(folder, 'jupyter'));
  const path = writeNotebook(folder, [
    script([['stream', { name: 'stdout', text: `at ${folder}/model.ts:3, ${process.env.HOME}/x\n` }]]),
  ]);
  const { notebook } = await runNotebook(path, { kernel: 'scripted' });
  const [cell] = notebook!.cells;
  assert.ok(cell?.cell_type === 'code');
  assert.deepEqual(cell.outputs, [{ output_type: 'stream', name: 'stdout', text: 'at ./model.ts:3, ~/x\n' }]);
  // Other tests run at the same time; the name of a folder holds the process that made it.
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`heed-run-${process.pid}-`));
  assert.deepEqual(left, []);
});

test('several notebooks run to the end, two at a time, in their order', async (t) => {
  const folder = temporaryFolder(t);
  installScriptedKernel(join(folder, 'jupyter'));
  const slow = writeNotebook(folder, [script([['wait', 400]])], 'slow.ipynb');
  const broken = join(folder, 'broken.ipynb');
  writeFileSync(broken, 'not JSON');
  const fast = writeNotebook(folder, [ok], 'fast.ipynb');
  const results = await runNotebooks([slow, broken, fast], () => ({ kernel: 'scripted' }), { jobs: 2 });
  assert.deepEqual(
    results.map((result) => [result.path, result.passed]),
    [
      [slow, true],
      [broken, false],
      [fast, true],
    ],
  );
});

test('a notebook for another language names the kernel to choose', async (t) => {
  const folder = temporaryFolder(t);
  const path = writeNotebook(folder, [ok]);
  const notebook = parseNotebook(readFileSync(path, 'utf8'), path);
  notebook.metadata.kernelspec = { name: 'python3', display_name: 'Python 3', language: 'python' };
  writeFileSync(path, JSON.stringify(notebook));
  const { error } = await runNotebook(path);
  assert.match(error ?? '', /written in python.*--kernel python3/);
});
