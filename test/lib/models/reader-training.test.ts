import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {
  answerStories,
  createRandom,
  initMemoryReader,
  loadStories,
  memoryReaderLoss,
  train,
  warmupCosine,
} from 'heed';
import { onEngines } from '../support/engines.js';
import { assertGradientAlongDirections } from './directions.js';
import { reader, stories } from './memory-stories.js';

onEngines('the gradient agrees with central differences along random directions', () => {
  const made = reader({ hops: 2 });
  const loss = () => memoryReaderLoss(made, stories);
  assertGradientAlongDirections(made.params, loss, { delta: 0.01, tolerance: 2e-3 });
});

onEngines('dropout is for training alone', () => {
  const made = reader({ dropout: 0.5 });
  const plain = memoryReaderLoss(made, stories).dataSync()[0]!;
  assert.equal(memoryReaderLoss(made, stories).dataSync()[0], plain);
  assert.notEqual(memoryReaderLoss(made, stories, { random: createRandom(2) }).dataSync()[0], plain);
});

onEngines('one fact is learnt within 300 steps, with alpha on the fact, without leaks', async () => {
  const task = loadStories(
    JSON.parse(readFileSync(new URL('../../../datasets/stories/stories.json', import.meta.url), 'utf8')),
  );
  const made = initMemoryReader(createRandom(1), {
    vocabulary: task.vocabulary,
    answers: task.answers('one-fact'),
  });
  const data = createRandom('data');
  const tensors: number[] = [];
  await train({
    params: made.params,
    batches: () => task.questions(data, 32, { task: 'one-fact' }),
    loss: (batch) => memoryReaderLoss(made, batch),
    steps: 300,
    learningRate: warmupCosine({ peak: 1e-2, steps: 300, warmup: 20 }),
    clipNorm: 1,
    onStep: () => void tensors.push(tf.memory().numTensors),
  });
  assert.equal(tensors.at(-1), tensors[5]);
  const unseen = task.questions(createRandom('unseen'), 300, { task: 'one-fact', split: 'test' });
  const readings = answerStories(made, unseen);
  const share = (holds: (n: number) => boolean) => unseen.filter((_, n) => holds(n)).length / unseen.length;
  const right = share((n) => readings[n]!.answer === unseen[n]!.answer);
  const pointed = share((n) => {
    const [alpha] = readings[n]!.alphas;
    return alpha!.indexOf(Math.max(...alpha!)) === unseen[n]!.facts[0];
  });
  assert.ok(right > 0.9, `right ${right}`);
  assert.ok(pointed > 0.9, `pointed ${pointed}`);
}, ['wasm']);
