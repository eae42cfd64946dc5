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
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {
  countParams,
  createRandom,
  describeBackend,
  disposeParams,
  initSequenceClassifier,
  predictSequences,
  type SequenceClassifierConfig,
  type Split,
  sequenceClassifierLoss,
  stackClips,
  train,
  useBackend,
  warmupCosine,
} from 'heed';
import { type Clip, spokenTask, type Task, tasks } from './other-sequences-tasks.js';

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
await useBackend();
console.log(describeBackend().line);

const READERS: Readonly<Record<string, Partial<SequenceClassifierConfig>>> = {
  local: {},
  knowing: {},
  named: {},
  mean: { pooling: 'mean' },
  bidirectional: { recurrent: 'bidirectional', values: 'states' },
};

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

const chosen: [string, Task][] = values.spoken
  ? [['spoken digits', await spokenTask(values.spoken)]]
  : values.tasks.split(',').map((name) => {
      const task = tasks[name];
      if (!task) throw new Error(`Unknown task "${name}"; known are ${Object.keys(tasks).join(', ')}`);
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
