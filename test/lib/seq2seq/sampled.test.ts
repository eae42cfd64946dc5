import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  beamDecode,
  chooseToken,
  createRandom,
  type DecoderStep,
  ensembleDecoder,
  greedyDecode,
  sampleDecode,
  useBackend,
} from 'heed';
import { assertClose, onEngines } from '../support/engines.js';

const options = { start: 1, end: 2, maxLength: 4 };

/** ln P of the next symbol depends on the last one: a Markov chain. The state counts the steps. */
const chain =
  (table: readonly (readonly number[])[], alpha: readonly number[] = [1]): DecoderStep =>
  (previous, [count]) => ({
    logits: tf.log(tf.gather(tf.tensor2d(table.map((row) => [...row])), previous)) as tf.Tensor2D,
    alpha: tf.tile(tf.tensor2d([[...alpha]]), [previous.shape[0], 1]),
    state: [tf.add(count!, 1)],
  });
const zeros = (rows: number) => [tf.zeros<tf.Rank.R2>([rows, 1])];

onEngines('drawn outputs come as often as the chain says', () => {
  // After the start: 3 or 4; after each of them the end or itself.
  const table = [
    [0, 0, 0, 0, 0],
    [0, 0, 0, 0.3, 0.7],
    [0, 0, 1, 0, 0],
    [0, 0, 0.5, 0.5, 0],
    [0, 0, 0.9, 0, 0.1],
  ];
  const random = createRandom(1);
  const rows = 4000;
  const before = tf.memory().numTensors;
  const initial = zeros(rows);
  const drawn = sampleDecode(chain(table), initial, {
    ...options,
    draw: (scores) => chooseToken(random, scores, { forbidden: [0, 1] }),
  });
  tf.dispose(initial);
  assert.equal(tf.memory().numTensors, before);
  const share = (...ids: number[]) => drawn.filter((row) => row.ids.join() === ids.join()).length / rows;
  // Standard errors are below 0.008; four of them.
  for (const [got, expected] of [
    [share(3), 0.15],
    [share(4), 0.63],
    [share(3, 3), 0.075],
    [share(4, 4), 0.063],
  ] as const)
    assert.ok(Math.abs(got - expected) < 0.032, `${got} for ${expected}`);
  for (const { ids, logProbability, ended } of drawn.slice(0, 50)) {
    const [first] = ids as [3 | 4];
    const [stay, stop, come] = first === 3 ? [0.5, 0.5, 0.3] : [0.1, 0.9, 0.7];
    assertClose([logProbability], [Math.log(come * stay ** (ids.length - 1) * (ended ? stop : 1))], 1e-4);
  }
});

onEngines('drawn at temperature 0 is greedy', () => {
  const table = Array.from({ length: 6 }, (_, n) => createRandom(n).uniforms(6, 0.1, 1)).map((row) => [
    ...row,
  ]);
  const never = [0, 1];
  const greedy = greedyDecode(chain(table), zeros(2), { ...options, never });
  const drawn = sampleDecode(chain(table), zeros(2), {
    ...options,
    draw: (scores) => chooseToken(createRandom(0), scores, { temperature: 0, forbidden: never }),
  });
  assert.deepEqual(
    drawn.map(({ ids }) => ids),
    greedy.map(({ ids }) => ids),
  );
  assertClose(
    drawn.map(({ logProbability }) => logProbability),
    greedy.map(({ logProbability }) => logProbability),
    1e-5,
  );
});

onEngines('an ensemble decides by the mean of the probabilities', () => {
  const mostly = (id: number, p: number) => Array.from({ length: 4 }, (_, n) => (n === id ? p : (1 - p) / 3));
  const every = (row: readonly number[]) => Array.from({ length: 4 }, () => row);
  // Alone the second says the end, both together symbol 3: (0.9 + 0.2) / 2 beats (0.1 / 3 + 0.4) / 2.
  const members = [
    { step: chain(every(mostly(3, 0.9)), [1, 0]), initial: zeros(1) },
    { step: chain(every([0.2, 0.2, 0.4, 0.2]), [0, 1]), initial: [...zeros(1)] },
  ];
  const { step, initial } = ensembleDecoder(members);
  const [row] = greedyDecode(step, initial, { ...options, maxLength: 1 });
  assert.deepEqual(row!.ids, [3]);
  assertClose(row!.logProbabilities, [Math.log((0.9 + 0.2) / 2)], 1e-5);
  assertClose(row!.alpha[0]!, [0.5, 0.5], 1e-6);
  const [[best] = []] = beamDecode(step, initial, { ...options, maxLength: 1, width: 1 });
  assert.deepEqual(best!.ids, [3]);
  const [alone] = greedyDecode(members[1]!.step, members[1]!.initial, options);
  assert.deepEqual(alone!.ids, []);
});

test('an ensemble of nobody, or of models that do not fit, is refused', async () => {
  await useBackend('cpu');
  assert.throws(() => ensembleDecoder([]), /expected at least one model, got none/);
  const initial = zeros(1);
  const uneven = ensembleDecoder([
    {
      step: chain([
        [1, 1],
        [1, 1],
      ]),
      initial,
    },
    {
      step: chain([
        [1, 1, 1],
        [1, 1, 1],
      ]),
      initial,
    },
  ]);
  assert.throws(
    () => greedyDecode(uneven.step, uneven.initial, options),
    /vocabularies of the models differ: \[1, 2\] and \[1, 3\]/,
  );
  tf.dispose(initial);
});
