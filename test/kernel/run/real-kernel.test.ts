import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runNotebook } from '../../../kernel/src/run/run.js';
import { code, realKernel, temporaryFolder, writeNotebook } from './support.js';

const { name: kernel, reason } = realKernel();
const slow = { timeout: 120_000 };

test('cells run in the folder of the notebook, share names, and leave their output', slow, async (t) => {
  if (reason) t.diagnostic(reason);
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'output'));
  const path = writeNotebook(folder, [
    code('const x: number = 20;\nconsole.log(process.cwd());'),
    code("throw new RangeError('meant to')", ['raises-exception']),
    code('await new Promise((done) => setTimeout(done, 20));\nconsole.log(x + 22);'),
  ]);
  const result = await runNotebook(path, { kernel, output: join(folder, 'output') });
  assert.deepEqual(
    result.cells.map(({ status, message }) => [status, message]),
    [
      ['ok', ''],
      ['ok', ''],
      ['ok', ''],
    ],
  );
  const stored = readFileSync(join(folder, 'output', 'lesson.ipynb'), 'utf8');
  assert.ok(!stored.includes(folder), 'no machine path is stored');
  assert.match(stored, /"42\\n"/);
  assert.match(stored, /"output_type": "error"/);
  assert.equal(JSON.parse(stored).metadata.kernelspec.name, kernel);
});

test('a thrown error and a type error each fail the run with their message', slow, async (t) => {
  if (reason) t.diagnostic(reason);
  const folder = temporaryFolder(t);
  for (const [source, pattern] of [
    ["throw new RangeError('too far')", /too far/],
    ["const n: number = 'a';", /'string' is not assignable to type 'number'/],
  ] as const) {
    const { passed, cells } = await runNotebook(writeNotebook(folder, [code(source), code('1')]), { kernel });
    assert.equal(passed, false);
    assert.deepEqual(
      cells.map((cell) => cell.status),
      ['error', 'not run'],
    );
    assert.match(cells[0]!.message, pattern);
  }
});

test('an endless loop is stopped at the time limit', slow, async (t) => {
  if (reason) t.diagnostic(reason);
  const path = writeNotebook(temporaryFolder(t), [code('for (;;) {}'), code('1')]);
  const { cells } = await runNotebook(path, { kernel, timeout: 2, grace: 4000 });
  assert.deepEqual(
    cells.map((cell) => cell.status),
    ['timeout', 'not run'],
  );
});

test('a claim and a parameter go through the kernel', slow, async (t) => {
  if (reason) {
    assert.ok(!process.env.CI, `with CI set this must run, but ${reason}`);
    return t.skip(`only our kernel knows them; ${reason}`);
  }
  const path = writeNotebook(temporaryFolder(t), [
    code('let bound = 1;', ['parameters']),
    code(`({ [Symbol.for('Jupyter.display')]: () => ({
      'application/vnd.heed.claim+json': { name: 'small', value: 2, bound, holds: 2 <= bound },
      'text/plain': 'small' }) })`),
  ]);
  const failed = await runNotebook(path, { kernel });
  assert.deepEqual([failed.passed, failed.cells[1]?.status], [false, 'claim']);
  const held = await runNotebook(path, { kernel, parameters: { bound: 3 } });
  assert.deepEqual(
    [held.passed, held.cells.at(-1)?.claims],
    [true, [{ name: 'small', value: 2, bound: 3, holds: true }]],
  );
});
