import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { createRandom, flattenParams, saveParams, type TrainOptions, train, useBackend } from 'heed';
import { onEngines } from '../support/engines.js';
import { trainToTheEnd } from './killed-training.js';

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs the training as a process of its own and kills it once it has reported so many steps. */
function run(
  checkpoint: string,
  weights: string,
  killAfter: number,
): Promise<{ reported: number[]; signal: string | null }> {
  const program = path.join(import.meta.dirname, 'killed-training.ts');
  const args = ['--conditions=heed-source', '--import', 'tsx', program, 'run', checkpoint, weights];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const reported: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (/^\d+$/.test(line)) reported.push(Number(line));
    if (reported.length >= killAfter) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve({ reported, signal }));
  });
}

test('a training that is killed twice ends with the weights of one that was not, to the last bit', () =>
  inFolder(async (folder) => {
    const [checkpoint, killed, whole] = ['run', 'killed', 'whole'].map((name) =>
      path.join(folder, `${name}.safetensors`),
    ) as [string, string, string];
    const first = await run(checkpoint, killed, 17);
    assert.equal(first.signal, 'SIGKILL');
    const second = await run(checkpoint, killed, 14);
    assert.equal(second.signal, 'SIGKILL');
    // It went on, and not from the start.
    assert.ok(second.reported[0]! > 0 && second.reported[0]! <= first.reported.at(-1)! + 1);
    await assert.rejects(readFile(killed), 'the weights are written at the end only');
    const last = await run(checkpoint, killed, Number.POSITIVE_INFINITY);
    assert.equal(last.signal, null);
    assert.ok(last.reported[0]! > second.reported[0]!);
    assert.equal(last.reported.at(-1), 59);
    await trainToTheEnd({}, whole);
    assert.deepEqual(await readFile(killed), await readFile(whole));
  }));

/** A bowl whose place changes with every step, as its stream says. */
function bowl() {
  const params = { w: tf.variable(tf.tensor1d([3, -3])) };
  const options = {
    params,
    random: createRandom(1),
    batches: (_step, { random }) => random!.uniform(-1, 1),
    loss: (target: number) => tf.tidy(() => params.w.sub(target).square().sum().asScalar()),
    steps: 12,
    learningRate: 0.2,
  } satisfies TrainOptions<number>;
  return { params, options, values: () => flattenParams(params).flatMap(([, v]) => [...v.dataSync()]) };
}

onEngines('a training that is aborted at every possible step goes on to the same weights', () =>
  inFolder(async (folder) => {
    const whole = bowl();
    await train(whole.options);
    for (let at = 0; at < 12; at += 5) {
      const checkpoint = { path: path.join(folder, `${at}.safetensors`), every: 3 };
      const first = bowl();
      const controller = new AbortController();
      const stopped = await train({
        ...first.options,
        checkpoint,
        signal: controller.signal,
        onStep: ({ step }) => {
          if (step === at) controller.abort();
        },
      });
      assert.deepEqual([stopped.stopped, stopped.step, stopped.from], ['aborted', at + 1, 0]);
      const rest = bowl();
      const before = tf.memory().numTensors;
      const result = await train({ ...rest.options, checkpoint });
      assert.equal(tf.memory().numTensors, before);
      assert.deepEqual([result.from, result.step, result.history[0]!.step], [at + 1, 12, at + 1]);
      assert.deepEqual(rest.values(), whole.values());
      // Nothing is left to do.
      const again = bowl();
      assert.deepEqual((await train({ ...again.options, checkpoint })).history, []);
      assert.deepEqual(again.values(), whole.values());
    }
  }),
);

onEngines('batches one after the other are skipped up to the step', () =>
  inFolder(async (folder) => {
    const checkpoint = { path: path.join(folder, 'run.safetensors'), every: 1 };
    const data = Array.from({ length: 12 }, (_, n) => Math.sin(n));
    const whole = bowl();
    await train({ ...whole.options, batches: data });
    await train({ ...bowl().options, batches: data, steps: 5, checkpoint });
    const rest = bowl();
    const result = await train({ ...rest.options, batches: data, checkpoint });
    assert.equal(result.from, 5);
    assert.deepEqual(rest.values(), whole.values());
  }),
);

onEngines('early stopping goes on with its best weights and its patience, and stays stopped', () =>
  inFolder(async (folder) => {
    const marks = [5, 3, 4, 6, 7, 8];
    const stopping = (seen: number[]) => ({
      every: 2,
      patience: 3,
      evaluate: () => {
        seen.push(seen.length);
        return marks[seen.length - 1]!;
      },
    });
    const whole = bowl();
    const expected = await train({ ...whole.options, earlyStopping: stopping([]) });
    assert.deepEqual([expected.stopped, expected.step], ['early', 10]);

    const checkpoint = { path: path.join(folder, 'run.safetensors'), every: 1 };
    const seen: number[] = [];
    const first = bowl();
    const controller = new AbortController();
    await train({
      ...first.options,
      earlyStopping: stopping(seen),
      checkpoint,
      signal: controller.signal,
      onStep: ({ step }) => {
        if (step === 6) controller.abort();
      },
    });
    assert.equal(seen.length, 3);
    const rest = bowl();
    const result = await train({ ...rest.options, earlyStopping: stopping(seen), checkpoint });
    assert.deepEqual(
      [result.stopped, result.step, result.best],
      [expected.stopped, expected.step, expected.best],
    );
    assert.deepEqual(rest.values(), whole.values());
    const again = bowl();
    const nothing = await train({ ...again.options, earlyStopping: stopping([]), checkpoint });
    assert.deepEqual([nothing.stopped, nothing.step, nothing.history.length], ['early', 10, 0]);
    assert.deepEqual(again.values(), whole.values());
  }),
);

test('a file that is not this training is refused and stays as it is', () =>
  inFolder(async (folder) => {
    await useBackend('cpu');
    const place = path.join(folder, 'run.safetensors');
    const at = (identity?: unknown) => ({ checkpoint: { path: place, every: 4, identity } });
    await train({ ...bowl().options, ...at({ seed: 1, sizes: { a: 1, b: 2 } }) });
    const bytes = await readFile(place);
    // The order of names is no difference.
    await train({ ...bowl().options, ...at({ sizes: { b: 2, a: 1 }, seed: 1 }) });
    await assert.rejects(
      train({ ...bowl().options, ...at({ seed: 2 }) }),
      /belongs to another training: expected identity \{"seed":2\}, got \{"seed":1,.*Delete the file/,
    );
    const other = { v: tf.variable(tf.scalar(1)) };
    const loss = () => tf.tidy(() => other.v.square().asScalar());
    const wrong = { params: other, loss, batches: () => 0, steps: 3, learningRate: 0.1 };
    const before = tf.memory().numTensors;
    await assert.rejects(
      train({ ...wrong, ...at({ seed: 1, sizes: { a: 1, b: 2 } }) }),
      /has a tensor "optimizer\/first\/w" that the parameters lack: it belongs to another model/,
    );
    assert.equal(tf.memory().numTensors, before);
    assert.deepEqual(await readFile(place), bytes);
    await saveParams(place, other);
    await assert.rejects(
      train({ ...wrong, ...at() }),
      /expected the checkpoint of a training, got another file/,
    );
    await writeFile(place, 'half a file');
    await assert.rejects(train({ ...wrong, ...at() }), /not a whole safetensors file/);
    assert.equal(await readFile(place, 'utf8'), 'half a file');
  }));
