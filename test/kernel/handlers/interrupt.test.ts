import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sorted, startTestKernel, type TestKernel } from '../start-kernel.js';

let kernel: TestKernel;
before(async () => {
  kernel = await startTestKernel();
  await kernel.execute(
    'let kept = 5; const busy = (ms: number) => { const end = Date.now() + ms; while (Date.now() < end); }',
  );
});
after(() => kernel.stop());

const forms: Record<string, string> = {
  'a synchronous loop': 'kept = 6; while (true);',
  'synchronous work after an await': 'await new Promise((r) => setTimeout(r, 10)); kept = 6; busy(20000)',
  'synchronous work in a timer': 'kept = 6; setTimeout(() => busy(20000), 1); await new Promise(() => {})',
  'a loop of microtasks': 'kept = 6; while (true) await null;',
  'a pending await': 'kept = 6; await new Promise(() => {})',
  'a sleeping loop':
    'kept = 6; for (;;) { await new Promise((r) => setTimeout(r, 10)); console.log("tick") }',
};

async function interrupted(code: string, how: () => Promise<unknown>) {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const onMessage = (_channel: string, { header }: { header: { msg_type: string } }) => {
    if (header.msg_type === 'execute_input') begin();
  };
  const running = kernel.client.request('shell', 'execute_request', { code }, { timeout: 20_000, onMessage });
  await begun;
  await sleep(400);
  const start = Date.now();
  await how();
  const cell = sorted(await running);
  return { cell, time: Date.now() - start };
}

for (const [form, code] of Object.entries(forms)) {
  for (const way of ['interrupt_request', 'SIGINT'] as const) {
    test(`${form} stops on ${way} within a second, and the state is kept`, async (t) => {
      if (way === 'SIGINT' && process.platform === 'win32') {
        t.skip('Windows has no signals');
        return;
      }
      await kernel.execute('kept = 5');
      const { cell, time } = await interrupted(code, async () => {
        if (way === 'SIGINT') {
          kernel.process.kill('SIGINT');
          return;
        }
        const { reply } = await kernel.client.request('control', 'interrupt_request', {});
        assert.equal(reply.content.status, 'ok');
      });
      assert.equal(cell.reply.status, 'error');
      assert.equal(cell.reply.ename, 'Interrupted');
      assert.equal(cell.error!.ename, 'Interrupted');
      assert.ok(time < 1000, `took ${time} ms`);
      const after: string[] = [];
      const remove = kernel.client.listen((_, { header }) => after.push(header.msg_type));
      await sleep(100);
      remove();
      assert.deepEqual(after, [], 'a stopped cell goes on to speak');
      assert.equal((await kernel.execute('kept')).result!.data['text/plain'], '6');
    });
  }
}

test("the cell's AbortSignal is aborted, so that a training loop really ends", async () => {
  const { cell } = await interrupted(
    `const signal: AbortSignal = (globalThis as any)[Symbol.for('heed.host')].signal();
     let ended = false;
     signal.addEventListener('abort', () => { ended = true });
     await new Promise(() => {})`,
    () => kernel.client.request('control', 'interrupt_request', {}),
  );
  assert.equal(cell.reply.ename, 'Interrupted');
  assert.equal(
    (await kernel.execute('[ended, signal.aborted]')).result!.data['text/plain'],
    '[ true, true ]',
  );
});

test('a cell whose value never gets its display done is given up, and the next one runs', async () => {
  const code = "({ [Symbol.for('Jupyter.display')]: () => new Promise(() => {}) })";
  const { cell, time } = await interrupted(code, () =>
    kernel.client.request('control', 'interrupt_request', {}),
  );
  assert.equal(cell.reply.ename, 'Interrupted');
  assert.ok(time < 3000, `${time} ms`);
  assert.equal((await kernel.execute('kept = 5')).reply.status, 'ok');
  assert.equal((await kernel.execute('kept')).result?.data['text/plain'], '5');
});

test('an interrupt of an idle kernel does nothing', async () => {
  const { reply } = await kernel.client.request('control', 'interrupt_request', {});
  assert.equal(reply.content.status, 'ok');
  assert.equal((await kernel.execute('1 + 1')).reply.status, 'ok');
});

test('heartbeat and control are answered while a cell computes', async () => {
  const running = kernel.execute('busy(1500)');
  await sleep(300);
  const beat = await kernel.client.heartbeat();
  const start = Date.now();
  const { reply } = await kernel.client.request('control', 'kernel_info_request', {});
  const info = Date.now() - start;
  assert.equal(reply.content.status, 'ok');
  assert.ok(beat < 500 && info < 500, `heartbeat ${beat} ms, kernel_info ${info} ms`);
  assert.equal((await running).reply.status, 'ok');
});

test('code that uses AsyncLocalStorage is interrupted like any other', async () => {
  await kernel.execute(`
    import { AsyncLocalStorage } from 'node:async_hooks';
    const storage = new AsyncLocalStorage<number>();`);
  for (const code of [
    'await storage.run(1, async () => { await new Promise((r) => setTimeout(r, 10)); busy(20000) })',
    'await storage.run(2, async () => { await null; busy(20000) })',
    'storage.run(3, () => busy(20000))',
    'await storage.run(4, async () => { setTimeout(() => busy(20000), 1); await new Promise(() => {}) })',
    'await storage.run(5, async () => { process.nextTick(() => busy(20000)); await new Promise(() => {}) })',
  ]) {
    const { cell } = await interrupted(code, () => kernel.client.request('control', 'interrupt_request', {}));
    assert.equal(cell.reply.ename, 'Interrupted', code);
    assert.equal(
      (await kernel.execute('await storage.run(9, async () => { await null; return storage.getStore() })'))
        .result!.data['text/plain'],
      '9',
    );
  }
  assert.equal(kernel.process.exitCode, null);
});
