import { keyOf, learnMerges, type Merge, mergeSymbols, symbolsOf } from './byte-pair-merges.js';
import { END_OF_WORD, type PieceSplit, piecesOf, textOfSymbols } from './pieces.js';
import {
  compareText,
  type EncodeOptions,
  SPECIALS,
  type Tokeniser,
  type TokeniserData,
  tokenTable,
  UNKNOWN,
} from './tokeniser.js';

/** A byte-pair tokeniser as plain data: JSON holds all of it. */
export interface BytePairData extends TokeniserData {
  readonly kind: 'byte-pair';
  readonly split: PieceSplit;
  /** In the order in which they were learnt, which is the order in which they are applied. */
  readonly merges: readonly Merge[];
}

export interface BytePairOptions {
  /** Most merges: the vocabulary has this many tokens, two for each character, and the specials. */
  readonly merges: number;
  /** Pairs seen less often are not merged. */
  readonly minimumCount: number;
  readonly split: PieceSplit;
  /** Special tokens beside the four, such as `<de>` for a language: text never gives them, `idOf` does. */
  readonly specials: readonly string[];
}

export const defaultBytePair: BytePairOptions = {
  merges: 4000, // a small corpus (tens of thousands of sentences): most words whole, rare ones in parts
  minimumCount: 2, // a pair seen once teaches nothing about other words
  split: 'punctuation', // a word before a full stop is the word elsewhere
  specials: [], // a translator needs no more than the four
};

export interface BytePairTokeniser extends Tokeniser {
  readonly kind: 'byte-pair';
  readonly split: PieceSplit;
  readonly merges: readonly Merge[];
  toJSON(): BytePairData;
}

/**
 * Learns a byte-pair tokeniser (Sennrich, Haddow and Birch 2016, section 3.2): words begin as characters, and the most
 * frequent pairs of neighbours become symbols, so frequent words are one token and any other is written with parts of it.
 * Symbols are characters, not bytes, as in the paper; a character that was never seen is unknown. For two languages with
 * common names give the texts of both and use one tokeniser.
 *
 * @throws RangeError when the texts hold no word, or an option is out of range
 */
export function createBytePair(
  texts: Iterable<string>,
  options: Partial<BytePairOptions> = {},
): BytePairTokeniser {
  const counter = bytePairCounter(options);
  for (const text of typeof texts === 'string' ? [texts] : texts) counter.add(text);
  return counter.tokeniser();
}

/** Counts the words of texts that come one by one, such as from a file larger than memory; only the counts stay. */
export function bytePairCounter(options: Partial<BytePairOptions> = {}): {
  add(text: string): void;
  /** Learns from what was added. @throws RangeError when it holds no word */
  tokeniser(): BytePairTokeniser;
} {
  const full = { ...defaultBytePair, ...options };
  checkOptions(full);
  const words = new Map<string, number>();
  return {
    add(text) {
      for (const piece of piecesOf(text, full.split)) words.set(piece, (words.get(piece) ?? 0) + 1);
    },
    tokeniser() {
      if (words.size === 0)
        throw new RangeError('No byte-pair tokeniser of no words: expected texts with at least one.');
      const merges = learnMerges(words, full);
      const characters = [...new Set([...words.keys()].flatMap((word) => Array.from(word)))].sort(
        compareText,
      );
      // Both forms of each, so that any word of known characters can be written.
      const symbols = characters.flatMap((character) => [character, character + END_OF_WORD]);
      const named = [...SPECIALS, ...full.specials];
      const tokens = [...new Set([...named, ...symbols, ...merges.map(([left, right]) => left + right)])];
      const counts = countTokens(words, merges);
      return bytePairFrom({
        kind: 'byte-pair',
        split: full.split,
        tokens,
        counts: tokens.map((token, id) => (id < named.length ? 0 : (counts.get(token) ?? 0))),
        extraSpecials: full.specials.length,
        merges,
      });
    },
  };
}

/** Brings back a byte-pair tokeniser from its plain data. @throws Error when the data are not one's */
export function bytePairFrom(data: BytePairData): BytePairTokeniser {
  const { kind, split, merges, tokens } = data;
  if (kind !== 'byte-pair' || !Array.isArray(merges) || (split !== 'spaces' && split !== 'punctuation')) {
    throw new Error(
      "Not a byte-pair tokeniser: expected kind 'byte-pair', split 'spaces' or 'punctuation' and a list of merges; " +
        `got kind ${JSON.stringify(kind)}, split ${JSON.stringify(split)} and ${typeof merges} as merges.`,
    );
  }
  const table = tokenTable(data);
  merges.forEach(([left, right], index) => {
    if (!table.ids.has(left + right))
      throw new Error(
        `Not a byte-pair tokeniser: merge ${index} gives "${left}${right}", which is no token.`,
      );
  });
  const segment = segmenter(merges);
  const tokenise = (text: string) => piecesOf(text, split).flatMap(segment);
  const plain: BytePairData = { ...table.data, kind, split, merges };
  return {
    ...plain,
    size: tokens.length,
    tokenise,
    encode: (text: string, options: EncodeOptions = {}) => table.encodePieces(text, tokenise(text), options),
    decode: (ids) =>
      textOfSymbols(
        // What was unknown closes its word, as most such characters are words of their own.
        table.tokensOf(ids).map((token) => (token === SPECIALS[UNKNOWN] ? token + END_OF_WORD : token)),
      ),
    idOf: table.idOf,
    toJSON: () => plain,
  };
}

/** Words whose parts are remembered: a text repeats few thousand, and the oldest make room. */
const REMEMBERED_WORDS = 50_000;

/** Cuts a word by the merges in the order in which they were learnt. */
function segmenter(merges: readonly Merge[]): (word: string) => readonly string[] {
  const ranks = new Map(merges.map(([left, right], rank) => [keyOf(left, right), rank]));
  const remembered = new Map<string, readonly string[]>();
  return (word) => {
    const known = remembered.get(word);
    if (known !== undefined) return known;
    let symbols = symbolsOf(word);
    for (;;) {
      const first = firstMerge(symbols, ranks);
      if (first === undefined) break;
      symbols = mergeSymbols(symbols, ...merges[first]!);
    }
    if (remembered.size >= REMEMBERED_WORDS) remembered.delete(remembered.keys().next().value!);
    remembered.set(word, symbols);
    return symbols;
  };
}

function firstMerge(symbols: readonly string[], ranks: ReadonlyMap<string, number>): number | undefined {
  let first: number | undefined;
  for (let at = 0; at + 1 < symbols.length; at++) {
    const rank = ranks.get(keyOf(symbols[at]!, symbols[at + 1]!));
    if (rank !== undefined && (first === undefined || rank < first)) first = rank;
  }
  return first;
}

function countTokens(words: ReadonlyMap<string, number>, merges: readonly Merge[]): Map<string, number> {
  const segment = segmenter(merges);
  const counts = new Map<string, number>();
  for (const [word, count] of words) {
    for (const token of segment(word)) counts.set(token, (counts.get(token) ?? 0) + count);
  }
  return counts;
}

function checkOptions({ merges, minimumCount, split }: BytePairOptions): void {
  if (!Number.isSafeInteger(merges) || merges < 0)
    throw new RangeError(`createBytePair: merges ${merges}; expected a whole number from 0.`);
  if (!Number.isSafeInteger(minimumCount) || minimumCount < 1)
    throw new RangeError(`createBytePair: minimumCount ${minimumCount}; expected a whole number above 0.`);
  if (split !== 'spaces' && split !== 'punctuation')
    throw new RangeError(`createBytePair: split "${split}"; expected 'spaces' or 'punctuation'.`);
}
