/**
 * What one vector holds, over several seeds: small talk answered (pairs of name and town that were never told in training), and
 * digits said again, by their number, with one vector of 64 and of 128 units and with attention.
 *
 *     node --import tsx bench/one-vector.ts [--seeds 1,2,3,4,5] [--tasks talk,digits] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  countParams,
  createRandom,
  createVocabulary,
  describeBackend,
  dialogue,
  disposeParams,
  exactMatch,
  initTranslator,
  type Random,
  type TranslationPair,
  type Translator,
  type TranslatorConfig,
  train,
  translate,
  translatorLoss,
  useBackend,
  warmupCosine,
} from 'heed';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    tasks: { type: 'string', default: 'talk,digits' },
    json: { type: 'string' },
  },
});

await useBackend();
console.log(describeBackend().line);

async function trained(
  seed: number,
  config: Partial<TranslatorConfig> & Pick<TranslatorConfig, 'sourceVocab' | 'targetVocab'>,
  recipe: { steps: number; peak: number },
  batch: (data: Random) => TranslationPair[],
): Promise<Translator> {
  const random = createRandom(seed);
  const model = initTranslator(random.child('weights'), { ...config, bidirectional: false });
  const data = random.child('data');
  await train({
    params: model.params,
    batches: () => batch(data),
    loss: (pairs) => translatorLoss(model, pairs),
    steps: recipe.steps,
    learningRate: warmupCosine({ ...recipe, warmup: 50 }),
    clipNorm: 1,
  });
  return model;
}

async function talk(seed: number) {
  const words = createRandom('vocabulary');
  const corpus = Array.from({ length: 4000 }, () => dialogue(words));
  const source = createVocabulary(
    corpus.map((each) => each.source),
    { kind: 'word' },
  );
  const target = createVocabulary(
    corpus.map((each) => each.target),
    { kind: 'word' },
  );
  const model = await trained(
    seed,
    { sourceVocab: source.size, targetVocab: target.size, units: 128, look: 'never' },
    { steps: 900, peak: 8e-3 },
    (data) =>
      Array.from({ length: 64 }, () => {
        const each = dialogue(data);
        return { source: source.encode(each.source), target: target.encode(each.target) };
      }),
  );
  const share = (split: 'train' | 'test') => {
    const fresh = createRandom(`talks to ask, ${split}`);
    const talks = Array.from({ length: 1000 }, () => dialogue(fresh, split));
    const answers = translate(
      model,
      talks.map((each) => source.encode(each.source)),
      { maxLength: 10 },
    );
    return exactMatch(
      answers.map(({ ids }) => target.decode(ids)),
      talks.map((each) => each.target),
    );
  };
  const row = {
    task: 'talk',
    seed,
    parameters: countParams(model.params),
    told: share('train'),
    new: share('test'),
  };
  disposeParams(model.params);
  return row;
}

async function digits(seed: number, name: string, config: Partial<TranslatorConfig>) {
  const vocabulary = createVocabulary(['0123456789']);
  const draw = (random: Random, length: number) => Array.from({ length }, () => random.integer(10)).join('');
  const model = await trained(
    seed,
    { sourceVocab: vocabulary.size, targetVocab: vocabulary.size, embedding: 16, attention: 32, ...config },
    { steps: 600, peak: 4e-3 },
    (data) => {
      const length = 1 + data.integer(10);
      return Array.from({ length: 128 }, () => {
        const ids = vocabulary.encode(draw(data, length));
        return { source: ids, target: ids };
      });
    },
  );
  const fresh = createRandom('digits to say again');
  const exact = Array.from({ length: 14 }, (_, n) => {
    const texts = Array.from({ length: 300 }, () => draw(fresh, n + 1));
    const answers = translate(
      model,
      texts.map((text) => vocabulary.encode(text)),
      { maxLength: 20 },
    );
    return exactMatch(
      answers.map(({ ids }) => vocabulary.decode(ids)),
      texts,
    );
  });
  const row = {
    task: 'digits',
    model: name,
    seed,
    parameters: countParams(model.params),
    exactByLength: exact,
  };
  disposeParams(model.params);
  return row;
}

const rows: object[] = [];
const keep = (row: object) => {
  rows.push(row);
  console.log(JSON.stringify(row));
};
for (const seed of values.seeds.split(',').map(Number)) {
  if (values.tasks.includes('talk')) keep(await talk(seed));
  if (!values.tasks.includes('digits')) continue;
  keep(await digits(seed, 'one vector, 64', { units: 64, look: 'never' }));
  keep(await digits(seed, 'one vector, 128', { units: 128, look: 'never' }));
  keep(await digits(seed, 'attention, 64', { units: 64, look: 'before' }));
}
if (values.json) {
  const command = 'node --import tsx bench/one-vector.ts --json FILE';
  writeFileSync(
    values.json,
    `${JSON.stringify({ command, backend: describeBackend().backend, rows }, null, 2)}\n`,
  );
}
