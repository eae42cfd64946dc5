/**
 * Bias and variance of every estimator of the gradient through a choice, on the case of lesson 10: computed as sums over all
 * choices, and measured by running the library's own estimators many times.
 *
 *     node --import tsx bench/hard.ts [--seeds 1,2,3,4,5] [--samples 1,2,4,8,16] [--temperatures 4,2,1,0.5,0.25] [--draws 25000] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  choiceOutcomes,
  createRandom,
  describeBackend,
  type EstimatorMoments,
  exactGradients,
  expectedLoss,
  gumbelMoments,
  type HardConfig,
  LESSON_COPIES,
  lessonCase,
  measureEstimator,
  type SampledMoments,
  type ScoreFunctionSettings,
  scoreFunctionMoments,
  straightThroughMoments,
  useBackend,
} from 'heed';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    samples: { type: 'string', default: '1,2,4,8,16' },
    temperatures: { type: 'string', default: '4,2,1,0.5,0.25' },
    draws: { type: 'string', default: '25000' },
    json: { type: 'string' },
  },
});
const numbers = (name: 'seeds' | 'samples' | 'temperatures' | 'draws'): number[] => {
  const found = values[name].split(',').map(Number);
  if (!found.every((value) => value > 0 && Number.isFinite(value)))
    throw new Error(`--${name}: expected positive numbers with commas between them, got "${values[name]}"`);
  return found;
};
const [seeds, sampleCounts, temperatures] = [numbers('seeds'), numbers('samples'), numbers('temperatures')];
const draws = numbers('draws')[0]!;
/** Samples of the measured baselines: the library's default. */
const SAMPLES = 4;

await useBackend((process.env.HEED_BACKEND as 'wasm' | undefined) ?? 'wasm');
const rows = lessonCase();
const exact = exactGradients(rows);
const gradient = Math.hypot(...exact.flat());
const averageLoss = rows.reduce((sum, row) => sum + expectedLoss(choiceOutcomes(row)), 0) / rows.length;
const round = (value: number) => Number(value.toPrecision(4));

const baselines = [
  ...(['none', 'mean', 'sample mean', 'moving average', 'self-critical'] as const),
  ...(['leave-one-out', 'learned', 'optimal', 'optimal per component'] as const),
] satisfies ScoreFunctionSettings['baseline'][];
const needsTwo = (baseline: string) => baseline === 'sample mean' || baseline === 'leave-one-out';
const straight = ['straight-through', 'reinmax'] as const;
const gumbels = ['gumbel-softmax', 'straight-through gumbel'] as const;

const say = (name: string, more: object, { bias, variance }: EstimatorMoments) => ({
  estimator: name,
  ...more,
  bias: round(bias),
  variance: round(variance),
});
const computed = [
  ...baselines.flatMap((baseline) =>
    sampleCounts
      .filter((samples) => samples > 1 || !needsTwo(baseline))
      .map((samples) =>
        say(
          'reinforce',
          { baseline, samples },
          scoreFunctionMoments(rows, { baseline, samples, copies: LESSON_COPIES }),
        ),
      ),
  ),
  ...straight.map((estimator) => say(estimator, { samples: 1 }, straightThroughMoments(rows, { estimator }))),
];

const measured: object[] = [];
for (const seed of seeds) {
  const random = createRandom(seed);
  const note = (name: string, more: object, found: SampledMoments) => {
    const far = Math.hypot(...found.mean.flatMap((row, b) => row.map((value, j) => value - exact[b]![j]!)));
    const row = {
      seed,
      ...say(name, more, found),
      biasError: round(found.biasError),
      varianceError: round(found.varianceError),
      // Distance of the mean from the exact gradient, in standard errors of a vector of this variance.
      standardErrors: round(far / Math.sqrt(found.variance / found.draws)),
      draws: found.draws,
    };
    measured.push(row);
    console.log(JSON.stringify(row));
  };
  const run = (name: string, more: object, config: Partial<HardConfig>) =>
    note(
      name,
      more,
      measureEstimator(rows, {
        config,
        random: random.child(JSON.stringify(more) + name),
        draws,
        copies: 2500,
        // A moving average that has settled: its first step has no baseline.
        state: { count: 1000, mean: averageLoss, square: 0 },
      }),
    );
  for (const baseline of baselines) {
    if (baseline === 'learned' || baseline === 'optimal per component') continue;
    run('reinforce', { baseline, samples: SAMPLES }, { baseline, samples: SAMPLES });
  }
  for (const estimator of straight) run(estimator, { samples: 1 }, { estimator, samples: 1 });
  for (const estimator of gumbels) {
    for (const temperature of temperatures) {
      const more = { samples: 1, temperature };
      note(
        estimator,
        more,
        gumbelMoments(rows, { estimator, temperature, random: random.child(estimator), draws: 4 * draws }),
      );
    }
  }
}

if (values.json) {
  const result = {
    command: `node --import tsx bench/hard.ts --seeds ${values.seeds} --samples ${values.samples} --temperatures ${values.temperatures} --draws ${values.draws} --json FILE`,
    backend: describeBackend().line,
    // Of the computed rows; the measured ones stand in batches of 7,500.
    batch: rows.length * LESSON_COPIES,
    gradient: round(gradient),
    computed,
    measured,
  };
  writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}
