/**
 * What recurrent networks remember, over several seeds: the adding problem, copy memory, and the language of a country named
 * many words ago. Budgets are the ones that the lessons state; all were chosen on other seeds, and gaps on validation fillers.
 *
 *     node --import tsx bench/memory.ts [--tasks adding,copy,gap] [--cells rnn,gru,lstm,attention] [--seeds 1,2,3,4,5]
 *         [--time 50] [--steps N] [--rate R] [--split test] [--json FILE]
 *         [--save FOLDER]   the language models, as 03-<cell>-seed<n>.safetensors; the row holds the file's hash
 */
import { describeBackend, useBackend } from 'heed';
import { adding } from './memory/adding.js';
import type { Contender } from './memory/contenders.js';
import { copy } from './memory/copy.js';
import { gap } from './memory/gap.js';
import { values } from './memory/run.js';

await useBackend();
console.log(describeBackend().line);
const seeds = values.seeds.split(',').map(Number);
const tasks: Record<string, (contender: Contender, seed: number) => Promise<void>> = { adding, copy, gap };
for (const name of values.tasks.split(',')) {
  const task = tasks[name];
  if (task === undefined)
    throw new Error(`Unknown task "${name}": known are ${Object.keys(tasks).join(', ')}`);
  for (const contender of values.cells.split(',') as Contender[])
    for (const seed of seeds) await task(contender, seed);
}
