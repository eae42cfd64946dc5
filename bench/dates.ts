/**
 * The dates lesson over several seeds: exact match and alignment on unseen days, and the seconds that it took.
 *
 *     node --import tsx bench/dates.ts [--seeds 1,2,3,4,5] [--cell gru|lstm] [--alignment NAME,NAME|all] [--steps 350] [--starts 3]
 *       [--json FILE] [--checkpoint FILE]
 *
 * With `--alignment`, each way of looking at the source with the same data, seeds and steps: one row each, a seed at a time.
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
    starts: { type: 'string', default: '3' },
    test: { type: 'string', default: '3000' },
    split: { type: 'string', default: 'test' },
    json: { type: 'string' },
    checkpoint: { type: 'string' },
  },
});
const steps = Number(values.steps);
const cell = values.cell as CoderCell;

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
    ...dateAlignments[alignment],
  });
  const data = random.child('data');
  const optimizer = initAdam(translator.params);
  const goOn = (until: number) =>
    train({
      params: translator.params,
      batches: () => dates.sample(data, 128, { years: [1000, 2999] }).map(pairOf),
      loss: (batch, { random: noise }) => translatorLoss(translator, batch, { random: noise }),
      random: random.child('steps'),
      steps: until,
      learningRate: warmupCosine({ peak: 4e-3, steps, warmup: 50 }),
      clipNorm: 1,
      optimizer,
    });
  return { translator, optimizer, goOn };
}

/** Languages that were never trained: whole dates right, and the year alone. */
function heldOut(translator: Translator) {
  return dates.heldOutLocales.map((locale) => {
    const examples = dates.fixedSet(600, { locales: [locale], split: values.split as Split });
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

const rows = [];
const seeds = values.seeds.split(',').map(Number);
const runs = seeds.flatMap((seed) =>
  alignmentNames(values.alignment).map((alignment) => ({ seed, alignment })),
);
for (const { seed, alignment } of runs) {
  const looks = dateAlignments[alignment].look !== 'never';
  const start = performance.now();
  // What never looks cannot be judged by where it points.
  const starts = Array.from({ length: looks ? Number(values.starts) : 1 }, (_, i) => seed + 100 * i);
  const chosen = await chooseStart({
    starts,
    begin: async (chance) => {
      const begun = begin(chance, alignment);
      const { history } = await begun.goOn(starts.length > 1 ? 140 : steps);
      return { ...begun, first: history[0].loss };
    },
    score: ({ translator }) => pointingOn(translator, look),
    enough: 0.97,
    discard: ({ translator }) => disposeParams(translator.params),
  });
  const { translator, goOn, first } = chosen.candidate;
  const { history } = await goOn(steps);
  const seconds = (performance.now() - start) / 1000;
  const sources = test.map(({ source: text }) => source.encode(text));
  const written = translate(translator, sources, { maxLength: 12 });
  const aligned = test.map((example, i) => ({ alpha: written[i].alpha, spans: example.spans }));
  const row = {
    seed,
    alignment,
    cell,
    steps,
    parameters: countParams(translator.params),
    seconds: Number(seconds.toFixed(1)),
    starts: chosen.tried,
    firstLoss: first,
    lastLoss: history.at(-1)?.loss,
    exact: exactMatch(
      written.map(({ ids }) => target.decode(ids)),
      test.map((example) => example.target),
    ),
    pointing: looks ? pointingAccuracy(aligned) : null,
    withinOne: looks ? pointingAccuracy(aligned, { within: 1 }) : null,
    heldOut: heldOut(translator),
    padding: Math.max(...written.map(({ paddingMass }) => paddingMass)),
  };
  rows.push(row);
  console.log(JSON.stringify(row));
  if (values.checkpoint) await saveTranslator(values.checkpoint, translator, { source, target });
  disposeParams(translator.params);
}
if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ backend: describeBackend().line, rows }, null, 2)}\n`);
