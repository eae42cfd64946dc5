/**
 * German to English on Multi30k: trains on `train`, selects on `val` by BLEU, then scores any test file.
 *
 *     npm run bench:translation -- --source test.de --reference test.en [--model rnn|transformer] [--minutes 60] [--steps N]
 *         [--data FOLDER] [--seed 1] [--tokens byte-pair|word] [--merges N] [--units 256] [--batch N] [--peak 1e-3] [--warmup N]
 *         [--dropout N] [--word-dropout 0.1] [--smoothing 0] [--every 800] [--beam 5] [--length-penalty 0.6]
 *         [--checkpoint FILE] [--output FILE] [--json FILE]
 *     of the RNN [--embedding 128] [--attention 128]; of the Transformer [--heads 8] [--layers 3] [--inner 512] [--positions sinusoidal]
 *
 * `--data` is a folder with train.de, train.en, val.de and val.en, gzip or plain; without it `data/multi30k` is looked for in
 * the project and in the folders beside it. Without a source file only `val` is scored. All text is lower-cased for training,
 * as in the tutorials that the numbers are compared with; the score is sacreBLEU's with `case:lc` and 13a on the plain
 * references, and beside it with case, the first letter of each translation made a capital.
 *
 * Sizes of the RNN: a step takes 0.32 s of one core without noise (0.64 s with a batch of 64), so an hour is about 10,000 steps,
 * 11 epochs. A vocabulary of 3,100 with embeddings of 192 takes 1.4 times as long. Rates and batches were not compared by
 * their scores. Defaults of both models are in `options.ts`.
 *
 * Measured, RNN, seed 1, `--steps 10000 --peak 1.2e-3`, greedy on `val`: BLEU 23.6, 28.8, 32.1, 33.1 after 1,000, 2,000, 3,000 and
 * 4,000 steps, which are 6, 12, 18 and 23 minutes of one processor. It was stopped there: the end of the run was not measured.
 *
 * Measured, Transformer, seed 1, `--model transformer --steps 3300`, greedy on `val`: BLEU 20.8, 30.8, 34.5 after 550, 1,100 and 1,650
 * steps, which are 13, 26 and 38 minutes of one processor.
 *
 * Budget: the rate falls over the minutes given, looks at `val` included; with --steps over the steps, which is repeatable.
 */
import { writeFileSync } from 'node:fs';
import {
  bucketByLength,
  countParams,
  createRandom,
  describeBackend,
  paddedShare,
  type StepReport,
  type TranslationPair,
  train,
  useBackend,
  warmupCosine,
} from 'heed';
import { learnTokens, pairsOf, readSplit, readTest } from './data.js';
import { makers } from './models.js';
import { model as kind, options } from './options.js';
import { createScorer } from './score.js';

const seconds = Number(options.minutes) * 60;
await useBackend();
console.log(describeBackend().line);
const random = createRandom(Number(options.seed));
const training = await readSplit('train');
const validation = await readSplit('val');
const source = learnTokens(training.map((pair) => pair.source));
const target = learnTokens(training.map((pair) => pair.target));
const pairs = pairsOf(training, source, target);
const sizes = { sourceVocab: source.size, targetVocab: target.size };
const model = makers[kind](random.child('weights'), sizes);
const scorer = createScorer(model, source, target);
const parameters = countParams(model.params);
console.log(
  `${kind}: ${pairs.length} pairs, ${source.size} and ${target.size} tokens, ${parameters} parameters; ` +
    `padding ${(100 * paddedShare(bucketed(0), (pair) => pair.target.length)).toFixed(1)} %`,
);

const began = performance.now();
const usage = process.cpuUsage();
const stop = new AbortController();
const looks: { step: number; seconds: number; bleu: number }[] = [];
let recent: StepReport[] = [];
let tokens = 0;
let cpuOfSteps = 0;
let cpuOfLooks = 0;
const result = await train({
  params: model.params,
  batches: batchesForEver(),
  loss: (batch, { random: chance }) => {
    for (const pair of batch) tokens += pair.source.length + pair.target.length;
    return model.loss(batch, chance!);
  },
  random: random.child('noise'),
  steps: options.steps === undefined ? Number.MAX_SAFE_INTEGER : Number(options.steps),
  learningRate: schedule(),
  clipNorm: 1,
  signal: stop.signal,
  onStep: (report) => {
    recent.push(report);
    cpuOfSteps = cpuSeconds() - cpuOfLooks;
    if (options.steps === undefined && elapsed() > seconds) stop.abort();
  },
  earlyStopping: { every: Number(options.every), evaluate: look, patience: Number.MAX_SAFE_INTEGER },
});
const trained = { seconds: elapsed(), cpu: cpuSeconds() };
const speed = {
  msPerStep: Math.round((1000 * cpuOfSteps) / result.step),
  tokensPerSecond: Math.round(tokens / cpuOfSteps),
};
console.log(
  `${speed.msPerStep} ms of processor a step, ${speed.tokensPerSecond} tokens of both sides a second`,
);
const report = {
  backend: describeBackend().line,
  options,
  parameters,
  steps: result.step,
  seconds: Number(trained.seconds.toFixed(1)),
  cpuSeconds: Number(trained.cpu.toFixed(1)),
  ...speed,
  best: looks.length > 0 ? looks.reduce((best, each) => (each.bleu > best.bleu ? each : best)) : undefined,
  looks,
  validation: scorer.full(validation, 'val'),
  ...(options.source !== undefined && {
    test: scorer.full(await readTest(options.source, options.reference!), 'test', options.output),
  }),
};
if (options.checkpoint) await model.save(options.checkpoint, { source, target });
if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);

function bucketed(epoch: number): TranslationPair[][] {
  return bucketByLength(pairs, { batch: Number(options.batch), random: random.child('order').child(epoch) });
}

function* batchesForEver(): Generator<TranslationPair[]> {
  for (let epoch = 0; ; epoch++) yield* bucketed(epoch);
}

/** Over the steps where they are given, else over the time. */
function schedule(): (step: number) => number {
  const peak = Number(options.peak);
  const warmup = Number(options.warmup);
  if (options.steps !== undefined) {
    const steps = Number(options.steps);
    return warmupCosine({ peak, steps, warmup: Math.min(warmup, Math.floor(steps / 10)) });
  }
  // A clock cannot be asked for a step's rate beforehand: the fall is cut into parts of the time.
  const parts = 10_000;
  const fall = warmupCosine({ peak, steps: parts });
  return (step) =>
    Math.min(1, (step + 1) / warmup) * fall(Math.min(parts - 1, (parts * elapsed()) / seconds));
}

function elapsed(): number {
  return (performance.now() - began) / 1000;
}

/** Of all threads since training began: on a shared machine more telling than the clock. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage(usage);
  return (user + system) / 1e6;
}

/** What early stopping makes small; the best so far is on disk. */
async function look(): Promise<number> {
  const last = recent.at(-1)!;
  const loss = recent.reduce((sum, each) => sum + each.loss, 0) / recent.length;
  const before = cpuSeconds();
  const bleu = scorer.quick(validation);
  cpuOfLooks += cpuSeconds() - before;
  if (options.checkpoint && looks.every((earlier) => earlier.bleu < bleu))
    await model.save(options.checkpoint, { source, target });
  looks.push({ step: last.step + 1, seconds: Number(elapsed().toFixed(1)), bleu });
  console.log(
    `step ${last.step + 1}, ${elapsed().toFixed(0)} s (${cpuSeconds().toFixed(0)} of processors), ` +
      `loss ${loss.toFixed(3)}, rate ${last.learningRate.toExponential(1)}, val BLEU ${bleu.toFixed(2)}`,
  );
  recent = [];
  return -bleu;
}
