import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { connect as connectTo, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, writeConnectionFile } from '../../../kernel/src/wire/index.js';
import { sorted, startTestKernel, type TestKernel } from '../start-kernel.js';

let kernel: TestKernel;
before(async () => {
  kernel = await startTestKernel();
});
after(() => kernel.stop());

test('a million lines arrive whole, in few messages', async () => {
  const cell = sorted(
    await kernel.client.request(
      'shell',
      'execute_request',
      { code: 'for (let i = 0; i < 1_000_000; i++) console.log(i)' },
      { timeout: 120_000 },
    ),
  );
  assert.equal(cell.reply.status, 'ok');
  const lines = cell.stdout.split('\n');
  assert.equal(lines.length, 1_000_001);
  for (const index of [0, 1, 499_999, 999_999]) assert.equal(lines[index], String(index));
  const streams = cell.types.filter((type) => type === 'stream').length;
  assert.ok(streams < 2000, `${streams} messages`);
});

test('a cell that prints without end is stopped within a second, and is silent then', async () => {
  for (const code of [
    'for (let i = 0; ; i++) console.log(i)',
    "for (;;) { console.log('tick'); await null }",
    "for (;;) { process.stdout.write('tock'); await new Promise((r) => setImmediate(r)) }",
  ]) {
    const running = kernel.client.request('shell', 'execute_request', { code }, { timeout: 30_000 });
    await sleep(1000);
    const start = Date.now();
    await kernel.client.request('control', 'interrupt_request', {});
    const cell = sorted(await running);
    assert.equal(cell.reply.ename, 'Interrupted');
    assert.ok(Date.now() - start < 1500, `${Date.now() - start} ms`);
    const late: string[] = [];
    const remove = kernel.client.listen((_, { header }) => late.push(header.msg_type));
    await sleep(150);
    remove();
    assert.deepEqual(late, [], code);
  }
});

test('a display of 50 MB arrives', async () => {
  const cell = await kernel.execute(
    "display({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': { text: 'x'.repeat(50_000_000) }, 'text/plain': 'long' }) });",
  );
  assert.equal(cell.reply.status, 'ok');
  assert.equal(cell.displays[0]!.data['application/json'].text.length, 50_000_000);
});

test('ten thousand requests in a row all get their reply and their idle', async () => {
  const { client } = kernel;
  const replies = new Set<string>();
  const idle = new Set<string>();
  const remove = client.listen((channel, { header, parent_header, content }) => {
    const id = (parent_header as { msg_id: string }).msg_id;
    if (channel === 'shell' && header.msg_type === 'comm_info_reply') replies.add(id);
    if (channel === 'iopub' && content.execution_state === 'idle') idle.add(id);
  });
  const sent = new Set<string>();
  for (let i = 0; i < 10_000; i++)
    sent.add((await client.send('shell', 'comm_info_request', {})).header.msg_id);
  for (let i = 0; i < 300 && (replies.size < 10_000 || idle.size < 10_000); i++) await sleep(100);
  remove();
  assert.deepEqual([sent.size, replies.size, idle.size], [10_000, 10_000, 10_000]);
});

test('two hundred cells sent at once run in order', async () => {
  await kernel.execute('const order: number[] = []');
  const cells = [...Array(200).keys()].map((i) => kernel.execute(`order.push(${i})`));
  const replies = await Promise.all(cells);
  assert.ok(replies.every(({ reply }) => reply.status === 'ok'));
  const { result } = await kernel.execute('order.every((value, index) => value === index) && order.length');
  assert.equal(result!.data['text/plain'], '200');
});

test('the sockets are bound to the given interface alone', async (t) => {
  const other = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
  if (other === undefined) {
    t.skip('this machine has no second interface');
    return;
  }
  const { shell_port } = kernel.connection;
  const refused = await new Promise<boolean>((resolve) => {
    const socket = connectTo({ host: other, port: shell_port });
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
  });
  assert.ok(refused, `port ${shell_port} is open on ${other}`);
  // The port is free there, so somebody else may have it.
  const server = createServer().listen(shell_port, other);
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  server.close();
});

test('a connection file can be read by its owner alone', async (t) => {
  if (process.platform === 'win32') {
    t.skip('Windows keeps no such modes');
    return;
  }
  const file = `${kernel.folder}/again.json`;
  await writeConnectionFile(file, await createConnection());
  assert.equal(statSync(file).mode & 0o777, 0o600);
});
