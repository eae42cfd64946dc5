/**
 * Captions of scenes over several seeds: whole captions right, and whether alpha points at what a word names, on unseen pictures.
 *
 *     node --import tsx bench/captions.ts [--seeds 1,2,3,4,5] [--kind digits|shapes] [--look soft|hard|doubly] [--steps 2800] [--batch 64]
 *       [--peak 4e-3] [--objects 2|3] [--unseen NAME] [--lambda 0.02] [--samples 4] [--entropy 0.02] [--warm 0.3] [--test 2000]
 *       [--distortion 1] [--settle 0.25] [--split test|validation] [--json FILE] [--checkpoint FILE]
 *
 * Digits are distorted in training; in the last part of the steps, `--settle`, half as much. notebooks/checkpoints/12-digits.safetensors
 * is seed 1 of digits.
 *
 * The file is written after each seed, so a run that is stopped leaves what it had; rows of another kind or look that are in it stay. The
 * checkpoint is that of the first seed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Captioner,
  countParams,
  createRandom,
  describeBackend,
  disposeParams,
  initCaptioner,
  saveCaptioner,
  train,
  useBackend,
  warmupCosine,
} from 'heed';
import {
  type CaptionKind,
  captionData,
  captionEncoders,
  captionMeasures,
  lossOfStep,
} from './captions-parts.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    kind: { type: 'string', default: 'digits' },
    look: { type: 'string', default: 'soft' },
    steps: { type: 'string', default: '2800' },
    batch: { type: 'string', default: '64' },
    peak: { type: 'string', default: '4e-3' },
    objects: { type: 'string', default: '2' },
    unseen: { type: 'string' },
    lambda: { type: 'string', default: '0.02' },
    samples: { type: 'string', default: '4' },
    entropy: { type: 'string', default: '0.02' },
    warm: { type: 'string', default: '0.3' },
    test: { type: 'string', default: '2000' },
    split: { type: 'string', default: 'test' },
    json: { type: 'string' },
    checkpoint: { type: 'string' },
    settle: { type: 'string', default: '0.25' },
    distortion: { type: 'string', default: '1' },
  },
});
const kind = values.kind as CaptionKind;
const { look } = values;
if (!['digits', 'shapes'].includes(kind)) throw new Error(`--kind: expected digits or shapes, got ${kind}`);
if (!['soft', 'hard', 'doubly'].includes(look))
  throw new Error(`--look: expected soft, hard or doubly, got ${look}`);
const steps = Number(values.steps);
const objects = Number(values.objects) as 2 | 3;
const without = values.unseen === undefined ? [] : [values.unseen];

await useBackend();
console.log(describeBackend().line);
const data = captionData(kind, { objects, without }, Number(values.distortion));
const settled = captionData(kind, { objects, without }, Number(values.distortion) / 2);
const settles = steps * (1 - Number(values.settle));
const tests = data.fixedSets(values.split as 'test' | 'validation', Number(values.test));

// To watch a training by; nothing is chosen by it.
const WATCHED = 100;
const watched = data.fixedSets('validation', WATCHED).slice(0, 1);
const started = existsSync(values.json ?? '') ? JSON.parse(readFileSync(values.json!, 'utf8')) : { rows: [] };
const setting = `${kind} ${look} ${objects}${without.map((name) => ` without ${name}`).join('')}`;
const rows: { setting: string; seed: number }[] = started.rows;

for (const [n, seed] of values.seeds.split(',').map(Number).entries()) {
  const random = createRandom(seed).child(setting);
  const captioner: Captioner = initCaptioner(random.child('weights'), {
    vocab: data.vocabulary.size,
    look: look === 'hard' ? 'hard' : 'soft',
    encoder: captionEncoders[kind],
  });
  const pictures = random.child('pictures');
  const cpu = process.cpuUsage();
  const { history } = await train({
    params: captioner.params,
    batches: (step) => (step < settles ? data : settled).draw(pictures.child(step), Number(values.batch)),
    loss: lossOfStep(captioner, {
      look: look as 'soft' | 'hard' | 'doubly',
      steps,
      lambda: Number(values.lambda),
      samples: Number(values.samples),
      entropy: Number(values.entropy),
      warm: Number(values.warm),
    }),
    random: random.child('steps'),
    steps,
    learningRate: warmupCosine({ peak: Number(values.peak), steps, warmup: Math.min(100, steps / 4) }),
    clipNorm: 1,
    onStep: ({ step, loss }) => {
      if (step % 200 !== 199) return;
      const { exact, pointing } = captionMeasures(captioner, data, watched).sets[0]!;
      console.log(
        `seed ${seed}, step ${step + 1}: loss ${loss.toFixed(4)}, ${WATCHED} validation pictures: exact ${exact}, pointing ${pointing}`,
      );
    },
  });
  const { user, system } = process.cpuUsage(cpu);
  const processorSeconds = (user + system) / 1e6;
  const row = {
    setting,
    seed,
    steps,
    batch: Number(values.batch),
    parameters: countParams(captioner.params),
    processorSeconds: Number(processorSeconds.toFixed(1)),
    msPerStep: Number(((1000 * processorSeconds) / history.length).toFixed(1)),
    lastLoss: Number(history.at(-1)!.loss.toFixed(5)),
    ...captionMeasures(captioner, data, tests),
  };
  const kept = values.checkpoint && n === 0 ? await keep(values.checkpoint, captioner, row) : {};
  const whole = { ...row, ...kept };
  console.log(JSON.stringify(whole));
  const same = rows.findIndex((other) => other.setting === setting && other.seed === seed);
  if (same >= 0) rows[same] = whole;
  else rows.push(whole);
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ backend: describeBackend().line, rows }, null, 2)}\n`);
  disposeParams(captioner.params);
}

/** Saves the network with what it was made by. */
async function keep(
  path: string,
  captioner: Captioner,
  { setting, seed, steps }: { setting: string; seed: number; steps: number },
) {
  await saveCaptioner(path, captioner, { vocabulary: data.vocabulary.toJSON(), setting, seed, steps });
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { checkpoint: basename(path), sha256 };
}
