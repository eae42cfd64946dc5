import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  type CausalTransformerConfig,
  causalLoss,
  causalOutputs,
  continueText,
  createRandom,
  END,
  initCausalTransformer,
  loadCausalTransformer,
  loadTransformer,
  PADDING,
  START,
  saveCausalTransformer,
} from 'heed';
import { assertClose, onEngines } from '../../support/engines.js';

const build = (config: Partial<CausalTransformerConfig> = {}) =>
  initCausalTransformer(createRandom(4), {
    vocab: 9,
    units: 8,
    heads: 2,
    inner: 12,
    maxLength: 20,
    ...config,
  });
const never = [PADDING, START];

onEngines('each position is scored from those before it alone', () => {
  for (const positions of ['sinusoidal', 'learned', 'rotary', 'none'] as const) {
    const model = build({ positions });
    const [a, b] = [
      [START, 4, 5, 6, 7],
      [START, 4, 5, 8, 8],
    ].map((ids) => causalOutputs(model, [ids]).logits.slice([0, 0, 0], [1, 3, 9]).dataSync());
    assert.deepEqual(a, b, positions);
    const { alphas } = causalOutputs(model, [[START, 4, 5], [START]]);
    assert.equal(alphas.length, 2);
    for (const alpha of alphas) {
      const weights = alpha.arraySync();
      assert.deepEqual(weights[0]![0]![1]![2], 0);
      assert.deepEqual(weights[1]![0]![2]!.slice(1), [0, 0]);
    }
  }
});

onEngines('going on with a prompt by the cache agrees with the whole text', () => {
  for (const positions of ['sinusoidal', 'learned', 'rotary', 'none'] as const) {
    const model = build({ positions, norm: 'post' });
    for (const prompt of [[START], [START, 4, 5, 6]]) {
      const before = tf.memory().numTensors;
      const found = continueText(model, prompt, { end: END, never, maxLength: 6 });
      const drawn = continueText(model, prompt, {
        end: END,
        never,
        maxLength: 6,
        sampling: { random: createRandom(2) },
      });
      assert.equal(tf.memory().numTensors, before);
      for (const { ids, logProbabilities, alpha } of [found, drawn]) {
        const { logits, alphas } = causalOutputs(model, [[...prompt, ...ids]]);
        const at = (t: number) => prompt.length - 1 + t;
        const expected = ids.map(
          (id, t) =>
            tf
              .logSoftmax(logits)
              .slice([0, at(t), id], [1, 1, 1])
              .dataSync()[0]!,
        );
        assertClose(logProbabilities, expected, 1e-5, positions);
        const mean = tf.mean(alphas.at(-1)!, 1).arraySync() as number[][][];
        for (const [t, row] of alpha.entries()) assertClose(row, mean[0]![at(t)]!.slice(0, at(t) + 1), 1e-5);
      }
    }
  }
});

onEngines('the loss is the mean over what follows; too short a text is refused', () => {
  const model = build();
  const texts = [
    [START, 4, 5, END],
    [START, 6],
  ];
  const { logits } = causalOutputs(model, [[START, 4, 5], [START]]);
  const terms = [
    [0, 0, 4],
    [0, 1, 5],
    [0, 2, END],
    [1, 0, 6],
  ] as const;
  const losses = terms.map(
    (at) =>
      -tf
        .logSoftmax(logits)
        .slice([...at], [1, 1, 1])
        .dataSync()[0]!,
  );
  assertClose(causalLoss(model, texts), [losses.reduce((sum, loss) => sum + loss, 0) / 4], 1e-5);
  assert.throws(
    () => causalLoss(model, [[START, 4], [START]]),
    /sequence 1 has 1 symbols; at least two are needed/,
  );
  assert.throws(() => continueText(model, [], { end: END, maxLength: 3 }), /the prompt is empty/);
});

onEngines('saved and loaded; a file of the other kind is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heed-causal-'));
  try {
    const path = join(folder, 'model.safetensors');
    const model = build({ tied: false });
    await saveCausalTransformer(path, model);
    const { transformer } = await loadCausalTransformer(path, { vocab: 9 });
    const texts = [[START, 4, 5]];
    assert.deepEqual(
      causalOutputs(transformer, texts).logits.dataSync(),
      causalOutputs(model, texts).logits.dataSync(),
    );
    await assert.rejects(
      loadTransformer(path),
      /expected the checkpoint of a transformer, got "causal transformer"/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
