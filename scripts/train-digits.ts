/**
 * Trains the readers of lesson 11 on cluttered digits and measures them on unseen pictures.
 *
 *     npm run train:digits -- [--kinds soft,hard] [--seeds 1] [--steps 5000] [--polish 3000] [--hard-steps 3500]
 *         [--hard-polish 3500] [--batch 64] [--peak 4e-3] [--distortion 0.5] [--split test] [--test 2000] [--checkpoints notebooks/checkpoints]
 *         [--json notebooks/results/11-digits.json] [--measure]
 *
 * The hard reader begins with the eyes of the soft one of its seed: encoder, state and answer are copied, the scan that says
 * where to look is new. So `hard` needs the checkpoint of `soft`. Two seeds are trained at a time, a process each.
 *
 * A training that is broken off goes on where it was when it is started again with the same options. A checkpoint appears, and
 * a row of the results is replaced, when its training has ended. `--measure` trains nothing and measures the checkpoints that
 * are there.
 *
 * Choose on `--split validation`; the test pictures are for the last word.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {
  type CheckpointFile,
  type ClutteredDigit,
  clutteredDigits,
  countParams,
  createRandom,
  describeBackend,
  disposeParams,
  hardReadingLoss,
  type ImageReader,
  initImageReader,
  loadDigits,
  loadImageReader,
  pointingMass,
  pointingShare,
  type Random,
  readerGrids,
  readingCost,
  readPictures,
  restoreParams,
  type Split,
  saveImageReader,
  snapshotParams,
  softReadingLoss,
  stackPictures,
  train,
  useBackend,
  warmupCosine,
} from 'heed';

type Kind = 'soft' | 'hard';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: 'soft,hard' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'string', default: '5000' },
    polish: { type: 'string', default: '3000' },
    'hard-polish': { type: 'string', default: '3500' },
    'hard-steps': { type: 'string', default: '3500' },
    batch: { type: 'string', default: '64' },
    peak: { type: 'string', default: '4e-3' },
    distortion: { type: 'string', default: '0.5' },
    split: { type: 'string', default: 'test' },
    test: { type: 'string', default: '2000' },
    checkpoints: { type: 'string', default: join(root, 'notebooks/checkpoints') },
    json: { type: 'string', default: join(root, 'notebooks/results/11-digits.json') },
    measure: { type: 'boolean', default: false },
    worker: { type: 'boolean', default: false },
  },
});
const WARMUP = 100;
/** Share of the hard reader's steps with soft looks: the scan must point roughly before its choices are worth sampling. */
const SOFT_FIRST = 0.2;
/** Its highest rate as a share of the soft reader's: most of it is trained already. */
const HARD_RATE = 0.5;
/** Highest rate of the last stretch as a share of the one before. */
const POLISH_RATE: Readonly<Record<Kind, number>> = { soft: 0.5, hard: 0.75 };
/** What it takes over. */
const EYES = ['encoder/', 'start', 'gru/', 'hidden/', 'output/'];
/** Weight of the entropy's bonus when choosing begins; it falls to 0. */
const ENTROPY = 0.01;

const kinds = values.kinds.split(',') as Kind[];
const seeds = values.seeds.split(',').map(Number);
const recipeOf = (kind: Kind) => ({
  steps: Number(kind === 'soft' ? values.steps : values['hard-steps']),
  polish: Number(kind === 'soft' ? values.polish : values['hard-polish']),
  batch: Number(values.batch),
  peak: Number(values.peak) * (kind === 'soft' ? 1 : HARD_RATE),
  // What is copied has seen distorted digits; the rest of the training is for the digits as they are.
  distortion: kind === 'soft' ? Number(values.distortion) : 0,
});
const AT_ONCE = 2;

if (values.worker) await work(kinds[0]!, seeds[0]!);
else {
  for (let from = 0; from < seeds.length; from += AT_ONCE) {
    await Promise.all(
      seeds.slice(from, from + AT_ONCE).map(async (seed) => {
        for (const kind of kinds) record(await inProcess(kind, seed));
      }),
    );
  }
}

interface Row {
  readonly kind: Kind;
  readonly seed: number;
  readonly [name: string]: unknown;
}

function checkpointOf(kind: Kind, seed: number): string {
  return join(values.checkpoints, `11-${kind}-seed${seed}.safetensors`);
}

/** One training in a process of its own; its last line is its row. */
function inProcess(kind: Kind, seed: number): Promise<Row> {
  const own = ['--kinds', kind, '--seeds', String(seed), '--worker'];
  const passed = process.argv.slice(2);
  const loader = ['--conditions=heed-source', '--import', 'tsx', fileURLToPath(import.meta.url)];
  const child = spawn(process.execPath, [...loader, ...passed, ...own], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
    process.stdout.write(String(chunk).replace(/^(?=.)/gmu, `${kind} ${seed}: `));
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code) => {
      if (code === 0) done(JSON.parse(text.trim().split('\n').at(-1)!) as Row);
      else
        fail(
          new Error(`Training ${kind} with seed ${seed} ended with code ${code}; start it again to go on.`),
        );
    });
  });
}

/** Puts a row in place of the one with its kind, seed and split. The file is whole at all times. */
function record(row: Row): void {
  const old: Row[] = existsSync(values.json) ? JSON.parse(readFileSync(values.json, 'utf8')).rows : [];
  const key = ({ kind, seed, split }: Row) => `${kind} ${seed} ${split}`;
  const rows = [...old.filter((other) => key(other) !== key(row)), row];
  rows.sort((a, b) => b.kind.localeCompare(a.kind) || a.seed - b.seed);
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(
    `${values.json}.new`,
    `${JSON.stringify({ command: 'npm run train:digits', rows }, null, 2)}\n`,
  );
  renameSync(`${values.json}.new`, values.json);
}

async function work(kind: Kind, seed: number): Promise<void> {
  await useBackend();
  console.log(describeBackend().line);
  const require = createRequire(import.meta.url);
  const digits = loadDigits((digit) => require(`mnist/src/digits/${digit}.json`));
  const frozen = JSON.parse(
    readFileSync(join(root, 'datasets/cluttered-digits/cluttered-digits.json'), 'utf8'),
  );
  const path = checkpointOf(kind, seed);
  const split = values.split as Split;
  const test = clutteredDigits(
    digits.split(split),
    createRandom(`cluttered digits: ${split}`),
    Number(values.test),
  );
  const cpu = process.cpuUsage();
  let trained: { readonly reader: ImageReader; readonly extra: unknown };
  if (values.measure) trained = await loadImageReader(path);
  else {
    const reader = await trainReader(kind, seed, digits.split('train'));
    const extra = { kind, seed, ...recipeOf(kind), data: frozen.sample.sha256 };
    mkdirSync(values.checkpoints, { recursive: true });
    await saveImageReader(path, reader, extra);
    trained = { reader, extra };
  }
  const { user, system } = process.cpuUsage(cpu);
  const { reader, extra } = trained;
  const row = {
    ...(extra as Row),
    parameters: countParams(reader.params),
    split,
    ...measure(reader, kind, test),
    multiplyAdds100: readingCost(reader.config, 100, kind).total,
    ...(values.measure ? {} : { processorSeconds: Math.round((user + system) / 1e6) }),
  };
  console.log(JSON.stringify(row));
}

/** A stretch of training with a schedule and an optimizer of its own. */
interface Stretch {
  readonly name: string;
  readonly steps: number;
  readonly peak: number;
  readonly distortion: number;
}

function stretchesOf(kind: Kind): Stretch[] {
  const { steps, polish, peak, distortion } = recipeOf(kind);
  return [
    { name: 'steps', steps, peak, distortion },
    // The last steps see handwriting as it is, undistorted, at a lower rate.
    ...(polish > 0 ? [{ name: 'polish', steps: polish, peak: peak * POLISH_RATE[kind], distortion: 0 }] : []),
  ];
}

async function trainReader(
  kind: Kind,
  seed: number,
  pool: ReturnType<ReturnType<typeof loadDigits>['split']>,
) {
  const random = createRandom(seed).child(kind);
  const reader = initImageReader(random.child('weights'), {
    where: kind === 'hard' ? 'scan' : 'annotations',
  });
  if (kind === 'hard') await takeEyes(reader, seed);
  const files: string[] = [];
  for (const stretch of stretchesOf(kind)) {
    const path = join(tmpdir(), 'heed-train-digits', `11-${kind}-seed${seed}-${stretch.name}.safetensors`);
    files.push(path);
    mkdirSync(dirname(path), { recursive: true });
    const identity = { kind, seed, ...recipeOf(kind) };
    await trainStretch(reader, kind, stretch, random.child(stretch.name), pool, {
      path,
      every: 250,
      identity,
    });
  }
  for (const path of files) rmSync(path, { force: true });
  return reader;
}

async function trainStretch(
  reader: ImageReader,
  kind: Kind,
  { name, steps, peak, distortion }: Stretch,
  random: Random,
  pool: ReturnType<ReturnType<typeof loadDigits>['split']>,
  checkpoint: CheckpointFile,
): Promise<void> {
  let sum = 0;
  const { from } = await train({
    params: reader.params,
    steps,
    learningRate: warmupCosine({ peak, steps, warmup: WARMUP }),
    clipNorm: 5,
    random,
    batches: (_step, { random: own }) =>
      clutteredDigits(pool, own!.child('pictures'), recipeOf(kind).batch, { distortion }),
    loss: (pictures, { step, random: own }) => {
      const stacked = stackPictures(pictures);
      const labels = tf.tensor1d(
        pictures.map(({ asked }) => asked.label),
        'int32',
      );
      if (kind === 'soft' || (name === 'steps' && step < SOFT_FIRST * steps))
        return softReadingLoss(reader, stacked, labels);
      const entropy = name === 'steps' ? ENTROPY * (1 - step / steps) : 0;
      return hardReadingLoss(reader, stacked, labels, { random: own!.child('looks'), entropy });
    },
    checkpoint,
    onStep: ({ step, loss, seconds }) => {
      sum += loss;
      if ((step + 1) % 250 !== 0) return;
      const mean = (sum / 250).toFixed(3);
      console.log(`${name}: step ${step + 1} of ${steps}, loss ${mean}, ${seconds.toFixed(0)} s`);
      sum = 0;
    },
  });
  if (from > 0) console.log(`${name}: went on from step ${from}`);
}

async function takeEyes(reader: ImageReader, seed: number): Promise<void> {
  const { reader: soft } = await loadImageReader(checkpointOf('soft', seed));
  const learnt = [...snapshotParams(soft.params)].filter(([name]) =>
    EYES.some((part) => name.startsWith(part)),
  );
  restoreParams(reader.params, new Map([...snapshotParams(reader.params), ...learnt]), 'the soft reader');
  disposeParams(soft.params);
}

function measure(reader: ImageReader, looks: Kind, pictures: readonly ClutteredDigit[]) {
  const readings = readPictures(reader, pictures, { looks });
  const grid = readerGrids(reader.config, pictures[0]!.size).regions;
  const against = (what: 'box' | 'ink') =>
    readings.map(({ alpha }, i) => ({ alpha: alpha[0]!, box: pictures[i]!.asked[what] }));
  return {
    pictures: pictures.length,
    accuracy: readings.filter(({ label }, i) => label === pictures[i]!.asked.label).length / pictures.length,
    inBox: pointingShare(against('box'), grid),
    onInk: pointingShare(against('ink'), grid),
    massInBox: pointingMass(against('box'), grid),
  };
}
