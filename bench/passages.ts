/**
 * The passage reader over several seeds: exact answers in passages whose words it never saw, and the course's first passage.
 *
 *     node --conditions=heed-source --import tsx bench/passages.ts [--seeds 1,2,3,4,5] [--steps 600] [--batch 32] [--peak 6e-3]
 *       [--unanswerable 0.2] [--no-match] [--split test] [--test 1000] [--json FILE] [--checkpoint FILE]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  answerPassages,
  countParams,
  createRandom,
  describeBackend,
  disposeParams,
  initPassageReader,
  loadPassages,
  type PassageReader,
  passageReaderLoss,
  passageWords,
  type Split,
  savePassageReader,
  train,
  useBackend,
  warmupCosine,
} from 'heed';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    steps: { type: 'string', default: '600' },
    batch: { type: 'string', default: '32' },
    peak: { type: 'string', default: '6e-3' },
    unanswerable: { type: 'string', default: '0.2' },
    'no-match': { type: 'boolean', default: false },
    split: { type: 'string', default: 'test' },
    test: { type: 'string', default: '1000' },
    json: { type: 'string' },
    checkpoint: { type: 'string' },
  },
});
const steps = Number(values.steps);
const unanswerable = Number(values.unanswerable);
const split = values.split as Split;

await useBackend();
console.log(describeBackend().line);
const passages = loadPassages(JSON.parse(readFileSync('datasets/passages/passages.json', 'utf8')));
const answerable = passages.sample(createRandom('bench'), Number(values.test), { split });
const missing = passages.sample(createRandom('bench none'), Number(values.test), { split, unanswerable: 1 });
// Quoted from Coviam Technologies: Get a handle on deep learning with "Attention".
const article = {
  passage: passageWords(
    'Teachers, like other professionals, may have to continue their education after they qualify, a process known as continuing ' +
      'professional development. Teachers may use a lesson plan to facilitate student learning, providing a course of study which ' +
      'is called the curriculum.',
  ),
  question: passageWords('What is the course of study called?'),
};

function score(reader: PassageReader) {
  const found = answerPassages(reader, answerable);
  const share = (holds: (n: number) => boolean) => found.filter((_, n) => holds(n)).length / found.length;
  const refused = answerPassages(reader, missing).filter(({ span }) => span === null).length;
  const [ours] = answerPassages(reader, [article]);
  return {
    exact: share((n) => found[n]!.span?.join() === answerable[n]!.answer!.join()),
    inSentence: share((n) => {
      const [from, to] = answerable[n]!.sentences[answerable[n]!.from!]!;
      return found[n]!.start.slice(from, to).reduce((sum, weight) => sum + weight, 0) > 0.5;
    }),
    refused: refused / missing.length,
    article: ours!.answer,
    articleProbability: ours!.probability,
  };
}

const rows = [];
for (const seed of values.seeds.split(',').map(Number)) {
  const random = createRandom(seed);
  const reader = initPassageReader(random.child('weights'), passages.vocabulary, {
    match: !values['no-match'],
  });
  const data = random.child('data');
  const cpu = process.cpuUsage();
  const { history } = await train({
    params: reader.params,
    batches: () => passages.sample(data, Number(values.batch), { unanswerable }),
    loss: (batch) => passageReaderLoss(reader, batch),
    steps,
    learningRate: warmupCosine({ peak: Number(values.peak), steps, warmup: 50 }),
    clipNorm: 1,
    onStep: ({ step, loss }) => {
      if (step % 100 === 0) console.log(step, loss.toFixed(4));
    },
  });
  const spent = process.cpuUsage(cpu);
  const row = {
    seed,
    split,
    tested: answerable.length,
    steps,
    match: reader.config.match,
    unanswerable,
    parameters: countParams(reader.params),
    firstLoss: history[0]?.loss,
    lastLoss: history.at(-1)?.loss,
    processorSeconds: Math.round((spent.user + spent.system) / 1e6),
    ...score(reader),
  };
  rows.push(row);
  console.log(JSON.stringify(row));
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ backend: describeBackend().line, rows }, null, 2)}\n`);
  if (values.checkpoint) await savePassageReader(values.checkpoint, reader, { seed, steps });
  disposeParams(reader.params);
}
