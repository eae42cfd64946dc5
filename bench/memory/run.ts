import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type * as tf from '@tensorflow/tfjs';
import { describeBackend, type ParamTree, train, warmupCosine } from 'heed';

export const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: 'adding,copy,gap' },
    cells: { type: 'string', default: 'rnn,gru,lstm,attention' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    time: { type: 'string' },
    steps: { type: 'string' },
    rate: { type: 'string' },
    batch: { type: 'string' },
    split: { type: 'string', default: 'test' },
    json: { type: 'string' },
    save: { type: 'string' },
    every: { type: 'string' },
    score: { type: 'string', default: 'general' },
  },
});
export const number = (text: string | undefined, otherwise: number) =>
  text === undefined ? otherwise : Number(text);

export interface Recipe {
  readonly steps: number;
  readonly peak: number;
  readonly batch: number;
  readonly warmup: number;
}
export const recipe = (given: Recipe): Recipe => ({
  ...given,
  steps: number(values.steps, given.steps),
  peak: number(values.rate, given.peak),
  batch: number(values.batch, given.batch),
});
const rows: Record<string, unknown>[] = [];
export function report(row: Record<string, unknown>): void {
  rows.push(row);
  console.log(JSON.stringify(row));
  // After each row, so that a run cut short leaves what it has measured.
  if (values.json === undefined) return;
  const command = ['node --import tsx bench/memory.ts', ...process.argv.slice(2)].join(' ');
  writeFileSync(
    values.json,
    `${JSON.stringify({ command, backend: describeBackend().line, rows }, null, 1)}\n`,
  );
}

/** Trains; the seconds that it took and the loss of each step. */
export async function timed(
  params: ParamTree,
  { steps, peak, warmup }: Recipe,
  batches: () => unknown,
  loss: (batch: never) => tf.Scalar,
  look?: () => string,
): Promise<{ readonly seconds: number; readonly losses: readonly number[] }> {
  const every = number(values.every, Number.POSITIVE_INFINITY);
  const start = performance.now();
  const { history } = await train({
    params,
    steps,
    batches: batches as () => never,
    loss,
    clipNorm: 1,
    learningRate: warmupCosine({ peak, steps, warmup: Math.min(warmup, steps - 1) }),
    onStep: ({ step, seconds, loss }) => {
      if ((step + 1) % every === 0)
        console.log(`  ${step + 1} ${seconds.toFixed(1)} s ${loss.toFixed(5)} ${look?.() ?? ''}`);
    },
  });
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
  return { seconds, losses: history.map(({ loss }) => loss) };
}
