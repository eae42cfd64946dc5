import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import getPort from 'get-port';

const root = resolve(import.meta.dirname, '../..');
const start = join(root, 'scripts/start.mjs');
const venv = existsSync(join(root, '.venv/bin/python')) || existsSync(join(root, '.venv/Scripts/python.exe'));

/** Starts `npm start` with options and waits for a line; the process is stopped after the test. */
async function started(t: TestContext, args: string[], line: RegExp, env: Record<string, string> = {}) {
  const child: ChildProcess = spawn(process.execPath, [start, '--no-browser', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((done) => child.once('close', done));
  t.after(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (output += chunk));
  for (let i = 0; i < 1800 && !line.test(output); i++) {
    assert.equal(child.exitCode, null, `it ended early:\n${output}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  const found = line.exec(output);
  assert.ok(found, `no line ${line} in:\n${output}`);
  return { found, output: () => output };
}

test('JupyterLab comes up on the course with the kernel in it, and nothing but the steps is printed', async (t) => {
  if (!venv) {
    if (process.env.CI) assert.fail('with CI set there must be a Python environment in .venv');
    t.skip('there is no Python environment in .venv; npm start makes one');
    return;
  }
  const port = await getPort();
  const { found, output } = await started(
    t,
    ['--port', String(port)],
    /http:\/\/\S+token=(\w+)[\s\S]*Ctrl-C/,
  );
  const specs = await fetch(`http://127.0.0.1:${port}/api/kernelspecs?token=${found[1]}`);
  const { kernelspecs } = (await specs.json()) as {
    kernelspecs: Record<string, { spec: { language: string } }>;
  };
  assert.equal(kernelspecs.heed?.spec.language, 'typescript');
  const lesson = await fetch(
    `http://127.0.0.1:${port}/api/contents/notebooks/06-attention-weights.ipynb?content=0&token=${found[1]}`,
  );
  assert.equal(lesson.status, 200);
  assert.doesNotMatch(output(), /Error|Traceback/);
});

test('without Python the lesson is run here and served as a page', async (t) => {
  const folder = join(root, '.heed/start-test');
  mkdirSync(folder, { recursive: true });
  t.after(() => rmSync(folder, { recursive: true }));
  const lesson = join(folder, 'tiny.ipynb');
  const cell = {
    cell_type: 'code',
    id: 'sum',
    metadata: {},
    source: 'const n: number = 40 + 2;\nn',
    execution_count: null,
    outputs: [],
  };
  writeFileSync(
    lesson,
    JSON.stringify({
      cells: [cell],
      metadata: { kernelspec: { name: 'heed', display_name: 'Heed' } },
      nbformat: 4,
      nbformat_minor: 5,
    }),
  );
  const port = await getPort();
  const { found, output } = await started(t, ['--lesson', lesson, '--port', String(port)], /http:\/\/\S+/, {
    HEED_PYTHON: 'none',
  });
  assert.match(output(), /Without JupyterLab: no Python/);
  const page = await fetch(found[0]);
  assert.match(await page.text(), /42/);
});

test('wrong options end with one line that says what to do', async () => {
  const run = (args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [start, ...args], { cwd: root, encoding: 'utf8' });
    assert.equal(status, 1);
    return stderr;
  };
  assert.match(run(['--prot', '1']), /--prot[\s\S]*Usage: npm start/);
  assert.match(run(['--port', 'x']), /--port wants a number from 1 to 65535, got "x"/);
  assert.match(run(['--lesson', 'nothing.ipynb']), /There is no notebook nothing.ipynb/);
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  assert.match(run(['--port', String(port)]), new RegExp(`Port ${port} is taken`));
  server.close();
});
