import { type LineOptions, readLines } from './lines.js';

/** A sentence and its translation. */
export interface TextPair {
  readonly source: string;
  readonly target: string;
  /** Line of the file, from 1. */
  readonly line: number;
}

export type SkipReason = 'empty' | 'long';

/** What a pass over a corpus met. */
export interface PairCounts {
  /** Lines read. */
  readonly lines: number;
  /** Pairs given. */
  readonly pairs: number;
  /** Pairs left out since one side was empty. */
  readonly empty: number;
  /** Pairs left out since one side was too long. */
  readonly long: number;
}

export interface CorpusOptions extends Partial<LineOptions> {
  /** What to do with a pair that has an empty side (nothing but white space). */
  readonly empty?: 'skip' | 'error';
  /** Most words (between white space) of a side. */
  readonly maximumWords?: number;
  /** What to do with a pair that has a longer side. */
  readonly long?: 'skip' | 'error';
  /** Called for each pair left out. */
  readonly onSkip?: (pair: TextPair, reason: SkipReason) => void;
  /** Called at the end of each pass. */
  readonly onEnd?: (counts: PairCounts) => void;
}

export const defaultCorpusOptions = {
  empty: 'skip', // usual in crawled corpora, and both sides go, so the others stay paired
  maximumWords: 200, // above any sentence; one line of thousands would widen its whole batch
  long: 'skip',
} as const;

/** Pairs of a corpus in the order of the file. Each loop over it reads the file anew, so it serves for many epochs. */
export type PairStream = AsyncIterable<TextPair>;

/** Columns of a tab-separated file, from 0. */
export interface PairColumns {
  readonly source: number;
  readonly target: number;
}

/**
 * Reads two parallel text files, a sentence a line, gzip or plain, of any size.
 *
 * @throws while reading: where the files have unequal counts of lines (naming the first without a partner), and all that
 *   `readLines` and the options call an error, with file and line
 */
export function readParallel(
  files: { readonly source: string; readonly target: string },
  options: CorpusOptions = {},
): PairStream {
  return checkedPairs(() => zipLines(files, options), `${files.source} and ${files.target}`, options);
}

/**
 * Reads a file of one pair a line, its columns separated by tabs, gzip or plain, of any size. Quotes are text, as in the
 * usual corpora; further columns are left out.
 *
 * @throws while reading: where a line lacks a column, and all that `readLines` and the options call an error, with file and line
 */
export function readTabSeparated(
  path: string,
  { columns = { source: 0, target: 1 }, ...options }: CorpusOptions & { readonly columns?: PairColumns } = {},
): PairStream {
  return checkedPairs(() => splitLines(path, columns, options), path, options);
}

async function* zipLines(
  files: { readonly source: string; readonly target: string },
  options: CorpusOptions,
): AsyncGenerator<TextPair> {
  const sources = readLines(files.source, options);
  const targets = readLines(files.target, options);
  try {
    for (let line = 1; ; line++) {
      const source = await sources.next();
      const target = await targets.next();
      if (source.done && target.done) return;
      if (source.done || target.done) {
        const [short, long] = source.done ? [files.source, files.target] : [files.target, files.source];
        const text: string = source.done ? target.value : source.value;
        throw new Error(
          `${files.source} and ${files.target} do not pair: ${short} ends after line ${line - 1}, but ${long} has a line ` +
            `${line}, ${quoted(text)}. Expected as many lines in both; look for a line that was joined, cut or lost before.`,
        );
      }
      yield { source: source.value, target: target.value, line };
    }
  } finally {
    await Promise.all([sources.return(undefined), targets.return(undefined)]);
  }
}

async function* splitLines(
  path: string,
  { source, target }: PairColumns,
  options: CorpusOptions,
): AsyncGenerator<TextPair> {
  for (const column of [source, target]) {
    if (!Number.isSafeInteger(column) || column < 0)
      throw new RangeError(`${path}: column ${column}; expected a whole number from 0.`);
  }
  let line = 0;
  for await (const text of readLines(path, options)) {
    line++;
    // An empty line has no columns: it is an empty pair.
    const columns = text.trim() === '' ? [] : text.split('\t');
    if (columns.length > 0 && columns.length <= Math.max(source, target)) {
      throw new Error(
        `${path}, line ${line} has ${columns.length} column${columns.length === 1 ? '' : 's'}: ${quoted(text)}. Expected ` +
          `at least ${Math.max(source, target) + 1}, separated by tabs.`,
      );
    }
    yield { source: columns[source] ?? '', target: columns[target] ?? '', line };
  }
}

function checkedPairs(
  open: () => AsyncGenerator<TextPair>,
  name: string,
  options: CorpusOptions,
): PairStream {
  const { empty, long, maximumWords, onSkip, onEnd } = { ...defaultCorpusOptions, ...options };
  if (!(maximumWords >= 1))
    throw new RangeError(`${name}: maximumWords ${maximumWords}; expected 1 or more.`);
  const problemOf = ({ source, target }: TextPair): SkipReason | undefined => {
    if (source.trim() === '' || target.trim() === '') return 'empty';
    return hasMoreWords(source, maximumWords) || hasMoreWords(target, maximumWords) ? 'long' : undefined;
  };
  return {
    async *[Symbol.asyncIterator]() {
      const counts = { lines: 0, pairs: 0, empty: 0, long: 0 };
      for await (const pair of open()) {
        counts.lines++;
        const problem = problemOf(pair);
        if (problem === undefined) {
          counts.pairs++;
          yield pair;
          continue;
        }
        if ((problem === 'empty' ? empty : long) === 'error') {
          throw new Error(
            `${name}, line ${pair.line}: ${
              problem === 'empty' ? 'one side is empty' : `one side has more than ${maximumWords} words`
            }. Mend the file, or pass { ${problem}: 'skip' } to leave such pairs out.`,
          );
        }
        counts[problem]++;
        onSkip?.(pair, problem);
      }
      onEnd?.(counts);
    },
  };
}

function hasMoreWords(text: string, most: number): boolean {
  // n words have at least n - 1 spaces between them.
  if (text.length < 2 * most) return false;
  return text.trim().split(/\s+/u).length > most;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
