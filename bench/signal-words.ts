/**
 * Readers of signal words over several seeds: accuracy, where they look, and what a step costs.
 *
 *     node --conditions=heed-source --import tsx bench/signal-words.ts [--kinds soft,sparsemax,hard,...|all] [--seeds 1,2,3,4,5]
 *       [--steps 500] [--batch 64] [--peak 3e-3] [--pool 8000] [--texts 2000] [--split test] [--lengths 40,160,640] [--json FILE]
 *
 * With `--lengths` the texts have these lengths and no others, one row each: what the same steps and texts are worth on long inputs.
 * The names of kinds are those of `bench/signal-words-recipes.ts`. The file is written after each row, so a run that is stopped
 * leaves what it had.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeBackend, loadSignalWords, type Split, useBackend } from 'heed';
import { recipes, runOnce } from './signal-words-recipes.js';

const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: 'soft,sparsemax,hard' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    steps: { type: 'string', default: '500' },
    batch: { type: 'string', default: '64' },
    peak: { type: 'string', default: '3e-3' },
    pool: { type: 'string', default: '8000' },
    texts: { type: 'string', default: '2000' },
    split: { type: 'string', default: 'test' },
    lengths: { type: 'string' },
    json: { type: 'string' },
  },
});
const names = values.kinds === 'all' ? Object.keys(recipes) : values.kinds.split(';').flatMap(kindsOf);
const number = (name: 'steps' | 'batch' | 'peak' | 'pool' | 'texts') => Number(values[name]);

/** Names hold commas, so that kinds are told apart by what is known. */
function kindsOf(text: string): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest !== '') {
    const name = Object.keys(recipes)
      .filter((known) => rest === known || rest.startsWith(`${known},`))
      .sort((a, b) => b.length - a.length)[0];
    if (name === undefined)
      throw new Error(`No kind "${rest}": there are ${Object.keys(recipes).join('; ')}.`);
    found.push(name);
    rest = rest.slice(name.length + 1);
  }
  return found;
}

await useBackend();
console.log(describeBackend().line);
const task = loadSignalWords(JSON.parse(readFileSync('datasets/signal-words/signal-words.json', 'utf8')));
const rows = [];
const lengths = values.lengths?.split(',').map(Number) ?? [undefined];
const runs = values.seeds
  .split(',')
  .flatMap((seed) =>
    names.flatMap((kind) => lengths.map((length) => ({ seed: Number(seed), kind, length }))),
  );
for (const { seed, kind, length } of runs) {
  const recipe = recipes[kind]!;
  const row = await runOnce({
    task,
    recipe: length === undefined ? recipe : { ...recipe, choice: { ...recipe.choice, length } },
    seed,
    steps: number('steps'),
    batch: number('batch'),
    peak: number('peak'),
    pool: number('pool'),
    texts: number('texts'),
    split: values.split as Split,
  });
  rows.push({ kind, seed, ...(length !== undefined && { length }), ...row });
  console.log(JSON.stringify(rows.at(-1)));
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ backend: describeBackend().line, rows }, null, 2)}\n`);
}
