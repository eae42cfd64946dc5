import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createRandom,
  disposeParams,
  type FrozenGrowingUp,
  initLanguageModel,
  type LanguageModel,
  languageModelLoss,
  loadGrowingUp,
  type PastScore,
  predictAt,
  type Split,
  saveLanguageModel,
} from 'heed';
import { type Contender, type Everywhere, everywhere } from './contenders.js';
import { type Recipe, recipe, report, timed, values } from './run.js';

/** The language that follows from a country a gap of words ago. */
export async function gap(contender: Contender, seed: number): Promise<void> {
  if (!everywhere(contender)) return;
  const file = readFileSync('datasets/growing-up/growing-up.json', 'utf8');
  const task = loadGrowingUp(JSON.parse(file) as FrozenGrowingUp);
  const random = createRandom(seed);
  const model = initLanguageModel(random.child('weights'), {
    vocab: task.vocabulary.size,
    ...(contender === 'attention'
      ? { cell: 'lstm', attention: values.score as PastScore }
      : { cell: contender }),
  });
  const recipes: Record<Everywhere, Recipe> = {
    rnn: { steps: 2500, peak: 3e-3, batch: 32, warmup: 100 },
    gru: { steps: 2500, peak: 4e-3, batch: 32, warmup: 100 },
    lstm: { steps: 2500, peak: 4e-3, batch: 32, warmup: 100 },
    attention: { steps: 600, peak: 8e-3, batch: 32, warmup: 100 },
  };
  const plan = recipe(recipes[contender]);
  const data = random.child('data');
  const look = (split: Split, gaps: readonly number[]) =>
    Object.fromEntries(gaps.map((words) => [words, rememberedAt(model, task, words, split)]));
  const { seconds } = await timed(
    model.params,
    plan,
    () => task.sample(data, plan.batch).map(task.encode),
    (batch: number[][]) => languageModelLoss(model, batch),
    () => JSON.stringify(look('validation', [2, 3, 4, 7, 15, 35])),
  );
  const gaps = look(values.split as Split, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20, 30, 50, 70]);
  const saved = values.save === undefined ? {} : await save(values.save, contender, model, { seed, ...plan });
  report({ task: 'gap', cell: contender, seed, ...plan, seconds, chance: task.chance, gaps, ...saved });
  disposeParams(model.params);
}

async function save(folder: string, contender: Everywhere, model: LanguageModel, extra: { seed: number }) {
  const checkpoint = `03-${contender}-seed${extra.seed}.safetensors`;
  await saveLanguageModel(`${folder}/${checkpoint}`, model, extra);
  const bytes = readFileSync(`${folder}/${checkpoint}`);
  return { checkpoint, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Mean probability of the right language, how often it is the likeliest word, how often alpha's maximum is on the country. */
function rememberedAt(
  model: LanguageModel,
  task: ReturnType<typeof loadGrowingUp>,
  words: number,
  split: Split,
): Record<string, number> {
  const stream = createRandom(`${split}, gap ${words}`);
  const sentences = task.balanced(stream, 10 * task.countries.length, { gap: words, split });
  const ids = sentences.map(task.encode);
  const predictions = predictAt(
    model,
    ids,
    sentences.map(({ answer }) => answer),
  );
  let probability = 0;
  let right = 0;
  let pointed = 0;
  predictions.forEach(({ distribution, alpha }, n) => {
    const { answer, cue } = sentences[n]!;
    const wanted = ids[n]![answer]!;
    probability += distribution[wanted]! / predictions.length;
    if (distribution.indexOf(Math.max(...distribution)) === wanted) right += 1 / predictions.length;
    // Place 0 of alpha is the start sign.
    if (alpha !== null && alpha.indexOf(Math.max(...alpha)) === cue + 1) pointed += 1 / predictions.length;
  });
  const round = (value: number) => Number(value.toFixed(4));
  return {
    probability: round(probability),
    right: round(right),
    ...(model.params.attention && { pointed: round(pointed) }),
  };
}
