import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../../lib/src/random/random.js';
import { type Cell, sorted, startTestKernel, type TestKernel } from '../start-kernel.js';

const root = resolve(import.meta.dirname, '../../..');
let kernel: TestKernel;

async function run(code: string, ename?: string): Promise<Cell> {
  const request = { code, stop_on_error: false };
  const cell = sorted(await kernel.client.request('shell', 'execute_request', request, { timeout: 60_000 }));
  assert.equal(cell.reply.ename, ename, `${code}: ${JSON.stringify(cell.reply)}`);
  return cell;
}
const value = async (code: string) => Number((await run(code)).result?.data['text/plain']);

/** Interrupts a cell some milliseconds after the kernel took it up; gives how long it took to end. */
async function stop(code: string, delay: number): Promise<number> {
  const request = { code, stop_on_error: false };
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const onMessage = (_channel: string, { header }: { header: { msg_type: string } }) => {
    if (header.msg_type === 'execute_input') begin();
  };
  const running = kernel.client.request('shell', 'execute_request', request, { timeout: 60_000, onMessage });
  running.catch(() => undefined);
  await begun;
  await sleep(delay);
  const start = performance.now();
  await kernel.client.request('control', 'interrupt_request', {});
  const { reply } = sorted(await running);
  assert.equal(reply.ename, 'Interrupted', `${code}: ${JSON.stringify(reply)}`);
  return performance.now() - start;
}

before(async () => {
  kernel = await startTestKernel();
  await symlink(join(root, 'node_modules'), join(kernel.folder, 'node_modules'), 'junction');
  await run(`
    import * as tf from '@tensorflow/tfjs';
    import { cellSignal, train } from 'heed';
    await tf.setBackend('cpu');
    let steps = 0;
    const forever = () => { for (;;); };
    async function fit(n: number, signal?: AbortSignal) {
      const weights = tf.tidy(() => tf.variable(tf.ones([4, 1])));
      const x = tf.ones([8, 4]);
      try {
        return await train({
          params: { weights }, batches: () => x, steps: n, learningRate: 0.01, signal,
          loss: (batch) => tf.mean(tf.square(tf.matMul(batch, weights))),
          onStep: () => { steps++ },
        });
      } finally {
        tf.dispose([weights, x]);
      }
    }`);
});
after(() => kernel.stop());

test("the library's training ends when its cell is stopped, with the signal and without", async () => {
  for (const code of [
    'await fit(1e8, cellSignal())',
    'await fit(1e8)',
    'fit(1e8); await new Promise(() => {})',
  ]) {
    await run('steps = 0');
    const took = await stop(code, 1500);
    const made = await value('steps');
    assert.ok(made > 0, `${code}: it trained ${made} steps`);
    assert.ok(took < 3000, `${code}: ${took} ms`);
    await sleep(300);
    assert.equal(await value('steps'), made, `${code}: it goes on`);
    assert.equal(await value('(await fit(3)).step'), 3);
  }
});

test('a long mixture of cells that work, fail and are stopped: none stalls', {
  timeout: 300_000,
}, async () => {
  const random = createRandom('soak');
  const tensors = 'const a = tf.randomNormal([32, 32]); const b = tf.matMul(a, a); tf.dispose([a, b])';
  const figure = "({ data: [{ type: 'scatter', y: [1, 3, 2] }], layout: { width: 300, height: 200 } })";
  const kinds: (() => Promise<unknown>)[] = [
    () => run(tensors),
    () => run('tf.tidy(() => tf.sum(tf.ones([100]))).dispose(); tf.ones([2, 2]).dispose()'),
    () => run("const before = 1; throw new RangeError('meant')", 'RangeError'),
    () => run("await Promise.reject(new TypeError('meant'))", 'TypeError'),
    () => run('const wrong: string = 5', 'TypeScriptError'),
    () => run('const = 3', 'SyntaxError'),
    () => run("setTimeout(() => console.log('late'), 5); await new Promise((r) => setTimeout(r, 10))"),
    () => run('await fit(10)'),
    () => Promise.all([1, 2, 3].map((n) => run(`${n} * 2`))),
    () => kernel.client.request('shell', 'complete_request', { code: 'tf.mat', cursor_pos: 6 }),
    () => kernel.client.request('shell', 'inspect_request', { code: 'fit', cursor_pos: 2 }),
    () => stop('forever()', 20 + 100 * random.uniform()),
    () => stop('await null; forever()', 20 + 100 * random.uniform()),
    () => stop('await new Promise(() => {})', 100 * random.uniform()),
    () => stop('await fit(1e8, cellSignal())', 200 * random.uniform()),
    () => stop('for (;;) tf.tidy(() => { tf.square(tf.ones([10])) })', 100 * random.uniform()),
  ];
  await run(figure);
  const before = await value('await fit(2); tf.memory().numTensors');
  for (let round = 0; round < 8; round++)
    for (const kind of [...kinds].sort(() => random.uniform() - 0.5)) await kind();
  await run(figure);
  assert.equal((await run('steps > 0')).result?.data['text/plain'], 'true');
  // A training that was cut off leaves what it held: weights, batch and the three of Adam. All else is gone.
  const left = (await value('tf.memory().numTensors')) - before;
  assert.ok(left <= 8 * 5, `${left} tensors more than before`);
  assert.equal(kernel.process.exitCode, null);
});
