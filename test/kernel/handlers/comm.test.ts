import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Message } from '../../../kernel/src/wire/index.js';
import { installKernelPackage, startTestKernel, type TestKernel } from '../start-kernel.js';

let kernel: TestKernel;
before(async () => {
  kernel = await startTestKernel();
  await installKernelPackage(kernel.folder);
  const cell = await kernel.execute("import { openComm, registerComm, type Comm } from 'heed-kernel';");
  assert.equal(cell.reply.status, 'ok', cell.error?.traceback.join('\n'));
});
after(() => kernel.stop());

/** Sends a message without a reply and collects what is published for it until its idle. */
async function tell(type: string, content: Record<string, unknown>): Promise<Message[]> {
  const published: Message[] = [];
  let id: string | undefined;
  let done: () => void;
  const idle = new Promise<void>((resolve) => {
    done = resolve;
  });
  const early: Message[] = [];
  const take = (message: Message) => {
    if ((message.parent_header as { msg_id?: string }).msg_id !== id) return;
    published.push(message);
    if (message.content.execution_state === 'idle') done();
  };
  const remove = kernel.client.listen((channel, message) => {
    if (channel !== 'iopub') return;
    if (id === undefined) early.push(message);
    else take(message);
  });
  id = (await kernel.client.send('shell', type, content)).header.msg_id;
  early.forEach(take);
  await idle;
  remove();
  return published;
}
const info = async (content: Record<string, unknown> = {}) =>
  (await kernel.client.request('shell', 'comm_info_request', content)).reply.content.comms;
const types = (messages: readonly Message[]) => messages.map(({ header }) => header.msg_type);

test('a comm from the page: opened, spoken over both ways, closed', async () => {
  await kernel.execute(`
    const heard: unknown[] = [];
    registerComm('echo', (comm, opening) => {
      heard.push(opening.data);
      comm.onMessage(({ data }) => { console.log('got', data); comm.send({ back: data }) });
      comm.onClose(() => { heard.push('closed') });
      comm.send('welcome');
    });`);
  const opened = await tell('comm_open', { comm_id: 'c1', target_name: 'echo', data: { a: 1 } });
  assert.deepEqual(types(opened), ['status', 'comm_msg', 'status']);
  assert.deepEqual(opened[1]!.content, { comm_id: 'c1', data: 'welcome' });
  assert.deepEqual(await info(), { c1: { target_name: 'echo' } });
  assert.deepEqual(await info({ target_name: 'echo' }), { c1: { target_name: 'echo' } });
  assert.deepEqual(await info({ target_name: 'other' }), {});
  const answered = await tell('comm_msg', { comm_id: 'c1', data: [1, 2] });
  assert.deepEqual(types(answered), ['status', 'stream', 'comm_msg', 'status']);
  assert.equal(answered[1]!.content.text, 'got [ 1, 2 ]\n');
  assert.deepEqual(answered[2]!.content.data, { back: [1, 2] });
  assert.deepEqual(types(await tell('comm_close', { comm_id: 'c1', data: {} })), ['status', 'status']);
  assert.deepEqual(await info(), {});
  assert.equal((await kernel.execute('heard')).result!.data['text/plain'], "[ { a: 1 }, 'closed' ]");
});

test('a comm from a cell: the page hears open, message with bytes, and close', async () => {
  const cell = await kernel.execute(`
    const mine: Comm = openComm('widget', { data: { kind: 'slider' }, metadata: { version: '2' } });
    mine.send(5, { buffers: [new Uint8Array([1, 2, 3])] });`);
  const [open, message] = cell.published.filter(({ header }) => header.msg_type.startsWith('comm_'));
  assert.equal(open!.content.target_name, 'widget');
  assert.deepEqual(open!.content.data, { kind: 'slider' });
  assert.deepEqual(open!.metadata, { version: '2' });
  const id = open!.content.comm_id as string;
  assert.deepEqual(message!.content, { comm_id: id, data: 5 });
  assert.deepEqual([...message!.buffers[0]!], [1, 2, 3]);
  await kernel.execute('let moved: unknown; mine.onMessage(({ data }) => { moved = data })');
  await tell('comm_msg', { comm_id: id, data: 7 });
  assert.equal((await kernel.execute('moved')).result!.data['text/plain'], '7');
  const closed = await kernel.execute('mine.close(); mine.close()');
  assert.deepEqual(
    types(closed.published).filter((type) => type.startsWith('comm_')),
    ['comm_close'],
  );
  assert.match((await kernel.execute('mine.send(1)')).error!.evalue, /is closed/);
});

test('an unknown target is answered with comm_close, an unknown comm with nothing', async () => {
  const refused = await tell('comm_open', { comm_id: 'c2', target_name: 'nobody', data: {} });
  assert.deepEqual(types(refused), ['status', 'comm_close', 'status']);
  assert.equal(refused[1]!.content.comm_id, 'c2');
  assert.deepEqual(types(await tell('comm_msg', { comm_id: 'nowhere', data: 1 })), ['status', 'status']);
});

test('an error in a listener is published, and the kernel goes on; a target that throws leaves no comm', async () => {
  await kernel.execute("registerComm('bad', () => { throw new RangeError('not today') })");
  const failed = await tell('comm_open', { comm_id: 'c3', target_name: 'bad', data: {} });
  assert.deepEqual(types(failed), ['status', 'comm_close', 'error', 'status']);
  assert.equal(failed[2]!.content.evalue, 'not today');
  assert.deepEqual(await info(), {});
  assert.equal((await kernel.execute('1')).reply.status, 'ok');
});
