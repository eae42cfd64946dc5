import {
  compareText,
  type EncodeOptions,
  SPECIALS,
  type Tokeniser,
  type TokeniserData,
  tokenTable,
} from './tokeniser.js';

export { END, type EncodeOptions, PADDING, START, UNKNOWN } from './tokeniser.js';

export type TokenKind = 'character' | 'word';

/** A vocabulary as plain data: goes into a checkpoint's metadata and comes back through `vocabularyFrom`. */
export interface VocabularyData extends TokeniserData {
  readonly kind: TokenKind;
}

export interface VocabularyOptions {
  /** What a token is. */
  readonly kind: TokenKind;
  /** Rarer tokens become unknown. 1: every token seen is kept. */
  readonly minimumCount: number;
  /** Most tokens kept, specials not counted; the most frequent win. Infinity: all. */
  readonly maximumSize: number;
  /** Special tokens beside the four, such as `<de>` for a language: text never gives them, `idOf` does. */
  readonly specials: readonly string[];
}

export const DEFAULT_VOCABULARY: VocabularyOptions = {
  kind: 'character', // needs no idea of what a word is in a language
  minimumCount: 1, // small corpora: nothing to spare
  maximumSize: Number.POSITIVE_INFINITY,
  specials: [], // a translator needs no more than the four
};

/** The tokeniser of characters or words. Wherever one is wanted a byte-pair tokeniser serves too. */
export type Vocabulary = Tokeniser;

/** Characters are code points of the text; words are runs of letters and digits (don't, 10-year), else one sign each. */
export function tokenise(text: string, kind: TokenKind): string[] {
  if (kind === 'character') return Array.from(text);
  return text.match(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[^\s]/gu) ?? [];
}

/**
 * The vocabulary of some texts: characters in code point order, words by falling count (ties in code point order).
 *
 * @throws RangeError when no token remains
 */
export function createVocabulary(
  texts: Iterable<string>,
  options: Partial<VocabularyOptions> = {},
): Vocabulary {
  const full = { ...DEFAULT_VOCABULARY, ...options };
  const counter = vocabularyCounter(full);
  // A string is an iterable of its characters: harmless for characters, nonsense for words.
  for (const text of typeof texts === 'string' ? [texts] : texts) counter.add(text);
  return counter.vocabulary();
}

/** Counts the tokens of texts that come one by one, such as from a file larger than memory. */
export function vocabularyCounter(options: Partial<VocabularyOptions> = {}): {
  add(text: string): void;
  /** The vocabulary of what was added. @throws RangeError when no token remains */
  vocabulary(): Vocabulary;
} {
  const { kind, minimumCount, maximumSize, specials } = { ...DEFAULT_VOCABULARY, ...options };
  const counts = new Map<string, number>();
  return {
    add(text) {
      for (const token of tokenise(text, kind)) counts.set(token, (counts.get(token) ?? 0) + 1);
    },
    vocabulary() {
      const kept = [...counts]
        .filter(([, count]) => count >= minimumCount)
        .sort(([a, m], [b, n]) => n - m || compareText(a, b))
        .slice(0, maximumSize)
        .map(([token]) => token);
      if (kept.length === 0) {
        throw new RangeError(
          `No token is left of ${counts.size} seen: expected text, minimumCount (${minimumCount}) no larger than the counts, ` +
            `and maximumSize (${maximumSize}) of at least 1.`,
        );
      }
      const named = [...SPECIALS, ...specials];
      if (kind === 'character') kept.sort(compareText);
      return vocabularyFrom({
        kind,
        tokens: [...named, ...kept],
        counts: [...named.map(() => 0), ...kept.map((token) => counts.get(token)!)],
        extraSpecials: specials.length,
      });
    },
  };
}

/** Brings back a vocabulary from its plain data. @throws Error when the data are not a vocabulary's */
export function vocabularyFrom(data: VocabularyData): Vocabulary {
  const { kind, tokens } = data;
  if (kind !== 'character' && kind !== 'word') {
    throw new Error(
      `Not a vocabulary: expected kind 'character' or 'word' and tokens that begin with ${SPECIALS.join(' ')}; ` +
        `got kind ${JSON.stringify(kind)} and ${JSON.stringify(tokens?.slice(0, 4))}.`,
    );
  }
  const table = tokenTable(data);
  return {
    ...table.data,
    size: tokens.length,
    tokenise: (text) => tokenise(text, kind),
    encode: (text: string, options: EncodeOptions = {}) =>
      table.encodePieces(text, tokenise(text, kind), options),
    decode: (ids) => table.tokensOf(ids).join(kind === 'character' ? '' : ' '),
    idOf: table.idOf,
    toJSON: () => table.data,
  };
}
