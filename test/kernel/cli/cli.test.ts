import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { main } from '../../../kernel/src/cli.js';
import { code, installScriptedKernel, script, temporaryFolder, writeNotebook } from '../run/support.js';

/** Calls the command in this process and keeps what it prints. */
async function heed(t: TestContext, ...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const log = t.mock.method(console, 'log', (line: unknown) => out.push(String(line)));
  const error = t.mock.method(console, 'error', (line: unknown) => err.push(String(line)));
  try {
    return { exit: await main(args), out: out.join('\n'), err: err.join('\n') };
  } finally {
    log.mock.restore();
    error.mock.restore();
  }
}

const ok = script([['stream', { name: 'stdout', text: 'fine\n' }]]);

test('wrong use is exit code 2 and says what is near', async (t) => {
  assert.deepEqual((await heed(t)).exit, 2);
  const cases: [string[], RegExp][] = [
    [['chekc'], /Did you mean heed check\?/],
    [['toString'], /no command "toString"/],
    [['run'], /needs a notebook/],
    [['check'], /needs a notebook/],
    [['page'], /takes one notebook/],
    [['run', 'a.ipynb', '--jobz', '2'], /Did you mean --jobs\?/],
    [['run', 'a.ipynb', '--timeout', 'soon'], /--timeout wants a number/],
    [['run', 'a/x.ipynb', 'b/x.ipynb', '--output', 'o'], /two notebooks are called x\.ipynb/],
    [['run', 'a.ipynb', 'b.ipynb', '--html', 'x'], /one notebook at a time/],
    [['page', 'a.ipynb', '--port', '80'], /--port is for --serve/],
    [['install', '--user', '--sys-prefix'], /choose one of/],
    [['install', 'heed'], /takes options only/],
  ];
  for (const [args, pattern] of cases) {
    const { exit, err } = await heed(t, ...args);
    assert.equal(exit, 2, args.join(' '));
    assert.match(err, pattern);
  }
});

test('help for all and for each command', async (t) => {
  const all = await heed(t, '--help');
  assert.equal(all.exit, 0);
  for (const name of ['run', 'check', 'page', 'install', 'uninstall', 'doctor']) {
    assert.match(all.out, new RegExp(`^ {2}${name} `, 'm'));
    const { exit, out } = await heed(t, name, '--help');
    assert.equal(exit, 0);
    assert.match(out, new RegExp(`^Usage: heed ${name}`));
  }
  assert.match((await heed(t, '--version')).out, /^\d+\.\d+\.\d+$/);
});

test('run: one line a cell with its time, reports, page, exit code', async (t) => {
  const folder = temporaryFolder(t);
  installScriptedKernel(join(folder, 'jupyter'));
  const path = writeNotebook(folder, [ok, ok]);
  const [junit, json, html] = ['r.xml', 'r.json', 'r.html'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const files = ['--junit', junit, '--json', json, '--html', html];
  const good = await heed(t, 'run', path, '--kernel', 'scripted', '--output', join(folder, 'o'), ...files);
  assert.deepEqual([good.exit, good.err], [0, '']);
  assert.match(good.out, /^\[1\/2\] ok \d+\.\d s\n\[2\/2\] ok \d+\.\d s\n.*: passed, 2 of 2 cells ok/);
  assert.match(readFileSync(junit, 'utf8'), /tests="2" failures="0"/);
  assert.equal(JSON.parse(readFileSync(json, 'utf8')).passed, true);
  assert.match(readFileSync(html, 'utf8'), /fine/);
  assert.ok(existsSync(join(folder, 'o', 'lesson.ipynb')));

  const before = writeNotebook(folder, [script([['exit', 1]])]);
  const text = readFileSync(before, 'utf8');
  const bad = await heed(t, 'run', before, '--kernel', 'scripted', '--write');
  assert.equal(bad.exit, 1);
  assert.match(bad.out, /FAILED.*not written: .* is as it was/s);
  assert.equal(readFileSync(before, 'utf8'), text);
});

test('run and check: bad files are exit code 1 with a plain message', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'text.ipynb');
  writeFileSync(file, 'not a notebook');
  for (const command of ['run', 'check', 'page']) {
    const missing = await heed(t, command, join(folder, 'no.ipynb'));
    assert.deepEqual([missing.exit, /no such file/.test(missing.err)], [1, true], command);
    const wrong = await heed(t, command, file);
    assert.deepEqual([wrong.exit, /is not a notebook/.test(wrong.err)], [1, true], command);
    assert.ok(!/\n\s+at /.test(wrong.err), 'no stack');
  }
});

test('check: a line an error, JSON on demand, exit code', async (t) => {
  const folder = temporaryFolder(t);
  const path = writeNotebook(folder, [code("const n: number = 'a';")]);
  const { exit, out } = await heed(t, 'check', path);
  assert.equal(exit, 1);
  assert.match(out, /lesson\.ipynb cell 1:1:7 error TS2322 Type 'string'.*\n1 notebook, 1 error/);
  const faults = JSON.parse((await heed(t, 'check', path, '--json')).out);
  assert.deepEqual([faults[0].cell, faults[0].code], [1, 2322]);
});

test('page: the file, and a taken port is a clear error', async (t) => {
  const folder = temporaryFolder(t);
  const path = writeNotebook(folder, [code('1')]);
  const output = join(folder, 'page.html');
  assert.equal((await heed(t, 'page', path, '--output', output)).exit, 0);
  assert.match(readFileSync(output, 'utf8'), /^<!doctype html>/);
  const { createServer } = await import('node:net');
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const { port } = taken.address() as { port: number };
  const { exit, err } = await heed(t, 'page', path, '--serve', '--port', String(port));
  taken.close();
  assert.equal(exit, 1);
  assert.match(err, new RegExp(`port ${port} is taken`));
});

test('install, uninstall and doctor speak of one another', async (t) => {
  const prefix = temporaryFolder(t);
  const installed = await heed(t, 'install', '--prefix', prefix);
  assert.deepEqual([installed.exit, installed.err], [0, '']);
  process.env.JUPYTER_PATH = join(prefix, 'share', 'jupyter');
  const doctor = await heed(t, 'doctor', '--json');
  const findings = JSON.parse(doctor.out) as {
    what: string;
    health: string;
    found: string;
    advice?: string;
  }[];
  assert.deepEqual(
    findings.map(({ what }) => what),
    ['Node', 'npm', 'Python', 'JupyterLab', 'kernel', 'kernelspec', 'engine', 'memory'],
  );
  assert.equal(doctor.exit, findings.some(({ health }) => health === 'broken') ? 1 : 0);
  for (const { health, advice } of findings)
    assert.ok(health === 'ok' || advice, 'what is not well has its advice');
  assert.match(findings.find(({ what }) => what === 'kernelspec')!.found, new RegExp(prefix));
  assert.equal((await heed(t, 'uninstall', '--prefix', prefix)).exit, 0);
  assert.equal((await heed(t, 'uninstall', '--prefix', prefix)).exit, 1);
});
