/**
 * What a sentence costs as it grows: the recurrent translator of the translation lesson against the Transformer, both with the
 * sizes that they were trained with, and random weights.
 *
 *     node --conditions=heed-source --import tsx bench/transformer-cost.ts [--lengths 5,10,20,40,80,160,320,640] [--rounds 5] [--json FILE]
 *
 * Three works on batches of about 640 words: reading the source, a training step without the optimizer, and writing greedily with
 * a cache. Seconds are those of the processor, the least of some rounds that are interleaved, so that a busy machine disturbs all alike.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {
  createRandom,
  describeBackend,
  encodeWithTransformer,
  flattenParams,
  greedyDecode,
  initTransformer,
  initTranslator,
  openTransformer,
  readSources,
  START,
  type TranslationPair,
  transformerLoss,
  translatorLoss,
  translatorStep,
  useBackend,
} from 'heed';

const { values } = parseArgs({
  options: {
    lengths: { type: 'string', default: '5,10,20,40,80,160,320,640' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const WORDS = 640;
const vocab = 130; // about that of the phrases
const sizes = { sourceVocab: vocab, targetVocab: vocab };

await useBackend();
console.log(describeBackend().line);
const random = createRandom(1);
const rnn = initTranslator(random.child('rnn'), { ...sizes, embedding: 64, units: 96, attention: 64 });
const transformer = initTransformer(random.child('transformer'), {
  ...sizes,
  units: 64,
  heads: 4,
  layers: 2,
  inner: 256,
});

type Work = (batch: readonly TranslationPair[]) => void;
const gradients = (params: Parameters<typeof flattenParams>[0], loss: () => tf.Scalar) => {
  const { value, grads } = tf.variableGrads(
    loss,
    flattenParams(params).map(([, variable]) => variable),
  );
  value.dataSync();
  tf.dispose(grads);
};
const sourcesOf = (batch: readonly TranslationPair[]) => batch.map(({ source }) => source);
// No end can be written, so that every length is written out.
const limits = (words: number) => ({ start: START, end: -1, maxLength: words });
const works: Record<string, readonly [rnn: Work, transformer: Work]> = {
  read: [
    (batch) => {
      const { memory, state } = readSources(rnn, sourcesOf(batch));
      memory.values.dataSync();
      tf.dispose([memory.keys, memory.values, memory.mask, ...state]);
    },
    (batch) => {
      const { annotations, mask, alphas } = encodeWithTransformer(transformer, sourcesOf(batch));
      annotations.dataSync();
      tf.dispose([annotations, mask, ...alphas]);
    },
  ],
  train: [
    (batch) => gradients(rnn.params, () => translatorLoss(rnn, batch)),
    (batch) => gradients(transformer.params, () => transformerLoss(transformer, batch)),
  ],
  write: [
    (batch) => {
      const { memory, state } = readSources(rnn, sourcesOf(batch));
      greedyDecode(translatorStep(rnn, memory), state, limits(batch[0]!.target.length));
      tf.dispose([memory.keys, memory.values, memory.mask, ...state]);
    },
    (batch) => {
      const { step, initial, dispose } = openTransformer(transformer, sourcesOf(batch));
      greedyDecode(step, initial, limits(batch[0]!.target.length));
      dispose();
    },
  ],
};

function secondsOf(work: Work, batch: readonly TranslationPair[]): number {
  const began = process.cpuUsage();
  work(batch);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

const rows = values.lengths.split(',').map((text) => {
  const words = Number(text);
  const draw = () => Array.from({ length: words }, () => 4 + random.integer(vocab - 4));
  const batch = Array.from({ length: Math.max(1, Math.round(WORDS / words)) }, () => ({
    source: draw(),
    target: draw(),
  }));
  const measured = Object.entries(works).map(([name, pair]) => {
    const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    // The first round warms up.
    for (let round = 0; round <= Number(values.rounds); round++)
      for (const [n, work] of pair.entries()) {
        const seconds = secondsOf(work, batch);
        if (round > 0) least[n] = Math.min(least[n]!, seconds);
      }
    const perWord = least.map((seconds) => Number(((1e6 * seconds) / (batch.length * words)).toPrecision(3)));
    return [
      name,
      { rnn: perWord[0], transformer: perWord[1], ratio: Number((least[1]! / least[0]!).toFixed(2)) },
    ];
  });
  const row = { words, sentences: batch.length, ...Object.fromEntries(measured) };
  console.log(JSON.stringify(row));
  return row;
});
if (values.json) {
  const unit = 'microseconds of the processor a word; ratio: transformer / rnn';
  writeFileSync(values.json, `${JSON.stringify({ backend: describeBackend().line, unit, rows }, null, 2)}\n`);
}
