/**
 * The dates lesson over several seeds: exact match and alignment on unseen days, and the seconds that it took.
 *
 *     node --import tsx bench/dates.ts [--seeds 1,2,3,4,5] [--cell gru|lstm] [--alignment NAME,NAME|all] [--steps 350] [--starts 3]
 *       [--batch 128] [--peak 4e-3] [--units 64] [--test 3000] [--held-out 600] [--json FILE] [--checkpoint FILE]
 *
 * With `--alignment`, each way of looking at the source with the same data, seeds and steps: one row each, a seed at a time.
 * The file is written after each row, so a run that is stopped leaves what it had.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  type CoderCell,
  chooseStart,
  countParams,
  createRandom,
  createVocabulary,
  type DateExample,
  describeBackend,
  disposeParams,
  exactMatch,
  initAdam,
  initTranslator,
  loadDates,
  pointingAccuracy,
  type Split,
  saveTranslator,
  type Translation,
  type Translator,
  train,
  translate,
  translatorLoss,
  useBackend,
  warmupCosine,
} from 'heed';
import { alignmentNames, dateAlignments } from './dates-alignments.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    cell: { type: 'string', default: 'gru' },
    alignment: { type: 'string', default: 'additive' },
    steps: { type: 'string', default: '350' },
    batch: { type: 'string', default: '128' },
    peak: { type: 'string', default: '4e-3' },
    units: { type: 'string', default: '64' },
    starts: { type: 'string', default: '3' },
    test: { type: 'string', default: '3000' },
    'held-out': { type: 'string', default: '600' },
    split: { type: 'string', default: 'test' },
    json: { type: 'string' },
    checkpoint: { type: 'string' },
  },
});
const steps = Number(values.steps);
const cell = values.cell as CoderCell;
const units = Number(values.units);

await useBackend();
console.log(describeBackend().line);
const dates = loadDates(JSON.parse(readFileSync('datasets/dates/dates.json', 'utf8')));
const source = createVocabulary([dates.sourceCharacters]);
const target = createVocabulary([dates.targetCharacters]);
const test = dates.fixedSet(Number(values.test), { split: values.split as Split });
const pairOf = (example: DateExample) => ({
  source: source.encode(example.source),
  target: target.encode(example.target),
});

const look = dates.fixedSet(500, { split: 'validation' });
const pointingOn = (translator: Translator, examples: readonly DateExample[]) => {
  const written = translate(
    translator,
    examples.map(({ source: text }) => source.encode(text)),
    { maxLength: 12 },
  );
  return pointingAccuracy(examples.map(({ spans }, i) => ({ alpha: written[i].alpha, spans })));
};

/** A translator that is trained a little, with what it needs to go on. */
function begin(seed: number, alignment: string) {
  const random = createRandom(seed);
  const translator = initTranslator(random.child('weights'), {
    sourceVocab: source.size,
    targetVocab: target.size,
    cell,
    ...dateAlignments(units)[alignment],
  });
  const data = random.child('data');
  const optimizer = initAdam(translator.params);
  const goOn = (until: number) =>
    train({
      params: translator.params,
      batches: () => dates.sample(data, Number(values.batch), { years: [1000, 2999] }).map(pairOf),
      loss: (batch, { random: noise }) => translatorLoss(translator, batch, { random: noise }),
      random: random.child('steps'),
      steps: until,
      learningRate: warmupCosine({ peak: Number(values.peak), steps, warmup: 50 }),
      clipNorm: 1,
      optimizer,
    });
  return { translator, optimizer, goOn };
}

/** Languages that were never trained: whole dates right, and the year alone. None where nobody asks for any. */
function heldOut(translator: Translator) {
  const count = Number(values['held-out']);
  if (count === 0) return [];
  return dates.heldOutLocales.map((locale) => {
    const examples = dates.fixedSet(count, { locales: [locale], split: values.split as Split });
    const ids = examples.map(({ source: text }) => source.encode(text, { unknown: 'id' }));
    const answers = translate(translator, ids, { maxLength: 12 }).map(({ ids: written }) =>
      target.decode(written),
    );
    const year = (text: string) => text.slice(0, 4);
    return {
      locale,
      exact: exactMatch(
        answers,
        examples.map((example) => example.target),
      ),
      year: exactMatch(
        answers.map(year),
        examples.map((example) => year(example.target)),
      ),
    };
  });
}

interface Answered {
  readonly example: DateExample;
  readonly answer: string;
  readonly alpha: Translation['alpha'];
}

/** Right characters and right places of some of the ten characters of a date. */
function partOf(answered: readonly Answered[], looks: boolean, [from, to]: readonly [number, number]) {
  const inside = (_: unknown, t: number) => t >= from && t < to;
  return {
    exact: exactMatch(
      answered.map(({ answer }) => answer.slice(from, to)),
      answered.map(({ example }) => example.target.slice(from, to)),
    ),
    pointing: looks
      ? pointingAccuracy(
          answered.map(({ example, alpha }) => ({
            alpha: alpha.filter(inside),
            spans: example.spans.filter(inside),
          })),
        )
      : null,
  };
}

/** Year, month and day in the order of the source, such as `dmy`. */
function orderOf({ spans }: DateExample): string {
  const places: [string, number][] = [
    ['y', spans[0]![0]],
    ['m', spans[5]![0]],
    ['d', spans[9]![0]],
  ];
  return places
    .sort((a, b) => a[1] - b[1])
    .map(([field]) => field)
    .join('');
}

/** Where it is right and where not: by the part of the date, the order of its source, and its length. */
function breakdown(answered: readonly Answered[], looks: boolean) {
  const groups = (nameOf: (example: DateExample) => string) => {
    const names = [...new Set(answered.map(({ example }) => nameOf(example)))].sort();
    return names.map((name) => {
      const group = answered.filter(({ example }) => nameOf(example) === name);
      return { name, count: group.length, ...partOf(group, looks, [0, 10]) };
    });
  };
  return {
    parts: {
      year: partOf(answered, looks, [0, 4]),
      month: partOf(answered, looks, [5, 7]),
      day: partOf(answered, looks, [8, 10]),
    },
    orders: groups(orderOf),
    lengths: groups(({ source: { length } }) => (length <= 12 ? '8-12' : length <= 18 ? '13-18' : '19 on')),
  };
}

const rows = [];
const seeds = values.seeds.split(',').map(Number);
const runs = seeds.flatMap((seed) =>
  alignmentNames(values.alignment).map((alignment) => ({ seed, alignment })),
);
for (const { seed, alignment } of runs) {
  const looks = dateAlignments(units)[alignment].look !== 'never';
  const start = performance.now();
  // What never looks cannot be judged by where it points.
  const starts = Array.from({ length: looks ? Number(values.starts) : 1 }, (_, i) => seed + 100 * i);
  const chosen = await chooseStart({
    starts,
    begin: async (chance) => {
      const begun = begin(chance, alignment);
      const early = starts.length > 1 ? (await begun.goOn(140)).history : [];
      return { ...begun, early };
    },
    score: ({ translator }) => pointingOn(translator, look),
    enough: 0.97,
    discard: ({ translator }) => disposeParams(translator.params),
  });
  const { translator, goOn, early } = chosen.candidate;
  const cpu = process.cpuUsage();
  const { history } = await goOn(steps);
  const spent = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1000;
  const sources = test.map(({ source: text }) => source.encode(text));
  const written = translate(translator, sources, { maxLength: 12 });
  const aligned = test.map((example, i) => ({ alpha: written[i].alpha, spans: example.spans }));
  const answered = test.map((example, i) => ({
    example,
    answer: target.decode(written[i].ids),
    alpha: written[i].alpha,
  }));
  const row = {
    seed,
    alignment,
    cell,
    steps,
    parameters: countParams(translator.params),
    seconds: Number(seconds.toFixed(1)),
    // Of the last part of the training, all of it where there is one start: on a busy machine this says more than the clock.
    processorMsPerStep: Number(((spent.user + spent.system) / 1000 / history.length).toFixed(2)),
    starts: chosen.tried,
    firstLoss: (early[0] ?? history[0])?.loss,
    lastLoss: history.at(-1)?.loss,
    exact: partOf(answered, looks, [0, 10]).exact,
    pointing: looks ? pointingAccuracy(aligned) : null,
    withinOne: looks ? pointingAccuracy(aligned, { within: 1 }) : null,
    ...breakdown(answered, looks),
    heldOut: heldOut(translator),
    padding: Math.max(...written.map(({ paddingMass }) => paddingMass)),
  };
  rows.push(row);
  console.log(JSON.stringify(row));
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ backend: describeBackend().line, rows }, null, 2)}\n`);
  if (values.checkpoint) await saveTranslator(values.checkpoint, translator, { source, target });
  disposeParams(translator.params);
}
