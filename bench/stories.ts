/**
 * A memory network on stories over several seeds: answers, and where its hops looked, on stories that it never saw.
 *
 *     node --conditions=heed-source --import tsx bench/stories.ts [--task one-fact|two-facts|yes-no|counting] [--hops 1] [--seeds 1,2,3,4,5]
 *       [--files DIR] [--validate] [--steps 400] [--batch 64] [--peak 5e-3] [--dropout 0] [--test 2000] [--json FILE] [--checkpoint FILE]
 *
 * Without `--files` stories are drawn afresh in each step. With it, tasks `one-fact` and `two-facts` are the bAbI files qa1 and qa2 of
 * that folder (Weston et al. 2015, 10,000 questions each): the last tenth of the stories is held out, or with `--validate` the tenth
 * before it, so that a recipe can be chosen without the held-out one. Rows are added to the JSON file after each seed; a row of the same
 * task, data, hops, steps and seed is replaced.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type AskedStory,
  answerStories,
  askedStories,
  countParams,
  createRandom,
  createVocabulary,
  describeBackend,
  disposeParams,
  initMemoryReader,
  loadStories,
  type MemoryReader,
  memoryReaderLoss,
  type Random,
  readStories,
  type StoryTask,
  saveMemoryReader,
  storyWords,
  train,
  useBackend,
  warmupCosine,
} from 'heed';

const { values } = parseArgs({
  options: {
    task: { type: 'string', default: 'one-fact' },
    hops: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    files: { type: 'string' },
    validate: { type: 'boolean', default: false },
    steps: { type: 'string', default: '400' },
    batch: { type: 'string', default: '64' },
    peak: { type: 'string', default: '5e-3' },
    dropout: { type: 'string', default: '0' },
    test: { type: 'string', default: '2000' },
    json: { type: 'string' },
    checkpoint: { type: 'string' },
  },
});
const task = values.task as StoryTask;
const steps = Number(values.steps);
const size = Number(values.batch);
const numbers = { hops: Number(values.hops), dropout: Number(values.dropout) };
/** Batches that are cut from one pool sorted by length, so that a short story is not padded to a long one. */
const POOL = 16;

await useBackend();
console.log(describeBackend().line);

interface Data {
  readonly words: Pick<MemoryReader, 'vocabulary' | 'answers'>;
  /** `count` questions to train on. */
  readonly draw: (random: Random, count: number) => AskedStory[];
  readonly test: readonly AskedStory[];
}

function ownStories(): Data {
  const stories = loadStories(JSON.parse(readFileSync('datasets/stories/stories.json', 'utf8')));
  const split = values.validate ? 'validation' : 'test';
  return {
    words: { vocabulary: stories.vocabulary, answers: stories.answers(task) },
    draw: (random, count) => stories.questions(random, count, { task }),
    test: stories.questions(createRandom(`bench ${split}`), Number(values.test), { task, split }),
  };
}

async function fileStories(folder: string): Promise<Data> {
  const prefix = { 'one-fact': 'qa1_', 'two-facts': 'qa2_', 'yes-no': 'qa6_', counting: 'qa7_' }[task];
  const name = readdirSync(folder).find((file) => file.startsWith(prefix) && file.includes('train'));
  if (name === undefined)
    throw new Error(`${folder}: no file of task ${task}, expected ${prefix}..._train.txt[.gz]`);
  const all = await readStories(join(folder, name));
  const tenth = Math.floor(all.length / 10);
  const until = all.length - (values.validate ? tenth : 0);
  const trained = all.slice(0, until - tenth).flatMap(askedStories);
  const texts = trained.flatMap(({ sentences, question }) => [...sentences, question]);
  const words = new Set([...new Set(texts)].flatMap(storyWords));
  return {
    words: {
      vocabulary: createVocabulary([[...words].sort().join(' ')], { kind: 'word' }),
      answers: [...new Set(trained.map(({ answer }) => answer))].sort(),
    },
    draw: (random, count) => Array.from({ length: count }, () => random.choice(trained)),
    test: all.slice(until - tenth, until).flatMap(askedStories),
  };
}

function* batches(draw: Data['draw'], random: Random): Generator<AskedStory[]> {
  for (;;) {
    const pool = draw(random, POOL * size).sort((a, b) => a.sentences.length - b.sentences.length);
    for (const n of random.permutation(POOL)) yield pool.slice(n * size, (n + 1) * size);
  }
}

function score(reader: MemoryReader, test: readonly AskedStory[]) {
  const readings = answerStories(reader, test);
  const share = (holds: (n: number) => boolean) =>
    readings.filter((_, n) => holds(n)).length / readings.length;
  const most = readings.map(({ alphas }) => alphas.map((alpha) => alpha.indexOf(Math.max(...alpha))));
  const hit = (n: number, fact: number) => most[n]!.includes(fact);
  return {
    accuracy: share((n) => readings[n]!.answer === test[n]!.answer),
    allFacts: share((n) => test[n]!.facts.every((fact) => hit(n, fact))),
    anyFact: share((n) => test[n]!.facts.some((fact) => hit(n, fact))),
  };
}

const data = values.files === undefined ? ownStories() : await fileStories(values.files);
for (const seed of values.seeds.split(',').map(Number)) {
  const random = createRandom(seed);
  const reader = initMemoryReader(random.child('weights'), data.words, numbers);
  const cpu = process.cpuUsage();
  const { history } = await train({
    params: reader.params,
    batches: batches(data.draw, random.child('data')),
    loss: (batch, { random: noise }) => memoryReaderLoss(reader, batch, { random: noise }),
    random: random.child('steps'),
    steps,
    learningRate: warmupCosine({ peak: Number(values.peak), steps, warmup: 50 }),
    clipNorm: 1,
    onStep: ({ step, loss }) => {
      if (step % 500 === 0) {
        const spent = process.cpuUsage(cpu);
        const held = score(reader, data.test.slice(0, 500));
        console.log(
          step,
          loss.toFixed(4),
          JSON.stringify(held),
          `${((spent.user + spent.system) / 1e6).toFixed(0)} s of processor`,
        );
      }
    },
  });
  const spent = process.cpuUsage(cpu);
  const row = {
    seed,
    task,
    data: values.files === undefined ? 'own' : 'bAbI 10k, last tenth held out',
    tested: data.test.length,
    ...numbers,
    steps,
    batch: size,
    peak: Number(values.peak),
    parameters: countParams(reader.params),
    firstLoss: history[0]?.loss,
    lastLoss: history.at(-1)?.loss,
    processorSeconds: Math.round((spent.user + spent.system) / 1e6),
    ...score(reader, data.test),
  };
  console.log(JSON.stringify(row));
  let kept = {};
  if (values.checkpoint) {
    await saveMemoryReader(values.checkpoint, reader, { seed, task, steps });
    const sha256 = createHash('sha256').update(readFileSync(values.checkpoint)).digest('hex');
    kept = { checkpoint: basename(values.checkpoint), sha256 };
  }
  if (values.json) addRow(values.json, { ...row, ...kept });
  disposeParams(reader.params);
}

function addRow(file: string, row: Record<string, unknown>): void {
  const key = (of: Record<string, unknown>) => [of.task, of.data, of.hops, of.steps, of.seed].join();
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
  const rows = [...before.filter((old: Record<string, unknown>) => key(old) !== key(row)), row];
  const command = 'node --conditions=heed-source --import tsx bench/stories.ts';
  writeFileSync(file, `${JSON.stringify({ command, backend: describeBackend().line, rows }, null, 2)}\n`);
}
