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
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  clutteredDigits,
  countParams,
  createRandom,
  describeBackend,
  type ImageReader,
  loadDigits,
  loadImageReader,
  readingCost,
  type Split,
  saveImageReader,
  useBackend,
} from 'heed';
import { HARD_RATE, type Kind, measureDigitReader, type Recipe, trainDigitReader } from './digit-readers.js';

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
const kinds = values.kinds.split(',') as Kind[];
const seeds = values.seeds.split(',').map(Number);
const recipeOf = (kind: Kind): Recipe => ({
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
    const reader = await trainDigitReader({
      kind,
      seed,
      recipe: recipeOf(kind),
      pool: digits.split('train'),
      eyes: checkpointOf('soft', seed),
    });
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
    ...measureDigitReader(reader, kind, test),
    multiplyAdds100: readingCost(reader.config, 100, kind).total,
    ...(values.measure ? {} : { processorSeconds: Math.round((user + system) / 1e6) }),
  };
  console.log(JSON.stringify(row));
}
