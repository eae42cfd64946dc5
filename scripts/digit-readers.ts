import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  type CheckpointFile,
  type ClutteredDigit,
  clutteredDigits,
  createRandom,
  type DigitSet,
  disposeParams,
  hardReadingLoss,
  type ImageReader,
  initImageReader,
  loadImageReader,
  pointingMass,
  pointingShare,
  type Random,
  readerGrids,
  readPictures,
  restoreParams,
  snapshotParams,
  softReadingLoss,
  stackPictures,
  train,
  warmupCosine,
} from 'heed';

export type Kind = 'soft' | 'hard';

/** How one reader is trained; goes into its checkpoint. */
export interface Recipe {
  readonly steps: number;
  /** Steps of the last stretch. */
  readonly polish: number;
  readonly batch: number;
  readonly peak: number;
  readonly distortion: number;
}

const WARMUP = 100;
/** Share of the hard reader's steps with soft looks: the scan must point roughly before its choices are worth sampling. */
const SOFT_FIRST = 0.2;
/** Its highest rate as a share of the soft reader's: most of it is trained already. */
export const HARD_RATE = 0.5;
/** Highest rate of the last stretch as a share of the one before. */
const POLISH_RATE: Readonly<Record<Kind, number>> = { soft: 0.5, hard: 0.75 };
/** What it takes over. */
const EYES = ['encoder/', 'start', 'gru/', 'hidden/', 'output/'];
/** Weight of the entropy's bonus when choosing begins; it falls to 0. */
const ENTROPY = 0.01;

/** A stretch of training with a schedule and an optimizer of its own. */
interface Stretch {
  readonly name: string;
  readonly steps: number;
  readonly peak: number;
  readonly distortion: number;
}

function stretchesOf(kind: Kind, { steps, polish, peak, distortion }: Recipe): Stretch[] {
  return [
    { name: 'steps', steps, peak, distortion },
    // The last steps see handwriting as it is, undistorted, at a lower rate.
    ...(polish > 0 ? [{ name: 'polish', steps: polish, peak: peak * POLISH_RATE[kind], distortion: 0 }] : []),
  ];
}

/** One training: which reader, how, on which handwriting, and for a hard one the checkpoint of the soft one that it begins with. */
export interface DigitTraining {
  readonly kind: Kind;
  readonly seed: number;
  readonly recipe: Recipe;
  readonly pool: DigitSet;
  readonly eyes: string;
}

/** Trains a reader; where an earlier call with the same training was broken off, it goes on from there. */
export async function trainDigitReader(training: DigitTraining): Promise<ImageReader> {
  const { kind, seed, recipe } = training;
  const random = createRandom(seed).child(kind);
  const reader = initImageReader(random.child('weights'), {
    where: kind === 'hard' ? 'scan' : 'annotations',
  });
  if (kind === 'hard') await takeEyes(reader, training.eyes);
  const files: string[] = [];
  for (const stretch of stretchesOf(kind, recipe)) {
    const path = join(tmpdir(), 'heed-train-digits', `11-${kind}-seed${seed}-${stretch.name}.safetensors`);
    files.push(path);
    mkdirSync(dirname(path), { recursive: true });
    const identity = { kind, seed, ...recipe };
    await trainStretch(reader, training, stretch, random.child(stretch.name), { path, every: 250, identity });
  }
  for (const path of files) rmSync(path, { force: true });
  return reader;
}

async function trainStretch(
  reader: ImageReader,
  { kind, recipe, pool }: DigitTraining,
  { name, steps, peak, distortion }: Stretch,
  random: Random,
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
      clutteredDigits(pool, own!.child('pictures'), recipe.batch, { distortion }),
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

async function takeEyes(reader: ImageReader, path: string): Promise<void> {
  const { reader: soft } = await loadImageReader(path);
  const learnt = [...snapshotParams(soft.params)].filter(([name]) =>
    EYES.some((part) => name.startsWith(part)),
  );
  restoreParams(reader.params, new Map([...snapshotParams(reader.params), ...learnt]), 'the soft reader');
  disposeParams(soft.params);
}

/** Right answers, and where the largest alpha lies. */
export function measureDigitReader(reader: ImageReader, looks: Kind, pictures: readonly ClutteredDigit[]) {
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
