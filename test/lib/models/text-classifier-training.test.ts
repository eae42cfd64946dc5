import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  classifyTexts,
  createRandom,
  disposeParams,
  initTextClassifier,
  lossOfEachWord,
  rationaleScore,
  scoreTexts,
  textClassifierLoss,
  train,
  useBackend,
} from 'heed';
import { batch, make, near, texts } from './small-classifier.js';

before(() => useBackend());

test('the gradient by the exact estimator is that of the expected loss, and REINFORCE agrees in the mean', () => {
  const reader = make({ reading: 'hard' });
  const gradientOf = (loss: () => tf.Scalar) =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss, [reader.params.vector]);
      return Array.from(Object.values(grads)[0]!.dataSync());
    });
  const exact = gradientOf(() => {
    const { scores, mask } = scoreTexts(reader, texts);
    // sum_j alpha_j loss_j, with the padding left out
    const alpha = tf.softmax(tf.add(scores, tf.mul(tf.sub(mask, 1), 1e9)));
    return tf.mean(tf.sum(tf.mul(alpha, lossOfEachWord(reader, batch)), 1));
  });
  const by = (hard: object, seed: number) =>
    gradientOf(() => textClassifierLoss(reader, batch, { random: createRandom(seed), hard }).loss);
  by({ estimator: 'exact' }, 1).forEach((g, i) => void near(g, exact[i]!, 1e-6));

  const runs = Array.from({ length: 300 }, (_, seed) => by({ samples: 8 }, seed));
  exact.forEach((truth, i) => {
    const mean = runs.reduce((sum, g) => sum + g[i]!, 0) / runs.length;
    const spread = Math.sqrt(runs.reduce((sum, g) => sum + (g[i]! - mean) ** 2, 0) / (runs.length - 1));
    assert.ok(Math.abs(mean - truth) < 4 * (spread / Math.sqrt(runs.length)), `${mean} is not ${truth}`);
  });
  disposeParams(reader.params);
});

test('a hard reader learns which of twelve words tells the class, and points at it', async () => {
  const random = createRandom(3);
  // Words 4, 5 and 6 tell the class; the others are fillers. A fourth class has none of them.
  const example = (stream = random) => {
    const ids = Array.from({ length: 8 }, () => 7 + stream.integer(5));
    const label = stream.integer(4);
    const at = stream.integer(8);
    if (label < 3) ids[at] = 4 + label;
    return { ids, label, deciding: label < 3 ? [at] : [] };
  };
  const reader = initTextClassifier(createRandom(1), {
    vocab: 12,
    classes: 4,
    reading: 'hard',
    embedding: 16,
    attention: 16,
    hidden: 16,
  });
  const tensors = new Map<number, number>();
  await train({
    params: reader.params,
    batches: () => Array.from({ length: 32 }, () => example()),
    loss: (examples, context) =>
      textClassifierLoss(reader, examples, { random: context.random, hard: { entropy: 0.1 } }).loss,
    random: createRandom(4),
    steps: 200,
    learningRate: 1e-2,
    clipNorm: 1,
    onStep: ({ step }) => void tensors.set(step, tf.memory().numTensors),
  });
  assert.equal(tensors.get(150), tensors.get(10));
  const unseen = Array.from({ length: 200 }, () =>
    example(createRandom('unseen').child(random.integer(1e6))),
  );
  const before = tf.memory().numTensors;
  const answers = classifyTexts(
    reader,
    unseen.map(({ ids }) => ids),
  );
  assert.equal(tf.memory().numTensors, before);
  const right = answers.filter(({ label }, i) => label === unseen[i]!.label).length;
  assert.ok(right >= 195, `${right} of 200`);
  const score = rationaleScore(unseen.map(({ deciding }, i) => ({ alpha: answers[i]!.alpha, deciding })));
  assert.ok(score.precision >= 0.98, `${score.precision}`);
  disposeParams(reader.params);
});
