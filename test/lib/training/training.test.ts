import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  adamStep,
  clipScale,
  disposeParams,
  flattenParams,
  initAdam,
  loadParams,
  NonFiniteError,
  saveParams,
  type TrainOptions,
  train,
  useBackend,
  warmupCosine,
} from 'heed';
import { assertClose, onEngines } from '../support/engines.js';

/** A bowl: (w - target)^2, different in every step. */
function bowl() {
  const params = { layer: { w: tf.variable(tf.tensor1d([0, 0])) }, b: tf.variable(tf.scalar(0)) };
  const options = {
    params,
    loss: (target: number) =>
      tf.tidy(() => params.layer.w.sub(target).square().sum().add(params.b.sub(1).square()).asScalar()),
    batches: (step: number) => Math.sin(step),
    steps: 20,
    learningRate: 0.1,
  } satisfies TrainOptions<number>;
  return { params, options };
}
const values = (params: ReturnType<typeof bowl>['params']) =>
  flattenParams(params).flatMap(([, v]) => [...v.dataSync()]);

/*
 * import math
 * w, m, v = [1.0, -2.0], [0, 0], [0, 0]
 * for t in range(1, 4):
 *     for i in range(2):
 *         g = w[i] * (i + 1) + 0.5
 *         m[i] = 0.9 * m[i] + 0.1 * g
 *         v[i] = 0.999 * v[i] + 0.001 * g * g
 *         w[i] -= 0.1 * (m[i] / (1 - 0.9 ** t)) / (math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-7)
 * print(w)
 */
const adamGolden = [0.7009028900361783, -1.7007384081418482];

onEngines('Adam takes the steps of the paper', () => {
  const params = { w: tf.variable(tf.tensor1d([1, -2])), still: tf.variable(tf.scalar(3)) };
  const state = initAdam(params);
  for (let n = 0; n < 3; n++) {
    const gradient = tf.tidy(() => params.w.mul(tf.tensor1d([1, 2])).add(0.5));
    adamStep(params, new Map([['w', gradient]]), state, 0.1);
  }
  assertClose(params.w, adamGolden, 1e-6);
  assertClose(params.still, [3], 0);
  assert.equal(state.step.dataSync()[0], 3);
});

test('schedules: up in a line, down in half a cosine to the floor', () => {
  const rate = warmupCosine({ peak: 2, steps: 101, warmup: 10, floor: 0.5 });
  assert.equal(rate(0), 0.2);
  assert.equal(rate(9), 2);
  assert.equal(rate(10), 2);
  assert.ok(Math.abs(rate(55) - 1.5) < 1e-12);
  assert.ok(Math.abs(rate(100) - 1) < 1e-12);
  assert.throws(() => warmupCosine({ peak: 1, steps: 10, warmup: 10 }), /warmup < steps/);
});

test('clipping scales down to the limit and never up', () => {
  assert.equal(clipScale(4, 2), 0.5);
  assert.equal(clipScale(1, 2), 1);
  assert.equal(clipScale(4, undefined), 1);
});

onEngines('the same training gives the same weights to the last bit, and leaves nothing behind', async () => {
  const run = async () => {
    const { params, options } = bowl();
    const counts: number[] = [];
    const before = tf.memory().numTensors;
    const result = await train({
      ...options,
      steps: 101,
      clipNorm: 1,
      onStep: () => void counts.push(tf.memory().numTensors),
    });
    assert.equal(tf.memory().numTensors, before);
    return { weights: values(params), counts, result };
  };
  const first = await run();
  assert.equal(first.counts[99], first.counts[9]);
  assert.equal(first.result.step, 101);
  assert.equal(first.result.stopped, 'steps');
  assert.deepEqual((await run()).weights, first.weights);
});

onEngines('a saved and resumed training is the one without a break', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-'));
  const place = path.join(folder, 'training.safetensors');
  try {
    const whole = bowl();
    await train(whole.options);
    const half = bowl();
    const saved: number[] = [];
    await train({
      ...half.options,
      steps: 10,
      checkpoint: {
        every: 4,
        save: async ({ step, optimizer }) => {
          saved.push(step);
          await saveParams(place, { params: half.params, optimizer });
        },
      },
    });
    assert.deepEqual(saved, [4, 8, 10]);
    const rest = bowl();
    const optimizer = initAdam(rest.params);
    await loadParams(place, { params: rest.params, optimizer });
    const result = await train({ ...rest.options, optimizer });
    assert.equal(result.history[0]!.step, 10);
    assert.deepEqual(values(rest.params), values(whole.params));
    disposeParams(optimizer);
  } finally {
    await rm(folder, { recursive: true });
  }
});

onEngines('an abort is seen between steps, even while the steps block', async () => {
  const { params, options } = bowl();
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  const result = await train({ ...options, steps: 1_000_000, signal: controller.signal });
  assert.equal(result.stopped, 'aborted');
  assert.equal(result.history.length, result.step);
  assert.ok(result.step > 0 && values(params).every(Number.isFinite));
});

onEngines('NaN stops at the step, names the parameter, and keeps the weights', async () => {
  const { params, options } = bowl();
  let kept: number[] = [];
  const onStep = ({ step }: { step: number }) => {
    if (step === 4) kept = values(params);
  };
  const before = tf.memory().numTensors;
  const poisoned = train({ ...options, batches: (step) => (step === 5 ? Number.NaN : 1), onStep });
  await assert.rejects(poisoned, (error) => {
    assert.ok(error instanceof NonFiniteError);
    assert.equal(error.step, 5);
    assert.equal(error.where, 'loss');
    assert.match(error.message, /Training stopped at step 5: the loss is NaN/);
    return true;
  });
  assert.deepEqual(values(params), kept);
  assert.equal(tf.memory().numTensors, before);
  // sqrt has an infinite slope at 0 where its value is fine.
  const steep = { layer: { w: tf.variable(tf.scalar(0)) }, b: tf.variable(tf.scalar(1)) };
  const loss = () => tf.tidy(() => steep.layer.w.sqrt().add(steep.b).asScalar());
  await assert.rejects(
    train({ params: steep, loss, batches: () => 0, steps: 3, learningRate: 0.1 }),
    /step 0: the gradient of "layer\/w" is Infinity/,
  );
});

onEngines(
  'a training that stops at NaN leaves its last good checkpoint, finite and as it was saved',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'heed-'));
    const place = path.join(folder, 'training.safetensors');
    try {
      const { params, options } = bowl();
      const saved = new Map<number, number[]>();
      const checkpoint = {
        every: 2,
        save: async ({ step }: { step: number }) => {
          saved.set(step, values(params));
          await saveParams(place, params);
        },
      };
      const batches = (step: number) => (step === 5 ? Number.NaN : 1);
      await assert.rejects(train({ ...options, batches, checkpoint }), NonFiniteError);
      assert.deepEqual([...saved.keys()], [2, 4]);
      const { params: loaded } = bowl();
      await loadParams(place, loaded);
      assert.deepEqual(values(loaded), saved.get(4));
      assert.ok(values(loaded).every(Number.isFinite));
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

onEngines('early stopping puts the best weights back', async () => {
  const { params, options } = bowl();
  const marks = [5, 3, 4, 2, 6, 7, 8];
  let looks = 0;
  let atBest: number[] = [];
  const result = await train({
    ...options,
    steps: 100,
    earlyStopping: {
      every: 2,
      patience: 3,
      evaluate: () => {
        if (looks === 3) atBest = values(params);
        return marks[looks++]!;
      },
    },
  });
  assert.deepEqual([result.stopped, result.step, result.best], ['early', 14, { step: 8, value: 2 }]);
  assert.deepEqual(values(params), atBest);
});

onEngines('batches may come from an iterable, and end', async () => {
  const { options } = bowl();
  assert.deepEqual((await train({ ...options, batches: [1, 2, 3] })).stopped, 'data');
  const { options: others } = bowl();
  async function* source() {
    for (let n = 0; n < 50; n++) yield n;
  }
  assert.equal((await train({ ...others, batches: source() })).step, 20);
});

test('impossible settings are refused', async () => {
  await useBackend('cpu');
  const { options } = bowl();
  await assert.rejects(train({ ...options, steps: 0 }), /steps must be a positive integer, got 0/);
  await assert.rejects(train({ ...options, learningRate: -1 }), /learning rate must be above 0, got -1/);
  await assert.rejects(train({ ...options, clipNorm: 0 }), /clipNorm must be above 0/);
});
