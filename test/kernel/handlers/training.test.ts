import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sorted, startTestKernel, type TestKernel } from '../start-kernel.js';

const root = resolve(import.meta.dirname, '../../..');
let kernel: TestKernel;
before(async () => {
  kernel = await startTestKernel();
  await symlink(join(root, 'node_modules'), join(kernel.folder, 'node_modules'), 'junction');
  const { error } = await kernel.execute(`
    import * as tf from '@tensorflow/tfjs';
    await tf.setBackend('cpu');
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const x = tf.ones([64, 4]), y = tf.ones([64, 1]);
    let batches = 0;
    const count = { onBatchEnd: async () => { batches++ } };`);
  assert.equal(error, undefined, error?.traceback.join('\n'));
});
after(() => kernel.stop());
const value = async (code: string) => (await kernel.execute(code)).result?.data['text/plain'];

async function stop(code: string) {
  const running = kernel.client.request('shell', 'execute_request', { code }, { timeout: 30_000 });
  await sleep(1200);
  const start = Date.now();
  await kernel.client.request('control', 'interrupt_request', {});
  const cell = sorted(await running);
  assert.equal(cell.reply.ename, 'Interrupted', JSON.stringify(cell.reply));
  assert.ok(Date.now() - start < 1500, `${Date.now() - start} ms`);
}

for (const [name, code] of [
  ['fit', 'await model.fit(x, y, { epochs: 1_000_000, batchSize: 4, verbose: 0, callbacks: count })'],
  [
    'fitDataset',
    'await model.fitDataset(tf.data.zip({ xs: tf.data.array([[1, 1, 1, 1]]), ys: tf.data.array([[1]]) }).repeat().batch(4), { epochs: 1_000_000, batchesPerEpoch: 100, verbose: 0, callbacks: count })',
  ],
] as const) {
  test(`Stop ends ${name} of a model of TensorFlow.js, which can be trained again`, async () => {
    await kernel.execute('batches = 0');
    await stop(code);
    const first = await value('batches');
    assert.ok(Number(first) > 0, `it trained ${first} batches`);
    await sleep(400);
    assert.equal(await value('batches'), first, 'it goes on');
    const again = await kernel.execute('(await model.fit(x, y, { epochs: 2, verbose: 0 })).epoch.length');
    assert.equal(again.result?.data['text/plain'], '2', again.error?.traceback.join('\n'));
  });
}

test('code that is stopped within tidy and a gradient leaves the engine as it was', async () => {
  const before = await value('tf.memory().numTensors');
  await stop(
    'tf.tidy(() => { tf.grad((v: tf.Tensor) => { for (;;) { tf.square(v).dispose(); const end = Date.now() + 2; while (Date.now() < end); } })(tf.ones([8])); })',
  );
  assert.equal(await value('tf.memory().numTensors'), before);
  assert.equal(
    await value('tf.tidy(() => tf.grad((v: tf.Tensor) => tf.sum(tf.square(v)))(tf.ones([2]))).arraySync()'),
    '[ 2, 2 ]',
  );
});
