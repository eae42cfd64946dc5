/** What lesson 14 classifies: clips of frames, drawn or recorded, as the models read them. */
import { readFileSync } from 'node:fs';
import {
  createRandom,
  type FrameClip,
  type FrameEncoder,
  fitStandardiser,
  framesWithin,
  initPictureEncoder,
  loadActions,
  loadTones,
  logMel,
  movingDigits,
  poseFrames,
  type Random,
  readWavFolder,
  type SequenceClassifierConfig,
  type Split,
  type Stretch,
  standardise,
} from 'heed';
import { handwriting } from '../datasets/handwriting.js';

const frozen = (name: string) =>
  JSON.parse(readFileSync(new URL(`../datasets/${name}/${name}.json`, import.meta.url), 'utf8'));

export interface Clip extends FrameClip {
  readonly label: number;
  readonly stretch: Stretch | null;
}

export interface Task {
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

const clipsOfDigits: Task = {
  frame: [32, 32],
  classes: 10,
  config: { context: 0, units: 96 },
  recipe: { steps: 3000, peak: 3e-3, batch: 32 },
  encoder: (random) => initPictureEncoder(random, { size: 32, filters: [16, 32] }),
  open(_, split) {
    const digits = handwriting();
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

/** The tasks by their names. */
export const tasks: Readonly<Record<string, Task>> = { tones, actions, 'moving-digits': clipsOfDigits };

/** Real recordings: the fifth, tenth ... of each speaker and digit are the test, the fourth, ninth ... validation. */
export async function spokenTask(folder: string): Promise<Task> {
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
