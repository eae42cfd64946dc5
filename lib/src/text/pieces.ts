import { tokenise } from './vocabulary.js';

/** Closes the last symbol of every piece, as in the paper. */
export const END_OF_WORD = '</w>';

/** Says that there was no space on this side of the piece. */
export const JOINER = '￭';

/**
 * What merges never cross: `spaces` takes the words between white space, as the paper does with tokenised text;
 * `punctuation` also cuts signs off words, and marks them, so that the text can be put together again.
 */
export type PieceSplit = 'spaces' | 'punctuation';

/**
 * Cuts a text into pieces: `a "dog".` gives `a`, `"￭`, `dog`, `￭"`, `￭.`, so that `dog` is the same piece everywhere. The two
 * marks themselves are read as U+FFFD where they stand in the text.
 */
export function piecesOf(text: string, split: PieceSplit): string[] {
  const clean = text.replaceAll(JOINER, '\ufffd').replaceAll(END_OF_WORD, '\ufffd');
  const words = clean.split(/\s+/u).filter((word) => word !== '');
  return split === 'spaces' ? words : words.flatMap(withoutPunctuation);
}

function withoutPunctuation(word: string): string[] {
  const pieces: string[] = [];
  for (const piece of tokenise(word, 'word')) {
    if (pieces.length === 0) pieces.push(piece);
    // Two runs of letters never touch, so one of any two neighbours is a sign: that one is marked.
    else if (/[\p{L}\p{M}\p{N}]/u.test(piece)) {
      pieces[pieces.length - 1] += JOINER;
      pieces.push(piece);
    } else pieces.push(JOINER + piece);
  }
  return pieces;
}

/** The text of symbols, pieces closed by the end-of-word mark; the marks of punctuation take the space away. */
export function textOfSymbols(symbols: readonly string[]): string {
  return symbols
    .join('')
    .replaceAll(END_OF_WORD, ' ')
    .replaceAll(` ${JOINER}`, '')
    .replaceAll(`${JOINER} `, '')
    .replaceAll(JOINER, '')
    .trim();
}
