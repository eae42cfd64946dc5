/**
 * German to English on Multi30k: trains on `train`, selects on `val` by BLEU, then scores any test file.
 *
 *     npm run bench:translation -- --source test.de --reference test.en [--minutes 60] [--steps N] [--data FOLDER] [--seed 1]
 *         [--tokens byte-pair|word] [--merges 2000] [--units 256] [--embedding 128] [--attention 128] [--batch 32] [--peak 1e-3]
 *         [--dropout 0.3] [--word-dropout 0.1] [--every 800] [--beam 5] [--length-penalty 0.6] [--checkpoint FILE] [--output FILE] [--json FILE]
 *
 * `--data` is a folder with train.de, train.en, val.de and val.en, gzip or plain; without it `data/multi30k` is looked for in
 * the project and in the folders beside it. Without a source file only `val` is scored. All text is lower-cased for training,
 * as in the tutorials that the numbers are compared with; the score is sacreBLEU's with `case:lc` and 13a on the plain
 * references, and beside it with case, the first letter of each translation made a capital.
 *
 * Sizes: a step takes 0.32 s of one core without noise (0.64 s with a batch of 64), so an hour is about 10,000 steps, 11 epochs.
 * A vocabulary of 3,100 with embeddings of 192 takes 1.4 times as long. Rates and batches were not compared by their scores.
 *
 * Budget: the rate falls over the minutes given, looks at `val` included; with --steps over the steps, which is repeatable.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {
  attentionMemory,
  batchesOf,
  beamDecode,
  bridgeStates,
  bucketByLength,
  corpusBleu,
  countParams,
  createBytePair,
  createRandom,
  createVocabulary,
  decodeSteps,
  describeBackend,
  dropout,
  END,
  encodeSource,
  formatBleu,
  initTranslator,
  maskedCrossEntropy,
  normaliseText,
  PADDING,
  paddedShare,
  padSequences,
  type Random,
  readLines,
  readParallel,
  readSources,
  repeatRows,
  START,
  type StepReport,
  saveTranslator,
  type Tokeniser,
  type TranslationPair,
  type Translator,
  train,
  translate,
  translatorStep,
  UNKNOWN,
  useBackend,
  warmupCosine,
} from 'heed';

const { values } = parseArgs({
  options: {
    source: { type: 'string' },
    reference: { type: 'string' },
    data: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    steps: { type: 'string' },
    seed: { type: 'string', default: '1' },
    tokens: { type: 'string', default: 'byte-pair' },
    merges: { type: 'string', default: '2000' },
    units: { type: 'string', default: '256' },
    embedding: { type: 'string', default: '128' },
    attention: { type: 'string', default: '128' },
    batch: { type: 'string', default: '32' },
    peak: { type: 'string', default: '1e-3' },
    dropout: { type: 'string', default: '0.3' },
    'word-dropout': { type: 'string', default: '0.1' },
    every: { type: 'string', default: '800' },
    beam: { type: 'string', default: '5' },
    'length-penalty': { type: 'string', default: '0.6' },
    checkpoint: { type: 'string' },
    output: { type: 'string' },
    json: { type: 'string' },
  },
});
const WARMUP_STEPS = 200;
const LONGEST = 60; // tokens of a side in training; the corpus has captions of 12 words
const root = resolve(import.meta.dirname, '..');
const seconds = Number(values.minutes) * 60;
const rates = { dropout: Number(values.dropout), word: Number(values['word-dropout']) };
if ((values.source === undefined) !== (values.reference === undefined))
  throw new Error('Give both --source and --reference, or neither to score val alone.');

const folder = values.data ?? findData();
await useBackend();
console.log(describeBackend().line);
const random = createRandom(Number(values.seed));
const training = await readTexts(file('train.de'), file('train.en'));
const validation = await readTexts(file('val.de'), file('val.en'));

const source = learn(training.map((pair) => pair.source));
const target = learn(training.map((pair) => pair.target));
const pairs = training
  .map((pair): TranslationPair => ({ source: ids(source, pair.source), target: ids(target, pair.target) }))
  .filter((pair) => Math.max(pair.source.length, pair.target.length) <= LONGEST);
const translator = initTranslator(random.child('weights'), {
  sourceVocab: source.size,
  targetVocab: target.size,
  units: Number(values.units),
  embedding: Number(values.embedding),
  attention: Number(values.attention),
});
console.log(
  `${pairs.length} pairs, ${source.size} and ${target.size} tokens, ${countParams(translator.params)} parameters; ` +
    `padding ${(100 * paddedShare(bucketed(0), (pair) => pair.target.length)).toFixed(1)} %`,
);

const began = performance.now();
const usage = process.cpuUsage();
const stop = new AbortController();
const looks: { step: number; seconds: number; bleu: number }[] = [];
let recent: StepReport[] = [];
const result = await train({
  params: translator.params,
  batches: batchesForEver(),
  loss: (batch, { random: chance }) => noisyLoss(translator, batch, chance!),
  random: random.child('noise'),
  steps: values.steps === undefined ? Number.MAX_SAFE_INTEGER : Number(values.steps),
  learningRate: schedule(),
  clipNorm: 1,
  signal: stop.signal,
  onStep: (report) => {
    recent.push(report);
    if (values.steps === undefined && elapsed() > seconds) stop.abort();
  },
  earlyStopping: { every: Number(values.every), evaluate: look, patience: Number.MAX_SAFE_INTEGER },
});
const trained = { seconds: elapsed(), cpu: cpuSeconds() };
const report = {
  backend: describeBackend().line,
  options: values,
  parameters: countParams(translator.params),
  steps: result.step,
  seconds: Number(trained.seconds.toFixed(1)),
  cpuSeconds: Number(trained.cpu.toFixed(1)),
  best: looks.length > 0 ? looks.reduce((best, each) => (each.bleu > best.bleu ? each : best)) : undefined,
  looks,
  validation: scores(validation, 'val'),
  ...(values.source === undefined ? {} : { test: await scoreFiles(values.source, values.reference!) }),
};
if (values.checkpoint) await save(values.checkpoint);
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);

interface Text {
  readonly source: string;
  readonly target: string;
}

function findData(): string {
  const near = [
    root,
    ...readdirSync(resolve(root, '..'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => resolve(root, '..', name)),
  ].map((place) => join(place, 'data/multi30k'));
  const found = near.find((place) => existsSync(place));
  if (found === undefined) {
    throw new Error(
      'Multi30k was not found: put train.de, train.en, val.de and val.en (or .gz) into data/multi30k, or give --data FOLDER.',
    );
  }
  return found;
}

function file(name: string): string {
  const plain = join(folder, name);
  return existsSync(plain) ? plain : `${plain}.gz`;
}

async function readTexts(from: string, to: string): Promise<Text[]> {
  const texts: Text[] = [];
  for await (const pair of readParallel({ source: from, target: to })) texts.push(pair);
  return texts;
}

function learn(texts: readonly string[]): Tokeniser {
  const lower = texts.map((text) => normaliseText(text));
  return values.tokens === 'word'
    ? createVocabulary(lower, { kind: 'word', minimumCount: 2 })
    : createBytePair(lower, { merges: Number(values.merges) });
}

function ids(tokeniser: Tokeniser, text: string): number[] {
  return tokeniser.encode(normaliseText(text), { unknown: 'id' });
}

function bucketed(epoch: number): TranslationPair[][] {
  return bucketByLength(pairs, { batch: Number(values.batch), random: random.child('order').child(epoch) });
}

function* batchesForEver(): Generator<TranslationPair[]> {
  for (let epoch = 0; ; epoch++) yield* bucketed(epoch);
}

/** Over the steps where they are given, else over the time. */
function schedule(): (step: number) => number {
  const peak = Number(values.peak);
  if (values.steps !== undefined)
    return warmupCosine({ peak, steps: Number(values.steps), warmup: warmupOf(Number(values.steps)) });
  // A clock cannot be asked for a step's rate beforehand: the fall is cut into parts of the time.
  const parts = 10_000;
  const fall = warmupCosine({ peak, steps: parts });
  return (step) =>
    Math.min(1, (step + 1) / WARMUP_STEPS) * fall(Math.min(parts - 1, (parts * elapsed()) / seconds));
}

function warmupOf(steps: number): number {
  return Math.min(WARMUP_STEPS, Math.floor(steps / 10));
}

function elapsed(): number {
  return (performance.now() - began) / 1000;
}

/** Of all threads since training began: on a shared machine more telling than the clock. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage(usage);
  return (user + system) / 1e6;
}

/**
 * The loss with what keeps 29,000 captions from being learnt by heart: numbers of the annotations set to 0, and words of
 * both sides replaced by the unknown one where the model reads them (not where they are its answer).
 */
function noisyLoss(
  { config, params }: Translator,
  batch: readonly TranslationPair[],
  chance: Random,
): tf.Scalar {
  return tf.tidy(() => {
    const read = padSequences(batch.map((pair) => pair.source.map((id) => forgotten(id, chance))));
    const given = padSequences(
      batch.map((pair) => [START, ...pair.target.map((id) => forgotten(id, chance))]),
    );
    const wanted = padSequences(batch.map((pair) => [...pair.target, END]));
    const mask = tf.tensor2d(read.mask, [...read.shape]);
    const sourceIds = tf.tensor2d(read.ids, [...read.shape], 'int32');
    const { annotations, last } = encodeSource(params.encoder, { cell: config.cell, ids: sourceIds, mask });
    const { logits } = decodeSteps(params.decoder, {
      cell: config.cell,
      memory: attentionMemory(params.decoder, dropout(annotations, rates.dropout, chance), mask),
      state: bridgeStates(params.bridge, last),
      previous: tf.tensor2d(given.ids, [...given.shape], 'int32'),
    });
    const labels = tf.tensor2d(wanted.ids, [...wanted.shape], 'int32');
    return maskedCrossEntropy(logits, labels, tf.tensor2d(wanted.mask, [...wanted.shape]));
  });
}

function forgotten(id: number, chance: Random): number {
  return chance.uniform() < rates.word ? UNKNOWN : id;
}

/** An empty source has an empty translation: no line of a test set may be left out. */
function translations(sources: readonly string[], width: number): string[] {
  const encoded = sources.map((text) => ids(source, text));
  const real = encoded.filter(({ length }) => length > 0);
  const written =
    width > 1
      ? [...batchesOf(real, 32)].flatMap((batch) => beam(batch, width))
      : translate(translator, real, { maxLength: LONGEST, batchSize: 128 }).map(
          (translation) => translation.ids,
        );
  let next = 0;
  return encoded.map(({ length }) => (length > 0 ? target.decode(written[next++]!) : ''));
}

function beam(sources: readonly (readonly number[])[], width: number): (readonly number[])[] {
  const { memory, state } = readSources(translator, sources);
  const { keys, values: annotations, mask } = memory;
  const wide = {
    keys: repeatRows(keys, width),
    values: repeatRows(annotations, width),
    mask: repeatRows(mask, width),
  };
  try {
    return beamDecode(translatorStep(translator, wide), state, {
      ...{ start: START, end: END, never: [PADDING, START], maxLength: LONGEST, width },
      lengthPenalty: Number(values['length-penalty']),
    }).map(([best]) => best!.ids);
  } finally {
    tf.dispose([keys, annotations, mask, ...state, wide.keys, wide.values, wide.mask]);
  }
}

/** What early stopping makes small; the best so far is on disk. */
async function look(): Promise<number> {
  const last = recent.at(-1)!;
  const loss = recent.reduce((sum, each) => sum + each.loss, 0) / recent.length;
  const hypotheses = translations(
    validation.map((pair) => pair.source),
    1,
  );
  const references = validation.map((pair) => pair.target);
  const bleu = corpusBleu(hypotheses, references, { lowercase: true }).score;
  if (values.checkpoint && looks.every((before) => before.bleu < bleu)) await save(values.checkpoint);
  looks.push({ step: last.step + 1, seconds: Number(elapsed().toFixed(1)), bleu });
  console.log(
    `step ${last.step + 1}, ${elapsed().toFixed(0)} s (${cpuSeconds().toFixed(0)} of processors), ` +
      `loss ${loss.toFixed(3)}, rate ${last.learningRate.toExponential(1)}, val BLEU ${bleu.toFixed(2)}`,
  );
  recent = [];
  return -bleu;
}

function scores(texts: readonly Text[], name: string, output?: string) {
  const hypotheses = translations(
    texts.map((pair) => pair.source),
    Number(values.beam),
  );
  const references = texts.map((pair) => pair.target);
  const capital = hypotheses.map((text) => text.charAt(0).toUpperCase() + text.slice(1));
  const lower = formatBleu(corpusBleu(hypotheses, references, { lowercase: true }));
  const cased = formatBleu(corpusBleu(capital, references));
  console.log(`${name}: ${lower}\n${name}: ${cased}`);
  if (output) writeFileSync(output, `${hypotheses.join('\n')}\n`);
  return { sentences: texts.length, lower, cased };
}

async function scoreFiles(from: string, to: string) {
  const [sources, references] = [await readAll(from), await readAll(to)];
  if (sources.length !== references.length)
    throw new Error(
      `${from} has ${sources.length} lines and ${to} ${references.length}; expected equally many.`,
    );
  const texts = sources.map((text, at) => ({ source: text, target: references[at]! }));
  return scores(texts, 'test', values.output);
}

function save(path: string): Promise<void> {
  return saveTranslator(path, translator, { source, target });
}

async function readAll(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(path)) lines.push(line);
  return lines;
}
