import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createConnection, KernelClient, writeConnectionFile } from '../../../kernel/src/wire/index.js';
import { startTestKernel } from '../start-kernel.js';

const gone = (pid: number) => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

test('shutdown echoes restart and ends the process, open timers or not', async (t) => {
  const kernel = await startTestKernel();
  t.after(() => kernel.stop());
  const exit = once(kernel.process, 'exit');
  await kernel.execute('setInterval(() => {}, 1000); 1');
  const { reply } = await kernel.client.request('control', 'shutdown_request', { restart: true });
  assert.deepEqual(reply.content, { status: 'ok', restart: true });
  const ended = await Promise.race([exit, sleep(15_000, undefined, { ref: false })]);
  assert.deepEqual(ended, [0, null]);
});

test('shutdown ends a kernel that computes', async (t) => {
  const kernel = await startTestKernel();
  t.after(() => kernel.stop());
  const exit = once(kernel.process, 'exit');
  void kernel.execute('while (true);').catch(() => undefined);
  await sleep(300);
  const { reply } = await kernel.client.request('control', 'shutdown_request', { restart: false });
  assert.deepEqual(reply.content, { status: 'ok', restart: false });
  assert.ok(await Promise.race([exit, sleep(15_000, undefined, { ref: false })]), 'it goes on computing');
});

test('the kernel ends when the process that started it is gone', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'heed parent '));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const connection = await createConnection();
  const file = join(folder, 'connection.json');
  await writeConnectionFile(file, connection);
  const program = fileURLToPath(new URL('../kernel-program.ts', import.meta.url));
  const command = [
    process.execPath,
    '--conditions=heed-source',
    '--import',
    import.meta.resolve('tsx'),
    program,
    file,
  ];
  const parent = spawn(
    process.execPath,
    [
      '--eval',
      `const [c, ...a] = ${JSON.stringify(command)}; console.log(require('child_process').spawn(c, a, { stdio: 'ignore' }).pid)`,
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const pid = Number(String((await once(parent.stdout!, 'data'))[0]));
  const client = KernelClient.connect(connection);
  await client.ready(60_000);
  void client.send('shell', 'execute_request', { code: 'while (true);' });
  parent.kill('SIGKILL');
  for (let i = 0; i < 50 && !gone(pid); i++) await sleep(100);
  client.close();
  assert.ok(gone(pid), 'the kernel outlives its parent');
});

test('a bad connection file is told and ends the start', async () => {
  const program = fileURLToPath(new URL('../kernel-program.ts', import.meta.url));
  const child = spawn(process.execPath, [
    '--conditions=heed-source',
    '--import',
    import.meta.resolve('tsx'),
    program,
    '/no/such/file.json',
  ]);
  let text = '';
  child.stderr.on('data', (data) => (text += data));
  const [code] = await once(child, 'exit');
  assert.equal(code, 1);
  assert.match(text, /connection file \/no\/such\/file\.json cannot be read/);
});
