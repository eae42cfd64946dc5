/** Ids of the special tokens: the same in every vocabulary, so that padding can be masked without asking which. */
export const PADDING = 0;
export const START = 1;
export const END = 2;
export const UNKNOWN = 3;

/** The tokens of the first four ids. */
export const SPECIALS = ['<padding>', '<start>', '<end>', '<unknown>'] as const;

/** What a token is: a character, a word, or a part of a word that byte-pair merges made. */
export type TokeniserKind = 'character' | 'word' | 'byte-pair';

export interface EncodeOptions {
  /** What to do with a token that is not in the vocabulary. Default `'error'`: a silent unknown hides a typing mistake. */
  readonly unknown?: 'error' | 'id';
  /** Put the start id before. Default false. */
  readonly start?: boolean;
  /** Put the end id after. Default false. */
  readonly end?: boolean;
}

/** What all kinds save; the byte-pair kind adds its merges. */
export interface TokeniserData {
  readonly kind: TokeniserKind;
  /** Token of each id; the first four are the specials. */
  readonly tokens: readonly string[];
  /** How often each token stood in the texts it was made of, specials 0; where it was counted. */
  readonly counts?: readonly number[];
  /** Number of tokens after the first four that are special too: no text gives them. Default 0. */
  readonly extraSpecials?: number;
}

/** Text to ids and back, whatever a token is. */
export interface Tokeniser extends TokeniserData {
  /** Number of ids, specials included. */
  readonly size: number;
  /** Cuts a text into tokens, as `encode` does. */
  tokenise(text: string): string[];
  /** Text to ids. @throws RangeError that names the unknown tokens and where they stand */
  encode(text: string, options?: EncodeOptions): number[];
  /** Ids to text: stops at the end id, leaves padding and start out. @throws RangeError on an id that does not exist */
  decode(ids: ArrayLike<number>): string;
  /** Id of a token, specials too. @throws RangeError where there is none */
  idOf(token: string): number;
  toJSON(): TokeniserData;
}

/** Order by code point, not by UTF-16 unit: the units of a pair stand for characters above all single ones. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const difference = rankOfUnit(a.charCodeAt(at)) - rankOfUnit(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function rankOfUnit(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The parts that every kind shares: the table of ids, errors of unknown tokens, specials around the ids. */
export function tokenTable(data: TokeniserData) {
  const { kind, tokens, counts, extraSpecials = 0 } = data;
  checkData(data);
  const specials = SPECIALS.length + extraSpecials;
  // Specials are no text: a learner who types "<end>" must not end the sentence.
  const ids = new Map(tokens.slice(specials).map((token, index) => [token, index + specials]));
  const special = new Map(tokens.slice(0, specials).map((token, id) => [token, id]));
  if (new Set(tokens).size !== tokens.length)
    throw new Error('Not a vocabulary: a token stands in it twice.');

  return {
    ids,
    data: {
      kind,
      tokens,
      ...(counts === undefined ? {} : { counts }),
      ...(extraSpecials === 0 ? {} : { extraSpecials }),
    },
    idOf(token: string): number {
      const id = special.get(token) ?? ids.get(token);
      if (id === undefined)
        throw new RangeError(`No id for ${describe(token)}: it is none of the ${tokens.length} tokens.`);
      return id;
    },
    /** Ids of the pieces of a text. */
    encodePieces(
      text: string,
      pieces: readonly string[],
      { unknown = 'error', start = false, end = false }: EncodeOptions,
    ): number[] {
      const strange = pieces.flatMap((token, at) => (ids.has(token) ? [] : [`${describe(token)} at ${at}`]));
      if (unknown === 'error' && strange.length > 0) {
        const known = kind === 'character' ? ` (${[...ids.keys()].join('')})` : '';
        throw new RangeError(
          `${JSON.stringify(text)} holds ${kind === 'byte-pair' ? 'parts' : `${kind}s`} that the vocabulary does not know: ` +
            `${strange.join(', ')}. Spell it with the ${ids.size} known ones${known}, ` +
            "bring it to the normal spelling with normaliseText, or pass { unknown: 'id' }.",
        );
      }
      const body = pieces.map((token) => ids.get(token) ?? UNKNOWN);
      return [...(start ? [START] : []), ...body, ...(end ? [END] : [])];
    },
    /** Tokens of ids up to the end. */
    tokensOf(encoded: ArrayLike<number>): string[] {
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
      return pieces;
    },
  };
}

function checkData({ kind, tokens, counts, extraSpecials = 0 }: TokeniserData): void {
  if (SPECIALS.some((special, id) => tokens?.[id] !== special)) {
    throw new Error(
      `Not a vocabulary: expected tokens that begin with ${SPECIALS.join(' ')}; ` +
        `got kind ${JSON.stringify(kind)} and ${JSON.stringify(tokens?.slice(0, 4))}.`,
    );
  }
  if (counts !== undefined && counts.length !== tokens.length)
    throw new Error(`Not a vocabulary: ${counts.length} counts for ${tokens.length} tokens.`);
  if (
    !Number.isInteger(extraSpecials) ||
    extraSpecials < 0 ||
    extraSpecials > tokens.length - SPECIALS.length
  ) {
    throw new Error(
      `Not a vocabulary: ${extraSpecials} more specials, expected 0 to ${tokens.length - SPECIALS.length}.`,
    );
  }
}

function describe(token: string): string {
  const points = Array.from(token, (character) =>
    character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0'),
  );
  return points.length === 1 ? `"${token}" (U+${points[0]})` : `"${token}"`;
}
