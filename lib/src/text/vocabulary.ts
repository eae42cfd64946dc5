/** Ids of the special tokens: the same in every vocabulary, so that padding can be masked without asking which. */
export const PADDING = 0;
export const START = 1;
export const END = 2;
export const UNKNOWN = 3;

const SPECIALS = ['<padding>', '<start>', '<end>', '<unknown>'] as const;

export type TokenKind = 'character' | 'word';

/** A vocabulary as plain data: goes into a checkpoint's metadata and comes back through `vocabularyFrom`. */
export interface VocabularyData {
  readonly kind: TokenKind;
  /** Token of each id; the first four are the specials. */
  readonly tokens: readonly string[];
}

export interface VocabularyOptions {
  /** What a token is. */
  readonly kind: TokenKind;
  /** Rarer tokens become unknown. 1: every token seen is kept. */
  readonly minimumCount: number;
  /** Most tokens kept, specials not counted; the most frequent win. Infinity: all. */
  readonly maximumSize: number;
}

export const DEFAULT_VOCABULARY: VocabularyOptions = {
  kind: 'character', // needs no idea of what a word is in a language
  minimumCount: 1, // small corpora: nothing to spare
  maximumSize: Number.POSITIVE_INFINITY,
};

export interface EncodeOptions {
  /** What to do with a token that is not in the vocabulary. Default `'error'`: a silent unknown hides a typing mistake. */
  readonly unknown?: 'error' | 'id';
  /** Put the start id before. Default false. */
  readonly start?: boolean;
  /** Put the end id after. Default false. */
  readonly end?: boolean;
}

export interface Vocabulary extends VocabularyData {
  /** Number of ids, specials included. */
  readonly size: number;
  /** Cuts a text into tokens, as `encode` does. */
  tokenise(text: string): string[];
  /** Text to ids. @throws RangeError that names the unknown tokens and where they stand */
  encode(text: string, options?: EncodeOptions): number[];
  /** Ids to text: stops at the end id, leaves padding and start out. @throws RangeError on an id that does not exist */
  decode(ids: ArrayLike<number>): string;
  toJSON(): VocabularyData;
}

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
  const { kind, minimumCount, maximumSize } = { ...DEFAULT_VOCABULARY, ...options };
  // A string is an iterable of its characters: harmless for characters, nonsense for words.
  const list = typeof texts === 'string' ? [texts] : texts;
  const counts = new Map<string, number>();
  for (const text of list) {
    for (const token of tokenise(text, kind)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const byCount = [...counts]
    .filter(([, count]) => count >= minimumCount)
    .sort(([a, m], [b, n]) => n - m || compare(a, b))
    .slice(0, maximumSize)
    .map(([token]) => token);
  if (byCount.length === 0) {
    throw new RangeError(
      `No token is left of ${counts.size} seen: expected text, minimumCount (${minimumCount}) no larger than the counts, ` +
        `and maximumSize (${maximumSize}) of at least 1.`,
    );
  }
  return vocabularyFrom({
    kind,
    tokens: [...SPECIALS, ...(kind === 'character' ? byCount.sort(compare) : byCount)],
  });
}

/** Brings back a vocabulary from its plain data. @throws Error when the data are not a vocabulary's */
export function vocabularyFrom({ kind, tokens }: VocabularyData): Vocabulary {
  if ((kind !== 'character' && kind !== 'word') || SPECIALS.some((special, id) => tokens?.[id] !== special)) {
    throw new Error(
      `Not a vocabulary: expected kind 'character' or 'word' and tokens that begin with ${SPECIALS.join(' ')}; ` +
        `got kind ${JSON.stringify(kind)} and ${JSON.stringify(tokens?.slice(0, 4))}.`,
    );
  }
  // Specials are no text: a learner who types "<end>" must not end the sentence.
  const ids = new Map(tokens.slice(SPECIALS.length).map((token, index) => [token, index + SPECIALS.length]));
  if (ids.size !== tokens.length - SPECIALS.length)
    throw new Error('Not a vocabulary: a token stands in it twice.');

  function encode(
    text: string,
    { unknown = 'error', start = false, end = false }: EncodeOptions = {},
  ): number[] {
    const pieces = tokenise(text, kind);
    const strange = pieces.flatMap((token, at) => (ids.has(token) ? [] : [`${describe(token)} at ${at}`]));
    if (unknown === 'error' && strange.length > 0) {
      throw new RangeError(
        `${JSON.stringify(text)} holds ${kind}s that the vocabulary does not know: ${strange.join(', ')}. ` +
          `Spell it with the ${ids.size} known ones${kind === 'character' ? ` (${[...ids.keys()].join('')})` : ''}, ` +
          "bring it to the normal spelling with normaliseText, or pass { unknown: 'id' }.",
      );
    }
    const body = pieces.map((token) => ids.get(token) ?? UNKNOWN);
    return [...(start ? [START] : []), ...body, ...(end ? [END] : [])];
  }
  function decode(encoded: ArrayLike<number>): string {
    const pieces: string[] = [];
    for (const id of Array.from(encoded)) {
      const token = tokens[id];
      if (token === undefined)
        throw new RangeError(
          `No token has id ${id}: expected a whole number from 0 to ${tokens.length - 1}.`,
        );
      if (id === END) break;
      if (id !== PADDING && id !== START) pieces.push(token);
    }
    return pieces.join(kind === 'character' ? '' : ' ');
  }
  return {
    kind,
    tokens,
    size: tokens.length,
    tokenise: (text) => tokenise(text, kind),
    encode,
    decode,
    toJSON: () => ({ kind, tokens }),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function describe(token: string): string {
  const points = Array.from(token, (character) =>
    character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0'),
  );
  return points.length === 1 ? `"${token}" (U+${points[0]})` : `"${token}"`;
}
