import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  classifySequences,
  createRandom,
  disposeParams,
  type FrameEncoder,
  fitStandardiser,
  initDense,
  initLstm,
  initSequenceClassifier,
  loadSequenceClassifier,
  predictSequences,
  type SequenceClassifierConfig,
  saveParams,
  saveSequenceClassifier,
  sequenceClassifierLoss,
  snapshotParams,
  stackClips,
  standardise,
  train,
  useBackend,
} from 'heed';

before(() => useBackend());

const sizes = { features: 3, classes: 4, units: 5, attention: 6 };
const variants: readonly Partial<SequenceClassifierConfig>[] = [
  {},
  { context: 0 },
  { recurrent: 'gru', values: 'states' },
  { recurrent: 'gru', values: 'frames' },
  { recurrent: 'bidirectional', values: 'states' },
  { pooling: 'mean' },
];
const clip = (seed: number, time: number) => ({ time, values: createRandom(seed).normals(time * 3) });

test('logits and alpha are those of loops over plain numbers', () => {
  const model = initSequenceClassifier(createRandom(1), { ...sizes, context: 1 });
  const { params } = model;
  const [time, { values }] = [7, clip(2, 7)];
  const { logits, alpha } = classifySequences(model, tf.tensor(values, [1, time, 3]));

  const matrix = (variable: tf.Tensor) => variable.arraySync() as number[][];
  const product = (row: readonly number[], by: number[][], bias?: ArrayLike<number>) =>
    by[0]!.map((_, j) => row.reduce((sum, x, i) => sum + x * by[i]![j]!, bias?.[j] ?? 0));
  const frame = (t: number) => Array.from({ length: 3 }, (_, f) => values[t * 3 + f] ?? 0);
  const hidden = Array.from({ length: time }, (_, t) => {
    const seen = [t - 1, t, t + 1].flatMap((at) => (at < 0 || at >= time ? [0, 0, 0] : frame(at)));
    return product(seen, matrix(params.frames.kernel), params.frames.bias.dataSync()).map((x) =>
      Math.max(0, x),
    );
  });
  const { query, score } = params.attention!;
  const asked = product(matrix(query)[0]!, matrix(score.queryKernel));
  const scores = hidden.map((h) =>
    product(h, matrix(score.keyKernel)).reduce(
      (sum, x, i) => sum + score.vector.dataSync()[i]! * Math.tanh(x + asked[i]!),
      0,
    ),
  );
  const raised = scores.map(Math.exp);
  const weights = raised.map((x) => x / raised.reduce((a, b) => a + b, 0));
  const context = hidden[0]!.map((_, i) => hidden.reduce((sum, h, t) => sum + weights[t]! * h[i]!, 0));
  const expected = product(context, matrix(params.output.kernel), params.output.bias.dataSync());
  weights.forEach((weight, t) => {
    assert.ok(Math.abs(weight - alpha.dataSync()[t]!) < 1e-5);
  });
  expected.forEach((value, c) => {
    assert.ok(Math.abs(value - logits.dataSync()[c]!) < 1e-5);
  });
});

for (const variant of variants) {
  const name = JSON.stringify(variant);

  test(`a clip reads the same alone and padded in a batch, whatever lies in the padding: ${name}`, () => {
    const model = initSequenceClassifier(createRandom(3), { ...sizes, ...variant });
    const [short, long] = [clip(4, 5), clip(5, 9)];
    const [alone] = predictSequences(model, [short]);
    const [padded] = predictSequences(model, [short, long]);
    assert.equal(padded!.alpha.length, 5);
    for (const key of ['alpha', 'probabilities'] as const)
      alone![key].forEach((value, i) => {
        assert.ok(Math.abs(value - padded![key][i]!) < 1e-6, key);
      });
    const { inputs, mask } = stackClips([short, long], [3]);
    const dirty = tf.add(inputs, tf.mul(100, tf.sub(1, mask.expandDims(2))));
    const { alpha } = classifySequences(model, dirty, { mask });
    const row = (alpha.arraySync() as number[][])[0]!;
    assert.ok(row.slice(5).every((weight) => weight === 0));
    alone!.alpha.forEach((value, i) => {
      assert.ok(Math.abs(value - row[i]!) < 1e-6);
    });
  });

  test(`every parameter has a gradient that agrees with differences: ${name}`, () => {
    const model = initSequenceClassifier(createRandom(6), { ...sizes, ...variant });
    const { inputs, mask } = stackClips([clip(7, 4), clip(8, 6)], [3]);
    const labels = tf.tensor1d([1, 3], 'int32');
    const loss = () => sequenceClassifierLoss(model, inputs, labels, { mask });
    const { grads } = tf.variableGrads(loss);
    assert.equal(Object.keys(grads).length, snapshotParams(model.params).size);
    const { kernel } = model.params.frames;
    const gradient = grads[kernel.name]!.dataSync();
    const start = kernel.dataSync().slice();
    // Tanh and rectifiers in float32: differences over 2e-2 are right to about 1e-3.
    for (const i of [0, 7, 13]) {
      const at = (by: number) => {
        kernel.assign(
          tf.tensor2d(
            start.map((x, k) => (k === i ? x + by : x)),
            kernel.shape,
          ),
        );
        return loss().dataSync()[0]!;
      };
      assert.ok(Math.abs((at(1e-2) - at(-1e-2)) / 2e-2 - gradient[i]!) < 2e-3, `weight ${i}`);
      at(0);
    }
  });
}

test('without a recurrent reader, a frame that changes moves the scores of its neighbours only', () => {
  const model = initSequenceClassifier(createRandom(9), { ...sizes, context: 1 });
  const [one, other] = [clip(10, 8), clip(10, 8)];
  other.values.fill(2, 4 * 3, 5 * 3);
  const ratio = ({ alpha }: { alpha: readonly number[] }) => alpha.map((weight) => weight / alpha[0]!);
  const [before, after] = predictSequences(model, [one, other]).map(ratio);
  before!.forEach((weight, t) => {
    assert.equal(Math.abs(weight - after![t]!) > 1e-5, t >= 3 && t <= 5, `frame ${t}`);
  });
});

test('the order of frames does not matter where the frame is all that is seen', () => {
  const model = initSequenceClassifier(createRandom(11), { ...sizes, context: 0 });
  const { values } = clip(12, 4);
  const backwards = Float32Array.from([3, 2, 1, 0].flatMap((t) => [...values.subarray(t * 3, t * 3 + 3)]));
  const [one, two] = predictSequences(model, [
    { time: 4, values },
    { time: 4, values: backwards },
  ]);
  one!.alpha.forEach((weight, t) => {
    assert.ok(Math.abs(weight - two!.alpha[3 - t]!) < 1e-6);
  });
});

test('mean pooling gives every real frame the same weight', () => {
  const model = initSequenceClassifier(createRandom(13), { ...sizes, pooling: 'mean' });
  const [one, two] = predictSequences(model, [clip(14, 4), clip(15, 10)]);
  assert.ok(one!.alpha.every((weight) => Math.abs(weight - 1 / 4) < 1e-6));
  assert.ok(two!.alpha.every((weight) => Math.abs(weight - 1 / 10) < 1e-6));
});

/** Frames of 2 x 3 pixels to three features. */
function smallEncoder(seed: number): FrameEncoder {
  const params = initDense(createRandom(seed), { input: 6, units: 3 });
  const encode = (frames: tf.Tensor) => {
    const [batch, time] = frames.shape as [number, number];
    const rows = tf.matMul(frames.reshape([batch * time, 6]), params.kernel);
    return tf.add(rows, params.bias).reshape([batch, time, 3]) as tf.Tensor3D;
  };
  return { params, encode };
}

test('pictures go through a frame encoder, whose parameters are trained and saved with the rest', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heed-sequence-'));
  try {
    const encoder = smallEncoder(1);
    const model = initSequenceClassifier(createRandom(16), { ...sizes, dropout: 0.2 }, encoder);
    const clips = [{ time: 5, values: createRandom(17).normals(30) }];
    const start = encoder.params as { kernel: tf.Variable };
    const first = start.kernel.dataSync().slice();
    const tensors: number[] = [];
    await train({
      params: model.params,
      batches: () => stackClips(clips, [2, 3]),
      loss: ({ inputs, mask }, { random }) =>
        sequenceClassifierLoss(model, inputs, tf.tensor1d([2], 'int32'), { mask, random }),
      steps: 40,
      learningRate: 1e-2,
      random: createRandom(18),
      onStep: () => {
        tensors.push(tf.memory().numTensors);
      },
    });
    assert.notDeepEqual(start.kernel.dataSync(), first);
    const [read] = predictSequences(model, clips, { frame: [2, 3] });
    assert.equal(read!.label, 2);
    assert.ok(read!.probabilities[2]! > 0.9);

    const path = join(folder, 'model.safetensors');
    await saveSequenceClassifier(path, model, { names: ['a'] });
    const { model: again, extra } = await loadSequenceClassifier(path, smallEncoder(2));
    assert.deepEqual(extra, { names: ['a'] });
    assert.deepEqual(again.config, model.config);
    assert.deepEqual(predictSequences(again, clips, { frame: [2, 3] }), [read]);
    await assert.rejects(loadSequenceClassifier(path), /trained with a frame encoder; give one like it/);

    const other = join(folder, 'other.safetensors');
    await saveParams(other, initLstm(createRandom(1), { input: 2, units: 2 }), { model: 'translator' });
    await assert.rejects(loadSequenceClassifier(other), /expected .* sequence classifier, got "translator"/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('training and predicting leave no tensors behind', async () => {
  const model = initSequenceClassifier(createRandom(19), { ...sizes, recurrent: 'gru', dropout: 0.1 });
  const counts: number[] = [];
  await train({
    params: model.params,
    batches: () => [clip(20, 4), clip(21, 6)],
    loss: (clips, { random }) => {
      const { inputs, mask } = stackClips(clips, [3]);
      return sequenceClassifierLoss(model, inputs, tf.tensor1d([0, 1], 'int32'), { mask, random });
    },
    steps: 6,
    learningRate: 1e-2,
    random: createRandom(22),
    onStep: () => {
      counts.push(tf.memory().numTensors);
    },
  });
  assert.equal(counts.at(-1), counts[1]);
  const start = tf.memory().numTensors;
  predictSequences(model, [clip(23, 4)]);
  assert.equal(tf.memory().numTensors, start);
  assert.throws(() => classifySequences(model, tf.zeros([2, 4, 5])));
  disposeParams(model.params);
});

test('what cannot be read is an error that says why, and leaves no tensors', () => {
  const model = initSequenceClassifier(createRandom(24), sizes);
  const start = tf.memory().numTensors;
  const refused = (run: () => unknown, message: RegExp) => assert.throws(run, message);
  refused(() => predictSequences(model, [clip(1, 1)]), /clip 0 has 1 frame, at least 2 are needed/);
  refused(
    () => predictSequences(model, [{ time: 4, values: new Float32Array(11) }]),
    /clip 0 has 11 numbers, expected 4 frames of \[3\], 12/,
  );
  refused(() => stackClips([], [3]), /at least one clip, got none/);
  tf.tidy(() => {
    refused(
      () => classifySequences(model, tf.zeros([1, 1, 3])),
      /at least 2 frames a clip, got 1.*longer clips/,
    );
    refused(
      () => classifySequences(model, tf.zeros([2, 4, 5])),
      /shape \[batch 2, time 4, features 3\], got \[2, 4, 5\]/,
    );
    refused(
      () => classifySequences(model, tf.zeros([1, 4, 3]), { mask: tf.zeros([1, 4]) }),
      /row 0 is all padding/,
    );
  });
  assert.equal(tf.memory().numTensors, start);
  const make = (more: object) => () => initSequenceClassifier(createRandom(1), { ...sizes, ...more });
  refused(make({ classes: 1 }), /classes must be an integer of at least 2, got 1/);
  refused(make({ values: 'states' }), /values "states" needs a recurrent reader/);
  refused(make({ recurrent: 'lstm' }), /recurrent must be one of none, gru, bidirectional, got "lstm"/);
  refused(make({ dropout: 1 }), /dropout must be in \[0, 1\), got 1/);
});

test('standardised features have mean 0 and deviation 1 over the set that was measured; constants become 0', () => {
  const clips = [30, 50].map((time, i) => {
    const values = createRandom(25 + i).normals(time * 3, 4, 2);
    for (let t = 0; t < time; t++) values[t * 3 + 2] = 7;
    return { time, values, label: i };
  });
  const standard = fitStandardiser(clips, 3);
  const done = clips.map((one) => standardise(standard, one));
  assert.equal(done[1]!.label, 1);
  const column = (f: number) => done.flatMap(({ values }) => [...values].filter((_, i) => i % 3 === f));
  for (const f of [0, 1]) {
    const values = column(f);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    assert.ok(Math.abs(mean) < 1e-5 && Math.abs(variance - 1) < 1e-5);
  }
  assert.ok(column(2).every((value) => value === 0));
  assert.throws(() => fitStandardiser([], 3), /at least one frame, got none/);
  assert.throws(
    () => standardise(standard, { time: 2, values: new Float32Array(5) }),
    /2 frames of 3 features/,
  );
  const broken = { time: 1, values: Float32Array.of(1, Number.NaN, 1) };
  assert.throws(() => fitStandardiser([broken], 3), /feature 1 holds/);
});
