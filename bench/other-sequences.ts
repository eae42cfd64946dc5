/**
 * Lesson 14 over several seeds: which vowel, gesture or digit a clip holds, and whether alpha lies on the frames that show it.
 *
 *     node --import tsx bench/other-sequences.ts [--tasks tones,actions,moving-digits] [--readers local,named,mean,bidirectional,knowing]
 *       [--seeds 1,2,3,4,5] [--split test] [--json FILE] [--spoken FOLDER]
 *
 * `local` reads each frame with its neighbours; `named` is `local` with a class more in training, for clips in which nothing happens; `mean` weighs all frames alike; `bidirectional` scores and mixes the states of a
 * GRU; `knowing` is `local` on frames from which the clip's mean frame was taken away, so each knows of all.
 *
 * With `--spoken`, instead, real digits: WAV files named DIGIT_SPEAKER_NUMBER.wav; every fifth recording is held out for the
 * test. Rows are added to the file as they are measured; what it holds already is kept.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {
  countParams,
  createRandom,
  describeBackend,
  disposeParams,
  type FrameClip,
  type FrameEncoder,
  fitStandardiser,
  framesWithin,
  initPictureEncoder,
  initSequenceClassifier,
  loadActions,
  loadDigits,
  loadTones,
  logMel,
  movingDigits,
  poseFrames,
  predictSequences,
  type Random,
  readWavFolder,
  type SequenceClassifierConfig,
  type Split,
  type Stretch,
  sequenceClassifierLoss,
  stackClips,
  standardise,
  train,
  useBackend,
  warmupCosine,
} from 'heed';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: 'tones,actions,moving-digits' },
    readers: { type: 'string', default: 'local' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    split: { type: 'string', default: 'test' },
    json: { type: 'string' },
    spoken: { type: 'string' },
  },
});
const require = createRequire(import.meta.url);
const frozen = (name: string) =>
  JSON.parse(readFileSync(new URL(`../datasets/${name}/${name}.json`, import.meta.url), 'utf8'));

await useBackend();
console.log(describeBackend().line);

interface Clip extends FrameClip {
  readonly label: number;
  readonly stretch: Stretch | null;
}

interface Task {
  readonly frame: readonly number[];
  readonly classes: number;
  readonly config: Partial<SequenceClassifierConfig>;
  readonly recipe: { readonly steps: number; readonly peak: number; readonly batch: number };
  readonly encoder?: (random: Random) => FrameEncoder & { readonly features: number };
  /** Clips of a training step and those to judge by. */
  readonly open: (
    seed: number,
    split: Split,
    nothing: number,
  ) => { batch: (random: Random) => Clip[]; judged: Clip[] };
}

const READERS: Readonly<Record<string, Partial<SequenceClassifierConfig>>> = {
  local: {},
  knowing: {},
  named: {},
  mean: { pooling: 'mean' },
  bidirectional: { recurrent: 'bidirectional', values: 'states' },
};

/** Batches from a fixed set, every clip standardised by the training set's features. */
function fixed(training: readonly Clip[], judged: readonly Clip[], features: number, size: number) {
  const standard = fitStandardiser(training, features);
  const set = training.map((clip) => standardise(standard, clip));
  return {
    batch: (random: Random) => Array.from({ length: size }, () => random.choice(set)),
    judged: judged.map((clip) => standardise(standard, clip)),
  };
}

const tones: Task = {
  frame: [24],
  classes: 5,
  config: {},
  recipe: { steps: 250, peak: 8e-3, batch: 32 },
  open(seed, split, nothing) {
    const task = loadTones(frozen('tones'));
    const draw = (name: string, count: number, nothing = 0): Clip[] =>
      task.sample(createRandom(name), count, { nothing }).map(({ samples, label, stretch }) => {
        const { time, values } = logMel(samples, task.rate);
        return { time, values, label, stretch: stretch && framesWithin(stretch, task.rate) };
      });
    return fixed(draw(`train ${seed}`, 1200, nothing), draw(split, 1000), 24, 32);
  },
};

const actions: Task = {
  frame: [26],
  classes: 6,
  config: {},
  recipe: { steps: 300, peak: 8e-3, batch: 32 },
  open(seed, split, nothing) {
    const task = loadActions(frozen('actions'));
    const draw = (name: string, count: number, nothing = 0): Clip[] =>
      task
        .sample(createRandom(name), count, { nothing })
        .map((action) => ({ ...action, values: poseFrames(action) }));
    return fixed(draw(`train ${seed}`, 1200, nothing), draw(split, 1000), 26, 32);
  },
};

const movingDigitsTask: Task = {
  frame: [32, 32],
  classes: 10,
  config: { context: 0, units: 96 },
  recipe: { steps: 900, peak: 3e-3, batch: 32 },
  encoder: (random) => initPictureEncoder(random, { size: 32, filters: [12, 24] }),
  open(_, split) {
    const digits = loadDigits((digit) => require(`mnist/src/digits/${digit}.json`));
    const draw = (name: Split, random: Random, count: number, distortion: number): Clip[] =>
      movingDigits(digits.split(name), random, count, { distortion }).map(
        ({ time, pixels, label, stretch }) => ({
          time,
          values: pixels,
          label,
          stretch,
        }),
      );
    return {
      batch: (random) => draw('train', random, 32, 0.5),
      judged: draw(split, createRandom(split), 1000, 0),
    };
  },
};

/** Real recordings: the fifth, tenth ... of each speaker and digit are the test, the fourth, ninth ... validation. */
async function spokenTask(folder: string): Promise<Task> {
  const recordings = await readWavFolder(folder);
  const clips = recordings.map(({ name, samples, rate }) => {
    const [digit, , number] = name.split('_');
    const { time, values } = logMel(samples, rate, { bands: 32, hop: 0.01, window: 0.032 });
    return { time, values, label: Number(digit), stretch: null, number: Number(number) };
  });
  return {
    frame: [32],
    classes: 10,
    config: { context: 4, units: 96, dropout: 0.3 },
    recipe: { steps: 300, peak: 4e-3, batch: 16 },
    open(_, split) {
      const rest = split === 'test' ? 4 : 3;
      const training = clips.filter(({ number }) => number % 5 !== rest && number % 5 !== 4);
      const judged = clips.filter(({ number }) => number % 5 === rest);
      return fixed(training, judged, 32, 16);
    },
  };
}

/** The clip's own mean frame taken away: usual, and it tells every frame what the others hold. */
function knowing(clip: Clip, features: number): Clip {
  const mean = new Float64Array(features);
  clip.values.forEach((value, i) => {
    mean[i % features]! += value / clip.time;
  });
  return { ...clip, values: clip.values.map((value, i) => value - mean[i % features]!) };
}

async function measure(name: string, task: Task, reader: string, seed: number, split: Split) {
  const random = createRandom(seed);
  const cpu = process.cpuUsage();
  const encoder = task.encoder?.(random.child('encoder'));
  const features = encoder?.features ?? task.frame[0]!;
  const classes = task.classes + (reader === 'named' ? 1 : 0);
  const config = { ...task.config, ...READERS[reader]!, features, classes };
  const model = initSequenceClassifier(random.child('weights'), config, encoder);
  const { batch, judged } = task.open(seed, split, reader === 'named' ? 1 / classes : 0);
  const see = (clips: readonly Clip[]) =>
    reader === 'knowing' ? clips.map((clip) => knowing(clip, features)) : clips;
  const data = random.child('data');
  const { steps, peak } = task.recipe;
  await train({
    params: model.params,
    random: random.child('dropout'),
    steps,
    learningRate: warmupCosine({ peak, steps, warmup: 30 }),
    clipNorm: 1,
    batches: () => see(batch(data)),
    loss: (clips, context) => {
      const { inputs, mask } = stackClips(clips, task.frame);
      const labels = tf.tensor1d(
        clips.map(({ label }) => label),
        'int32',
      );
      return sequenceClassifierLoss(model, inputs, labels, { mask, random: context.random });
    },
  });
  const readings = predictSequences(model, see(judged), { frame: task.frame });
  const { user, system } = process.cpuUsage(cpu);
  const share = (hits: readonly boolean[]) => hits.filter(Boolean).length / hits.length;
  const looks = readings.flatMap(({ alpha }, i) => {
    const { stretch } = judged[i]!;
    if (stretch === null) return [];
    const peak = alpha.indexOf(Math.max(...alpha));
    const mass = alpha.slice(...stretch).reduce((sum, weight) => sum + weight, 0);
    return [{ hit: peak >= stretch[0] && peak < stretch[1], mass }];
  });
  const row = {
    task: name,
    reader,
    seed,
    split,
    clips: judged.length,
    parameters: countParams(model.params),
    accuracy: share(readings.map(({ label }, i) => label === judged[i]!.label)),
    ...(looks.length > 0 && {
      largestOnStretch: share(looks.map(({ hit }) => hit)),
      massOnStretch: looks.reduce((sum, { mass }) => sum + mass, 0) / looks.length,
    }),
    processorSeconds: Math.round((user + system) / 1e5) / 10,
  };
  disposeParams(model.params);
  return row;
}

type Row = Awaited<ReturnType<typeof measure>>;

/** Rows of the same task, reader, seed and split are replaced. */
function keep(file: string, row: Row): void {
  const held: { rows: Row[] } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { rows: [] };
  const key = ({ task, reader, seed, split }: Row) => [task, reader, seed, split].join();
  const rows = [...held.rows.filter((other) => key(other) !== key(row)), row];
  rows.sort((a, b) => key(a).localeCompare(key(b)));
  const command = 'node --import tsx bench/other-sequences.ts --json FILE';
  writeFileSync(file, `${JSON.stringify({ command, backend: describeBackend().backend, rows }, null, 2)}\n`);
}

const known: Readonly<Record<string, Task>> = { tones, actions, 'moving-digits': movingDigitsTask };
const chosen: [string, Task][] = values.spoken
  ? [['spoken digits', await spokenTask(values.spoken)]]
  : values.tasks.split(',').map((name) => {
      const task = known[name];
      if (!task) throw new Error(`Unknown task "${name}"; known are ${Object.keys(known).join(', ')}`);
      return [name, task];
    });
for (const reader of values.readers.split(','))
  if (!(reader in READERS))
    throw new Error(`Unknown reader "${reader}"; known are ${Object.keys(READERS).join(', ')}`);

for (const [name, task] of chosen) {
  for (const reader of values.readers.split(',')) {
    for (const seed of values.seeds.split(',').map(Number)) {
      const row = await measure(name, task, reader, seed, values.split as Split);
      console.log(JSON.stringify(row));
      if (values.json) keep(values.json, row);
    }
  }
}
