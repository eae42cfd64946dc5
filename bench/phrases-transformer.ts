/**
 * The translation lesson's task with a Transformer: phrases that hold combinations of words never seen in training, the same
 * batches, steps and test sets as `phrases.ts`.
 *
 *     node --conditions=heed-source --import tsx bench/phrases-transformer.ts [--seeds 1,2,3,4,5] [--to german] [--steps 2000]
 *       [--lengths 2,20] [--units 96] [--heads 4] [--layers 2] [--inner 192] [--norm pre|post] [--positions sinusoidal|learned|rotary|none]
 *       [--peak 2e-3] [--warmup 100] [--smoothing 0] [--split test|validation] [--json FILE] [--checkpoint FILE]
 *
 * Rows are added to the file of `--json`; a checkpoint is that of the last seed. Each row also tells how well each single head
 * that looks at the source is an alignment, by the share of outputs whose largest alpha is not on a true source word, and
 * `aer` is that of the choice `--alpha` (`mean`, or `LAYER` for the mean of its heads, or `LAYER.HEAD`). Choose with the validation split.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {
  type AlphaChoice,
  chooseAlpha,
  countParams,
  createRandom,
  describeBackend,
  disposeParams,
  initTransformer,
  type Language,
  misalignedShare,
  type PhrasePair,
  type PositionKind,
  type Split,
  saveTransformer,
  type Transformer,
  train,
  transformerLoss,
  transformerOutputs,
  translateWithTransformer,
  useBackend,
  warmupCosine,
} from 'heed';
import {
  type Look,
  looksOf,
  MOST_WORDS,
  openPhrases,
  readRows,
  scoreBucket,
  summarise,
  writeRows,
} from './phrases-parts.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    to: { type: 'string', default: 'german' },
    steps: { type: 'string', default: '2000' },
    lengths: { type: 'string', default: '2,20' },
    units: { type: 'string', default: '96' },
    heads: { type: 'string', default: '4' },
    layers: { type: 'string', default: '2' },
    inner: { type: 'string', default: '192' },
    norm: { type: 'string', default: 'pre' },
    positions: { type: 'string', default: 'sinusoidal' },
    peak: { type: 'string', default: '2e-3' },
    warmup: { type: 'string', default: '100' },
    smoothing: { type: 'string', default: '0' },
    alpha: { type: 'string', default: 'mean' },
    split: { type: 'string', default: 'test' },
    json: { type: 'string' },
    checkpoint: { type: 'string' },
  },
});
const steps = Number(values.steps);
const sizes = {
  units: Number(values.units),
  heads: Number(values.heads),
  layers: Number(values.layers),
  inner: Number(values.inner),
  norm: values.norm as 'pre' | 'post',
  positions: values.positions as PositionKind,
};
const alpha = choiceOf(values.alpha);

await useBackend();
console.log(describeBackend().line);
const lengths = values.lengths.split(',').map(Number) as [number, number];
const { source, target, pairOf, buckets, batches } = openPhrases({
  to: values.to as Language,
  lengths,
  split: values.split as Split,
});

function choiceOf(text: string): AlphaChoice {
  if (text === 'mean') return {};
  const [layer, head] = text.split('.').map(Number);
  return { layer: layer!, ...(head !== undefined && { head }) };
}

/** What the right translation, given word by word, looks at: one matrix a sentence, for each choice. */
function readAlphas(transformer: Transformer, pairs: readonly PhrasePair[], choices: readonly AlphaChoice[]) {
  let looks: Look[][] = [];
  tf.tidy(() => {
    const { alphas } = transformerOutputs(transformer, pairs.map(pairOf));
    looks = choices.map((choice) => looksOf(chooseAlpha(alphas.cross, choice).arraySync(), pairs));
  });
  return looks;
}

function scoresOf(transformer: Transformer) {
  return buckets.map((bucket) => {
    const written = translateWithTransformer(
      transformer,
      bucket.pairs.map((pair) => pairOf(pair).source),
      { maxLength: MOST_WORDS },
    ).map(({ ids }) => target.decode(ids));
    return scoreBucket(bucket, written, readAlphas(transformer, bucket.pairs, [alpha])[0]!);
  });
}

/** Misaligned share of each head, and of the mean of each layer's. */
function alignmentOfHeads(transformer: Transformer) {
  const heads = Array.from({ length: sizes.layers }, (_, layer) => [
    { layer },
    ...Array.from({ length: sizes.heads }, (_, head) => ({ layer, head })),
  ]).flat();
  const pairs = buckets.filter(({ trained }) => trained).flatMap((bucket) => bucket.pairs);
  const looks = readAlphas(transformer, pairs.slice(-400), heads);
  return heads.map((choice, n) => ({ ...choice, aer: misalignedShare(looks[n]!) }));
}

const rows = readRows(values.json);
const seeds = values.seeds.split(',').map(Number);
for (const seed of seeds) {
  const random = createRandom(seed);
  const transformer = initTransformer(random.child('weights'), {
    sourceVocab: source.size,
    targetVocab: target.size,
    ...sizes,
  });
  const began = process.cpuUsage();
  const { history } = await train({
    params: transformer.params,
    batches: batches(random.child('data')),
    loss: (batch) => transformerLoss(transformer, batch, { smoothing: Number(values.smoothing) }),
    steps,
    learningRate: warmupCosine({ peak: Number(values.peak), steps, warmup: Number(values.warmup) }),
    clipNorm: 1,
    onStep: ({ step, loss }) => {
      const { user, system } = process.cpuUsage(began);
      if (step % 100 === 0)
        console.log(
          `step ${step}, ${((user + system) / 1e6).toFixed(0)} s of processor, loss ${loss.toFixed(4)}`,
        );
    },
  });
  const { user, system } = process.cpuUsage(began);
  const kept = seed === seeds.at(-1) ? values.checkpoint : undefined;
  if (kept) await saveTransformer(kept, transformer, { source, target });
  const last = history.slice(-20);
  const row = {
    seed,
    to: values.to,
    ...sizes,
    peak: Number(values.peak),
    smoothing: Number(values.smoothing),
    steps,
    lengths,
    split: values.split,
    parameters: countParams(transformer.params),
    cpuSeconds: Math.round((user + system) / 1e6),
    loss: last.reduce((sum, { loss }) => sum + loss, 0) / last.length,
    ...summarise(scoresOf(transformer)),
    alpha: values.alpha,
    headAer: alignmentOfHeads(transformer),
    ...(kept && {
      checkpoint: {
        file: basename(kept),
        sha256: createHash('sha256').update(readFileSync(kept)).digest('hex'),
      },
    }),
  };
  rows.push(row);
  console.log(JSON.stringify(row));
  writeRows(values.json, rows);
  disposeParams(transformer.params);
}
