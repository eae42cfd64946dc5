/**
 * The translation lesson over several seeds: phrases that hold combinations of words never seen in training, scored by length.
 *
 *     node --conditions=heed-source --import tsx bench/phrases.ts [--seeds 1,2,3,4,5] [--look before|after|never] [--to german]
 *       [--steps 1000] [--lengths 2,20] [--units 96] [--embedding 64] [--peak 3e-3] [--split test|validation] [--json FILE]
 *       [--checkpoint FILE] [--decoding]
 *
 * Rows are added to the file of `--json`; a checkpoint is that of the last seed. `--decoding` measures words a second instead:
 * one decoder step a word, against the whole model run anew for each word.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {
  countParams,
  createRandom,
  describeBackend,
  disposeParams,
  initTranslator,
  type Language,
  type PhrasePair,
  type Split,
  saveTranslator,
  type Translator,
  type TranslatorConfig,
  teacherForce,
  train,
  translate,
  translatorLoss,
  useBackend,
  warmupCosine,
} from 'heed';
import {
  type Bucket,
  looksOf,
  MOST_WORDS,
  openPhrases,
  readRows,
  scoreBucket,
  summarise,
  writeRows,
} from './phrases-parts.js';
import { layersPeer } from './phrases-peer.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    look: { type: 'string', default: 'before' },
    to: { type: 'string', default: 'german' },
    steps: { type: 'string', default: '1000' },
    lengths: { type: 'string', default: '2,20' },
    units: { type: 'string', default: '96' },
    embedding: { type: 'string', default: '64' },
    peak: { type: 'string', default: '3e-3' },
    split: { type: 'string', default: 'test' },
    json: { type: 'string' },
    checkpoint: { type: 'string' },
    decoding: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const to = values.to as Language;
const lengths = values.lengths.split(',').map(Number) as [number, number];
await useBackend();
console.log(describeBackend().line);
const { phrases, source, target, pairOf, buckets, batches } = openPhrases({
  to,
  lengths,
  split: values.split as Split,
});

function begin(seed: number): { translator: Translator; run: () => Promise<readonly { loss: number }[]> } {
  const random = createRandom(seed);
  const translator = initTranslator(random.child('weights'), {
    sourceVocab: source.size,
    targetVocab: target.size,
    embedding: Number(values.embedding),
    units: Number(values.units),
    attention: 64,
    look: values.look as NonNullable<TranslatorConfig['look']>,
  });
  const run = async () => {
    const { history } = await train({
      params: translator.params,
      batches: batches(random.child('data')),
      loss: (batch) => translatorLoss(translator, batch),
      steps,
      learningRate: warmupCosine({ peak: Number(values.peak), steps, warmup: 50 }),
      clipNorm: 1,
      onStep: ({ step, loss, seconds }) => {
        if (step % 100 === 0) console.log(`step ${step}, ${seconds.toFixed(0)} s, loss ${loss.toFixed(4)}`);
      },
    });
    return history;
  };
  return { translator, run };
}

/** What the right translation, given word by word, looks at. */
function lookOf(translator: Translator, pairs: readonly PhrasePair[]) {
  const { logits, alphas, state } = teacherForce(translator, pairs.map(pairOf));
  const read = alphas.arraySync();
  tf.dispose([logits, alphas, state]);
  return looksOf(read, pairs);
}

function scoresOf(translator: Translator, bucket: Bucket) {
  const written = translate(
    translator,
    bucket.pairs.map((pair) => pairOf(pair).source),
    { maxLength: MOST_WORDS },
  ).map(({ ids }) => target.decode(ids));
  return scoreBucket(bucket, written, values.look === 'never' ? [] : lookOf(translator, bucket.pairs));
}

/**
 * Words a second of greedy decoding against two naive ways: the same translator, encoder and decoder run anew over all the
 * words so far for each word; and a model of stock layers in the form of the well-known example.
 */
function decodingSpeed(translator: Translator) {
  return [1, 64].flatMap((count) =>
    [10, 20, 30].map((words) => {
      const pairs = phrases
        .fixedSet(200, { to, split: 'validation', lengths: [words, words] })
        .slice(0, count);
      const sources = pairs.map((pair) => pairOf(pair).source);
      const sizes = { sourceVocab: source.size, targetVocab: target.size };
      const peer = layersPeer({ ...sizes, sourceLength: words, targetLength: words });
      const ways: readonly (() => number)[] = [
        () =>
          translate(translator, sources, { maxLength: words }).reduce((sum, { ids }) => sum + ids.length, 0),
        () => runAnew(translator, sources, words),
        () => peer.write(sources),
      ];
      const speeds = ways.map(() => ({ words: 0, seconds: 0 }));
      // Interleaved, so that a busy machine disturbs all alike; the first round warms them up.
      for (let round = 0; round < (count === 1 ? 6 : 3); round++)
        for (const [n, work] of ways.entries()) timed(round, speeds[n]!, work);
      peer.dispose();
      const [ours, anew, layers] = speeds.map(({ words: written, seconds }) => Math.round(written / seconds));
      const ratio = (other: number) => Number((ours! / other).toFixed(1));
      return {
        sources: count,
        words,
        ours,
        anew,
        layers,
        overAnew: ratio(anew!),
        overLayers: ratio(layers!),
      };
    }),
  );
}

interface Speed {
  words: number;
  seconds: number;
}

function timed(round: number, speed: Speed, work: () => number): void {
  const start = performance.now();
  const words = work();
  if (round === 0) return;
  speed.words += words;
  speed.seconds += (performance.now() - start) / 1000;
}

/** The outputs that tutorials give: for each word, encoder and decoder over all words so far, then the likeliest next one. */
function runAnew(translator: Translator, sources: readonly (readonly number[])[], words: number): number {
  let written: number[][] = sources.map(() => []);
  for (let n = 0; n < words; n++) {
    const pairs = sources.map((ids, row) => ({ source: ids, target: written[row]! }));
    const next = tf.tidy(() => {
      const { logits } = teacherForce(translator, pairs);
      return tf.argMax(logits.gather([n], 1).squeeze([1]), 1).dataSync();
    });
    written = written.map((ids, row) => [...ids, next[row]!]);
  }
  return sources.length * words;
}

const rows = values.decoding ? [] : readRows(values.json);
if (values.decoding) {
  const { translator } = begin(1);
  const speeds = decodingSpeed(translator);
  console.table(speeds);
  writeRows(values.json, speeds);
  disposeParams(translator.params);
} else {
  for (const seed of values.seeds.split(',').map(Number)) {
    const { translator, run } = begin(seed);
    const began = process.cpuUsage();
    const history = await run();
    const { user, system } = process.cpuUsage(began);
    const scored = buckets.map((bucket) => scoresOf(translator, bucket));
    if (values.checkpoint) await saveTranslator(values.checkpoint, translator, { source, target });
    const last = history.slice(-20);
    const row = {
      seed,
      to,
      look: values.look,
      steps,
      lengths,
      split: values.split,
      parameters: countParams(translator.params),
      cpuSeconds: Math.round((user + system) / 1e6),
      loss: last.reduce((sum, { loss }) => sum + loss, 0) / last.length,
      ...summarise(scored),
      ...(values.checkpoint && {
        checkpoint: {
          file: values.checkpoint.replace(/^.*\//, ''),
          sha256: createHash('sha256').update(readFileSync(values.checkpoint)).digest('hex'),
        },
      }),
    };
    rows.push(row);
    console.log(JSON.stringify(row));
    writeRows(values.json, rows);
    disposeParams(translator.params);
  }
}
