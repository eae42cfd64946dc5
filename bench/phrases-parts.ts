/** What every bench on the phrases shares: the data, the test sets by length, the batches of a seed, the scores. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import {
  bucketByLength,
  corpusBleu,
  createRandom,
  describeBackend,
  exactMatch,
  type Language,
  loadPhrases,
  misalignedShare,
  type PhrasePair,
  type Random,
  type Split,
  type TranslationPair,
} from 'heed';

export const BATCH = 64;
// Phrases that are drawn and sorted by length together: 50 batches.
const WINDOW = 50 * BATCH;
const TEST = 200;
export const MOST_WORDS = 90;
const EDGES = [
  [2, 5],
  [6, 10],
  [11, 15],
  [16, 20],
  [21, 25],
  [26, 30],
] as const;

export interface Choice {
  readonly to: Language;
  /** Fewest and most words of a phrase in training. */
  readonly lengths: readonly [number, number];
  readonly split: Split;
}

export interface Bucket {
  readonly words: string;
  readonly trained: boolean;
  readonly pairs: readonly PhrasePair[];
}

export function openPhrases({ to, lengths, split }: Choice) {
  const phrases = loadPhrases(JSON.parse(readFileSync('datasets/phrases/phrases.json', 'utf8')));
  const source = phrases.vocabulary('english');
  const target = phrases.vocabulary(to);
  const pairOf = (pair: PhrasePair): TranslationPair => ({
    source: source.encode(pair.source.join(' ')),
    target: target.encode(pair.target.join(' ')),
  });

  /** Two test phrases with "and" between them make one that is longer than any that the grammar draws. */
  function longer(words: number): PhrasePair[] {
    const random = createRandom(`phrases of ${words}`);
    const pairs: PhrasePair[] = [];
    while (pairs.length < TEST / 2) {
      const half = Math.floor((words - 1) / 2);
      const [a, b] = [half, words - 1 - half].map(
        (length) => phrases.sample(random, 1, { to, split, lengths: [length, length] })[0]!.meaning,
      );
      if (a!.type !== 'sentence' || b!.type !== 'sentence' || b!.units[0]!.dependent?.fronted) continue;
      const joints = [...a!.joints, 'and' as const, ...b!.joints];
      const meaning = { type: 'sentence' as const, units: [...a!.units, ...b!.units], joints };
      pairs.push(phrases.pair(meaning, 'english', to));
    }
    return pairs;
  }

  const buckets: Bucket[] = [
    ...EDGES.map(([fewest, most]) => {
      const trained = fewest <= lengths[1];
      const upTo = trained ? Math.min(most, lengths[1]) : most;
      const pairs = phrases.fixedSet(TEST, { to, split, lengths: [fewest, upTo] });
      return { words: `${fewest}-${upTo}`, trained, pairs };
    }),
    ...[40, 50].map((words) => ({ words: `${words}`, trained: false, pairs: longer(words) })),
  ];

  function* batches(random: Random): Generator<TranslationPair[]> {
    for (;;) {
      const drawn = phrases.sample(random, WINDOW, { to, lengths }).map(pairOf);
      yield* bucketByLength(drawn, { batch: BATCH, random });
    }
  }
  return { phrases, source, target, pairOf, buckets, batches };
}

export interface Look {
  readonly alpha: readonly (readonly number[])[];
  readonly sources: PhrasePair['alignment'];
}

/** Alpha of forced translations, padding cut off, with what is right. */
export function looksOf(alphas: readonly number[][][], pairs: readonly PhrasePair[]): Look[] {
  return pairs.map(({ source: words, target: written, alignment }, row) => ({
    alpha: alphas[row]!.slice(0, written.length).map((weights) => weights.slice(0, words.length)),
    sources: alignment,
  }));
}

// Words as they stand between spaces: of these languages a tokeniser would cut "l'homme".
export const bleuOf = (written: readonly string[], right: readonly string[]) =>
  corpusBleu(written, right, { tokeniser: 'none' }).score;

/** @param looks of the forced translations; none for a model without attention */
export function scoreBucket(bucket: Bucket, written: readonly string[], looks: readonly Look[]) {
  const right = bucket.pairs.map((pair) => pair.target.join(' '));
  return {
    ...bucket,
    bleu: bleuOf(written, right),
    exact: exactMatch(written, right),
    aer: looks.length > 0 ? misalignedShare(looks) : null,
    looks,
    written,
    right,
  };
}

export type ScoredBucket = ReturnType<typeof scoreBucket>;

/** Scores over all trained lengths, and those of each range. */
export function summarise(scored: readonly ScoredBucket[]) {
  const within = scored.filter(({ trained }) => trained);
  const looks = within.flatMap((bucket) => bucket.looks);
  return {
    bleu: bleuOf(
      within.flatMap(({ written }) => written),
      within.flatMap(({ right }) => right),
    ),
    aer: looks.length > 0 ? misalignedShare(looks) : null,
    byLength: scored.map(({ words, trained, bleu, exact, aer }) => ({ words, trained, bleu, exact, aer })),
  };
}

/** Rows of an earlier run of the same file. */
export function readRows(path: string | undefined): object[] {
  if (path === undefined || !existsSync(path)) return [];
  return (JSON.parse(readFileSync(path, 'utf8')) as { rows: object[] }).rows;
}

export function writeRows(path: string | undefined, rows: readonly object[]): void {
  if (path !== undefined)
    writeFileSync(path, `${JSON.stringify({ backend: describeBackend().line, rows }, null, 2)}\n`);
}
