/** Ways to train a reader of signal words, and how one run of one of them is made and measured. */
import {
  type BaselineState,
  classifyTexts,
  countParams,
  createRandom,
  disposeParams,
  entropy,
  type HardConfig,
  initTextClassifier,
  type Reading,
  rationaleScore,
  type SignalChoice,
  type SignalText,
  type SignalWords,
  type Split,
  startBaseline,
  type TextClassifier,
  type TextClassifierConfig,
  textClassifierLoss,
  train,
  warmupCosine,
} from 'heed';

export interface Recipe {
  readonly reading: Reading;
  /** What hard reading is trained with, by the share of the training that is done. */
  readonly hard?: (done: number) => Partial<HardConfig>;
  /** Share of the training in which alpha is a softmax, before it is what the reading says. */
  readonly softUntil?: number;
  /** Trained so many times as long as the others. */
  readonly times?: number;
  readonly choice?: Partial<SignalChoice>;
  readonly config?: Partial<TextClassifierConfig>;
}

const line = (from: number, to: number) => (done: number) => from + (to - from) * done;
const bonus = line(0.5, 0.05);
const sampled = (entropyOf: (done: number) => number) => (done: number) =>
  ({ baseline: 'leave-one-out', samples: 8, entropy: entropyOf(done) }) as const;
const five = { noSignal: false } as const;
const marked = { choice: { counts: 'marked' }, config: { keys: 'window' }, times: 1.6 } as const;
/** Embeddings as large as most programs start them. */
const large = { config: { deviation: 1 } } as const;

export const recipes: Readonly<Record<string, Recipe>> = {
  soft: { reading: 'soft' },
  hard: { reading: 'hard', hard: sampled(bonus) },
  sparsemax: { reading: 'sparsemax' },
  'sparsemax after soft': { reading: 'sparsemax', softUntil: 0.3 },
  'straight-through Gumbel': {
    reading: 'hard',
    hard: (done) => ({
      estimator: 'straight-through gumbel',
      samples: 8,
      temperature: 0.5 ** done,
      entropy: line(0.02, 0)(done),
    }),
  },
  // Two ways in which a sampler fails: nothing keeps it trying, and a class that can be told without any word.
  'hard, no entropy': { reading: 'hard', hard: sampled(() => 0) },
  'soft, large start': { reading: 'soft', ...large },
  'hard, large start': { reading: 'hard', hard: sampled(bonus), ...large },
  'hard, no entropy, large start': { reading: 'hard', hard: sampled(() => 0), ...large },
  'hard, five classes': { reading: 'hard', hard: sampled(line(0.5, 0)), choice: five, times: 2 },
  'soft, five classes': { reading: 'soft', choice: five, times: 2 },
  // Only the signal word after the marker counts.
  'soft, marked': { reading: 'soft', ...marked },
  'hard, marked': { reading: 'hard', hard: sampled(bonus), ...marked },
  'sparsemax, marked': { reading: 'sparsemax', ...marked },
};

export interface Run {
  readonly task: SignalWords;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  readonly peak: number;
  /** Texts that training draws its batches from. */
  readonly pool: number;
  /** Texts that it is measured on, of `split`. */
  readonly texts: number;
  readonly split: Split;
}

/** What a reader does on some texts. */
export function measure(reader: TextClassifier, task: SignalWords, texts: readonly SignalText[]) {
  const read = classifyTexts(
    reader,
    texts.map(({ words }) => task.encode(words)),
  );
  const right = texts.map(({ label }, i) => Number(read[i]!.label === label));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const rationale = rationaleScore(texts.map(({ deciding }, i) => ({ alpha: read[i]!.alpha, deciding })));
  return {
    accuracy: mean(right),
    rationale: rationale.precision,
    mass: rationale.mass,
    entropy: mean(read.map(({ alpha }) => entropy(alpha))),
    wordsRead: mean(read.map(({ read: places }) => places.length)),
  };
}

/** The same weights, read softly. */
const softly = (reader: TextClassifier): TextClassifier => ({
  ...reader,
  config: { ...reader.config, reading: 'soft' },
});

/** Trains one reader; whoever asked disposes it. */
export async function trainReader({
  task,
  recipe,
  seed,
  steps,
  batch,
  peak,
  pool,
}: Omit<Run, 'texts' | 'split'>) {
  const random = createRandom(seed);
  const choice = recipe.choice ?? {};
  const reader = initTextClassifier(random.child('weights'), {
    vocab: task.vocabulary.size,
    classes: choice.noSignal === false ? task.topics.length : task.classes.length,
    reading: recipe.reading,
    ...recipe.config,
  });
  const texts = task
    .sample(random.child('texts'), pool, choice)
    .map(({ words, label }) => ({ ids: task.encode(words), label }));
  const data = random.child('batches');
  let state: BaselineState = startBaseline;
  const cpu = process.cpuUsage();
  const { history } = await train({
    params: reader.params,
    batches: () => Array.from({ length: batch }, () => data.choice(texts)),
    loss: (examples, { random: noise, step }) => {
      const early = step < (recipe.softUntil ?? 0) * steps;
      const looked = textClassifierLoss(early ? softly(reader) : reader, examples, {
        random: noise,
        state,
        hard: recipe.hard?.(step / steps) ?? {},
      });
      state = looked.state;
      return looked.loss;
    },
    random: random.child('steps'),
    steps,
    learningRate: warmupCosine({ peak, steps, warmup: 50 }),
    clipNorm: 1,
  });
  const spent = process.cpuUsage(cpu);
  return { reader, history, processorSeconds: (spent.user + spent.system) / 1e6 };
}

/** One run, measured and put away. */
export async function runOnce(run: Run) {
  const steps = Math.round(run.steps * (run.recipe.times ?? 1));
  const { reader, history, processorSeconds } = await trainReader({ ...run, steps });
  const test = run.task.fixedSet(run.texts, { ...run.recipe.choice, split: run.split });
  const row = {
    steps,
    parameters: countParams(reader.params),
    processorMsPerStep: Number(((processorSeconds * 1000) / steps).toFixed(2)),
    firstLoss: history[0]!.loss,
    lastLoss: history.at(-1)!.loss,
    ...measure(reader, run.task, test),
  };
  disposeParams(reader.params);
  return row;
}
