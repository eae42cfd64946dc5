/**
 * The translation lesson over several seeds: phrases that hold combinations of words never seen in training, scored by length.
 *
 *     node --conditions=heed-source --import tsx bench/phrases.ts [--seeds 1,2,3,4,5] [--look before|after|never] [--to german]
 *       [--steps 1000] [--lengths 2,20] [--units 96] [--embedding 64] [--peak 3e-3] [--split test|validation] [--json FILE]
 *       [--checkpoint FILE] [--decoding]
 *
 * Rows are added to the file of `--json`; a checkpoint is that of the last seed. `--decoding` measures words a second instead:
 * one decoder step a word, against the whole model run anew for each word.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {
  bucketByLength,
  corpusBleu,
  countParams,
  createRandom,
  describeBackend,
  disposeParams,
  exactMatch,
  initTranslator,
  type Language,
  loadPhrases,
  misalignedShare,
  type PhrasePair,
  type Split,
  saveTranslator,
  type Translator,
  type TranslatorConfig,
  teacherForce,
  train,
  translate,
  translatorLoss,
  useBackend,
  warmupCosine,
} from 'heed';
import { layersPeer } from './phrases-peer.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    look: { type: 'string', default: 'before' },
    to: { type: 'string', default: 'german' },
    steps: { type: 'string', default: '1000' },
    lengths: { type: 'string', default: '2,20' },
    units: { type: 'string', default: '96' },
    embedding: { type: 'string', default: '64' },
    peak: { type: 'string', default: '3e-3' },
    split: { type: 'string', default: 'test' },
    json: { type: 'string' },
    checkpoint: { type: 'string' },
    decoding: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const to = values.to as Language;
const lengths = values.lengths.split(',').map(Number) as [number, number];
const BATCH = 64;
// Phrases that are drawn and sorted by length together: 50 batches.
const WINDOW = 50 * BATCH;
const TEST = 200;
const MOST_WORDS = 90;
const EDGES = [
  [2, 5],
  [6, 10],
  [11, 15],
  [16, 20],
  [21, 25],
  [26, 30],
] as const;

await useBackend();
console.log(describeBackend().line);
const phrases = loadPhrases(JSON.parse(readFileSync('datasets/phrases/phrases.json', 'utf8')));
const source = phrases.vocabulary('english');
const target = phrases.vocabulary(to);
const pairOf = (pair: PhrasePair) => ({
  source: source.encode(pair.source.join(' ')),
  target: target.encode(pair.target.join(' ')),
});
const splitChosen = values.split as Split;
const buckets = [
  ...EDGES.map(([fewest, most]) => {
    const trained = fewest <= lengths[1];
    const upTo = trained ? Math.min(most, lengths[1]) : most;
    const choice = { to, split: splitChosen, lengths: [fewest, upTo] as const };
    return { words: `${fewest}-${upTo}`, trained, pairs: phrases.fixedSet(TEST, choice) };
  }),
  ...[40, 50].map((words) => ({ words: `${words}`, trained: false, pairs: longer(words) })),
];

/** Two test phrases with "and" between them make one that is longer than any that the grammar draws. */
function longer(words: number): PhrasePair[] {
  const random = createRandom(`phrases of ${words}`);
  const pairs: PhrasePair[] = [];
  while (pairs.length < TEST / 2) {
    const half = Math.floor((words - 1) / 2);
    const [a, b] = [half, words - 1 - half].map(
      (length) =>
        phrases.sample(random, 1, { to, split: splitChosen, lengths: [length, length] })[0]!.meaning,
    );
    if (a!.type !== 'sentence' || b!.type !== 'sentence' || b!.units[0]!.dependent?.fronted) continue;
    const joints = [...a!.joints, 'and' as const, ...b!.joints];
    pairs.push(phrases.pair({ type: 'sentence', units: [...a!.units, ...b!.units], joints }, 'english', to));
  }
  return pairs;
}

function begin(seed: number): { translator: Translator; run: () => Promise<readonly { loss: number }[]> } {
  const random = createRandom(seed);
  const translator = initTranslator(random.child('weights'), {
    sourceVocab: source.size,
    targetVocab: target.size,
    embedding: Number(values.embedding),
    units: Number(values.units),
    attention: 64,
    look: values.look as NonNullable<TranslatorConfig['look']>,
  });
  const fresh = random.child('data');
  function* batches() {
    for (;;) {
      const drawn = phrases.sample(fresh, WINDOW, { to, lengths }).map(pairOf);
      yield* bucketByLength(drawn, { batch: BATCH, random: fresh });
    }
  }
  const run = async () => {
    const { history } = await train({
      params: translator.params,
      batches: batches(),
      loss: (batch) => translatorLoss(translator, batch),
      steps,
      learningRate: warmupCosine({ peak: Number(values.peak), steps, warmup: 50 }),
      clipNorm: 1,
      onStep: ({ step, loss, seconds }) => {
        if (step % 100 === 0) console.log(`step ${step}, ${seconds.toFixed(0)} s, loss ${loss.toFixed(4)}`);
      },
    });
    return history;
  };
  return { translator, run };
}

/** What the right translation, given word by word, looks at. */
function lookOf(translator: Translator, pairs: readonly PhrasePair[]) {
  const { logits, alphas, state } = teacherForce(translator, pairs.map(pairOf));
  const read = alphas.arraySync();
  tf.dispose([logits, alphas, state]);
  return pairs.map(({ source: words, target: written, alignment }, row) => ({
    alpha: read[row]!.slice(0, written.length).map((weights) => weights.slice(0, words.length)),
    sources: alignment,
  }));
}

function scoresOf(translator: Translator, pairs: readonly PhrasePair[]) {
  const written = translate(
    translator,
    pairs.map((pair) => pairOf(pair).source),
    { maxLength: MOST_WORDS },
  ).map(({ ids }) => target.decode(ids));
  const right = pairs.map((pair) => pair.target.join(' '));
  const looks = values.look === 'never' ? [] : lookOf(translator, pairs);
  return {
    bleu: bleuOf(written, right),
    exact: exactMatch(written, right),
    aer: looks.length > 0 ? misalignedShare(looks) : null,
    looks,
    written,
    right,
  };
}

// Words as they stand between spaces: of these languages a tokeniser would cut "l'homme".
const bleuOf = (written: readonly string[], right: readonly string[]) =>
  corpusBleu(written, right, { tokeniser: 'none' }).score;

/**
 * Words a second of greedy decoding against two naive ways: the same translator, encoder and decoder run anew over all the
 * words so far for each word; and a model of stock layers in the form of the well-known example.
 */
function decodingSpeed(translator: Translator) {
  return [1, 64].flatMap((count) =>
    [10, 20, 30].map((words) => {
      const pairs = phrases
        .fixedSet(200, { to, split: 'validation', lengths: [words, words] })
        .slice(0, count);
      const sources = pairs.map((pair) => pairOf(pair).source);
      const sizes = { sourceVocab: source.size, targetVocab: target.size };
      const peer = layersPeer({ ...sizes, sourceLength: words, targetLength: words });
      const ways: readonly (() => number)[] = [
        () =>
          translate(translator, sources, { maxLength: words }).reduce((sum, { ids }) => sum + ids.length, 0),
        () => runAnew(translator, sources, words),
        () => peer.write(sources),
      ];
      const speeds = ways.map(() => ({ words: 0, seconds: 0 }));
      // Interleaved, so that a busy machine disturbs all alike; the first round warms them up.
      for (let round = 0; round < (count === 1 ? 6 : 3); round++)
        for (const [n, work] of ways.entries()) timed(round, speeds[n]!, work);
      peer.dispose();
      const [ours, anew, layers] = speeds.map(({ words: written, seconds }) => Math.round(written / seconds));
      const ratio = (other: number) => Number((ours! / other).toFixed(1));
      return {
        sources: count,
        words,
        ours,
        anew,
        layers,
        overAnew: ratio(anew!),
        overLayers: ratio(layers!),
      };
    }),
  );
}

interface Speed {
  words: number;
  seconds: number;
}

function timed(round: number, speed: Speed, work: () => number): void {
  const start = performance.now();
  const words = work();
  if (round === 0) return;
  speed.words += words;
  speed.seconds += (performance.now() - start) / 1000;
}

/** The outputs that tutorials give: for each word, encoder and decoder over all words so far, then the likeliest next one. */
function runAnew(translator: Translator, sources: readonly (readonly number[])[], words: number): number {
  let written: number[][] = sources.map(() => []);
  for (let n = 0; n < words; n++) {
    const pairs = sources.map((ids, row) => ({ source: ids, target: written[row]! }));
    const next = tf.tidy(() => {
      const { logits } = teacherForce(translator, pairs);
      return tf.argMax(logits.gather([n], 1).squeeze([1]), 1).dataSync();
    });
    written = written.map((ids, row) => [...ids, next[row]!]);
  }
  return sources.length * words;
}

const rows: object[] =
  !values.decoding && values.json && existsSync(values.json) ? readRows(values.json) : [];
function readRows(path: string): object[] {
  return (JSON.parse(readFileSync(path, 'utf8')) as { rows: object[] }).rows;
}

if (values.decoding) {
  const { translator } = begin(1);
  const speeds = decodingSpeed(translator);
  console.table(speeds);
  if (values.json)
    writeFileSync(
      values.json,
      `${JSON.stringify({ backend: describeBackend().line, rows: speeds }, null, 1)}\n`,
    );
  disposeParams(translator.params);
} else {
  for (const seed of values.seeds.split(',').map(Number)) {
    const { translator, run } = begin(seed);
    const began = process.cpuUsage();
    const history = await run();
    const { user, system } = process.cpuUsage(began);
    const scored = buckets.map((bucket) => ({ ...bucket, ...scoresOf(translator, bucket.pairs) }));
    const within = scored.filter(({ trained }) => trained);
    if (values.checkpoint) await saveTranslator(values.checkpoint, translator, { source, target });
    const last = history.slice(-20);
    const row = {
      seed,
      to,
      look: values.look,
      steps,
      lengths,
      split: values.split,
      parameters: countParams(translator.params),
      cpuSeconds: Math.round((user + system) / 1e6),
      loss: last.reduce((sum, { loss }) => sum + loss, 0) / last.length,
      bleu: bleuOf(
        within.flatMap(({ written }) => written),
        within.flatMap(({ right }) => right),
      ),
      aer: values.look === 'never' ? null : misalignedShare(within.flatMap(({ looks }) => looks)),
      byLength: scored.map(({ words, trained, bleu, exact, aer }) => ({ words, trained, bleu, exact, aer })),
      ...(values.checkpoint && {
        checkpoint: {
          file: values.checkpoint.replace(/^.*\//, ''),
          sha256: createHash('sha256').update(readFileSync(values.checkpoint)).digest('hex'),
        },
      }),
    };
    rows.push(row);
    console.log(JSON.stringify(row));
    if (values.json)
      writeFileSync(values.json, `${JSON.stringify({ backend: describeBackend().line, rows }, null, 1)}\n`);
    disposeParams(translator.params);
  }
}
