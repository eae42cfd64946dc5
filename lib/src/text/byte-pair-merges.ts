import { END_OF_WORD } from './pieces.js';
import { compareText } from './tokeniser.js';

/** Two symbols that become one. */
export type Merge = readonly [left: string, right: string];

export interface MergeLimits {
  /** Most merges. */
  readonly merges: number;
  /** A pair seen less often is not merged. */
  readonly minimumCount: number;
}

interface Pair {
  readonly left: string;
  readonly right: string;
  count: number;
  /** Words that may hold it: some may have lost it since. */
  readonly words: Set<Word>;
}

interface Word {
  symbols: readonly string[];
  readonly count: number;
}

/** A word as its characters, the last one closed by the end-of-word mark. */
export function symbolsOf(word: string): string[] {
  const symbols = Array.from(word);
  symbols[symbols.length - 1] += END_OF_WORD;
  return symbols;
}

/** Joins each occurrence of a pair, from left to right. */
export function mergeSymbols(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let at = 0; at < symbols.length; at++) {
    if (symbols[at] === left && symbols[at + 1] === right) {
      merged.push(left + right);
      at++;
    } else merged.push(symbols[at]!);
  }
  return merged;
}

/**
 * Learns merges (Sennrich, Haddow and Birch 2016, algorithm 1): the pair of neighbouring symbols that is seen most often
 * becomes a symbol, again and again. Of equally frequent pairs the greatest in code point order is taken, left symbol
 * first, as the authors' program does; so the order of the texts does not matter.
 *
 * The most frequent pair comes from a heap, and only words that hold it are counted anew; a pass over all words for each
 * merge, as printed in the paper, gives the same.
 */
export function learnMerges(wordCounts: ReadonlyMap<string, number>, limits: MergeLimits): Merge[] {
  const pairs = new Map<string, Pair>();
  const words = [...wordCounts].map(([word, count]): Word => ({ symbols: symbolsOf(word), count }));
  for (const word of words) countPairs(pairs, word, word.count);
  const heap = createHeap(comparePairs);
  for (const pair of pairs.values()) heap.push({ pair, count: pair.count });

  const merges: Merge[] = [];
  while (merges.length < limits.merges) {
    const top = heap.pop();
    if (top === undefined) break;
    const { pair, count } = top;
    if (pair.count !== count) continue; // pushed again since, with the count of now
    if (count < limits.minimumCount) break;
    const { left, right } = pair;
    merges.push([left, right]);
    const changed = new Set<Pair>();
    for (const word of pair.words) {
      const merged = mergeSymbols(word.symbols, left, right);
      if (merged.length === word.symbols.length) continue;
      countPairs(pairs, word, -word.count, changed);
      word.symbols = merged;
      countPairs(pairs, word, word.count, changed);
    }
    for (const each of changed) {
      if (each.count > 0) heap.push({ pair: each, count: each.count });
      else pairs.delete(keyOf(each.left, each.right));
    }
  }
  return merges;
}

/** No symbol holds a space, so one keeps two symbols apart. */
export function keyOf(left: string, right: string): string {
  return `${left} ${right}`;
}

function countPairs(pairs: Map<string, Pair>, word: Word, count: number, changed?: Set<Pair>): void {
  const { symbols } = word;
  for (let at = 0; at + 1 < symbols.length; at++) {
    const [left, right] = [symbols[at]!, symbols[at + 1]!];
    const key = keyOf(left, right);
    let pair = pairs.get(key);
    if (pair === undefined) {
      pair = { left, right, count: 0, words: new Set() };
      pairs.set(key, pair);
    }
    pair.count += count;
    pair.words.add(word);
    changed?.add(pair);
  }
}

interface Entry {
  readonly pair: Pair;
  readonly count: number;
}

/** Above 0 where the first is to be merged before. */
function comparePairs(a: Entry, b: Entry): number {
  return (
    a.count - b.count || compareText(a.pair.left, b.pair.left) || compareText(a.pair.right, b.pair.right)
  );
}

/** A binary heap: the greatest entry first. */
function createHeap(compare: (a: Entry, b: Entry) => number) {
  const items: Entry[] = [];
  const swapIfGreater = (child: number, parent: number): boolean => {
    if (compare(items[child]!, items[parent]!) <= 0) return false;
    [items[child], items[parent]] = [items[parent]!, items[child]!];
    return true;
  };
  return {
    push(entry: Entry): void {
      let at = items.push(entry) - 1;
      while (at > 0 && swapIfGreater(at, (at - 1) >> 1)) at = (at - 1) >> 1;
    },
    pop(): Entry | undefined {
      const top = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return top;
      items[0] = last;
      for (let at = 0; 2 * at + 1 < items.length; ) {
        const left = 2 * at + 1;
        const right = left + 1;
        const child = right < items.length && compare(items[right]!, items[left]!) > 0 ? right : left;
        if (!swapIfGreater(child, at)) break;
        at = child;
      }
      return top;
    },
  };
}
