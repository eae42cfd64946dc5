/**
 * Which units of a trained LSTM carry the country, over several trainings. Keepers are chosen by their forget gates alone, on
 * validation sentences with a gap of 25: more than half of what they hold after the country is still there at the language.
 * Then, on test sentences, the cells and outputs of the keepers, or of all others, are set to 0 right after the country.
 *
 *     node --import tsx bench/memory.ts --tasks gap --cells lstm --save FOLDER
 *     node --import tsx bench/keepers.ts FOLDER/03-lstm-seed1.safetensors ... [--json FILE]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {
  createRandom,
  describeBackend,
  embed,
  type FrozenGrowingUp,
  type GrowingUpSentence,
  type LanguageModel,
  type LstmParams,
  type LstmState,
  loadGrowingUp,
  loadLanguageModel,
  lstmGates,
  nextTokens,
  readTokens,
  useBackend,
} from 'heed';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
});
const task = loadGrowingUp(
  JSON.parse(readFileSync('datasets/growing-up/growing-up.json', 'utf8')) as FrozenGrowingUp,
);
const START_SIGN = 1;

/** Sentences of one gap whose countries stand at the same place. */
function alike(stream: string, gap: number, split: 'validation' | 'test'): GrowingUpSentence[] {
  const all = task.balanced(createRandom(stream), 240, { gap, split });
  return all.filter(({ cue }) => cue === 4).slice(0, 48);
}

/** What each unit keeps from country to language, the product of its forget gates: geometric mean of the sentences. */
function keptOver(model: LanguageModel, sentences: readonly GrowingUpSentence[]): number[] {
  const { cue, answer } = sentences[0]!;
  return tf.tidy(() => {
    const ids = sentences.map((sentence) => [START_SIGN, ...task.encode(sentence)]);
    const read = tf.tensor2d(ids, [ids.length, ids[0]!.length], 'int32');
    const { forget } = lstmGates(
      model.params.layers[0] as LstmParams,
      embed(model.params.embedding, read) as tf.Tensor3D,
    );
    const between = forget.slice([0, cue + 2, 0], [-1, answer - cue - 1, -1]);
    return Array.from(tf.exp(tf.mean(tf.sum(tf.log(between), 1), 0)).dataSync());
  });
}

/** Mean probability of the right language where some cells and their outputs are set to 0, one word after the country. */
function afterWiping(model: LanguageModel, sentences: readonly GrowingUpSentence[], which: number[]): number {
  const { cue, answer } = sentences[0]!;
  const { units } = model.config;
  return tf.tidy(() => {
    const ids = sentences.map((sentence) => task.encode(sentence));
    const first = ids.map((row) => [START_SIGN, ...row.slice(0, cue + 1)]);
    const before = readTokens(model, tf.tensor2d(first, [ids.length, cue + 2], 'int32'))
      .states[0] as LstmState;
    const keep = tf.tensor1d(Array.from({ length: units }, (_, unit) => (which.includes(unit) ? 0 : 1)));
    const wiped: LstmState = { hidden: tf.mul(before.hidden, keep), cell: tf.mul(before.cell, keep) };
    const rest = ids.map((row) => row.slice(cue + 1, answer));
    const { outputs } = readTokens(model, tf.tensor2d(rest, [ids.length, answer - cue - 1], 'int32'), {
      states: [wiped],
    });
    const last = outputs.slice([0, answer - cue - 2, 0], [-1, 1, -1]) as tf.Tensor3D;
    const chances = tf.softmax(nextTokens(model, last).logits).arraySync() as number[][][];
    return chances.reduce((sum, [row], n) => sum + row![ids[n]![answer]!]!, 0) / ids.length;
  });
}

await useBackend();
console.log(describeBackend().line);
const rows: unknown[] = [];
for (const path of positionals) {
  const { model, extra } = await loadLanguageModel(path);
  const chosen = keptOver(model, alike('choose keepers', 25, 'validation'));
  const units = chosen.map((_, unit) => unit);
  const keepers = units.filter((unit) => chosen[unit]! > 0.5);
  const others = units.filter((unit) => chosen[unit]! <= 0.5);
  for (const gap of [30, 40]) {
    const sentences = alike('keepers, a fresh look', gap, 'test');
    const kept = keptOver(model, sentences);
    const mean = (which: number[]) => which.reduce((sum, unit) => sum + kept[unit]!, 0) / which.length;
    const row = {
      seed: (extra as { seed: number }).seed,
      gap,
      sentences: sentences.length,
      keepers: keepers.length,
      leftInKeepers: mean(keepers),
      leftInOthers: mean(others),
      whole: afterWiping(model, sentences, []),
      keepersWiped: afterWiping(model, sentences, keepers),
      othersWiped: afterWiping(model, sentences, others),
    };
    rows.push(row);
    console.log(JSON.stringify(row));
  }
}
if (values.json !== undefined) {
  const command = 'node --import tsx bench/keepers.ts FOLDER/03-lstm-seed{1,2,3,4,5}.safetensors --json FILE';
  writeFileSync(
    values.json,
    `${JSON.stringify({ commands: [command], backend: describeBackend().line, rows }, null, 1)}\n`,
  );
}
