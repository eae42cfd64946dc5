export interface UnknownWords {
  /** What stands for a word outside of the vocabulary; default `<unknown>`. */
  readonly unknown?: string;
  /** Translations of source words; a word that is not in it is copied, which is right for most names and numbers. */
  readonly dictionary?: ReadonlyMap<string, string>;
}

/**
 * Puts words in the place of the unknown ones of a translation: the dictionary's word, or the word itself, for the source
 * word that the output paid most (Luong, Sutskever et al. 2015, section 3.3, with alpha for their pointers as in Jean et al.
 * 2015).
 *
 * @param tokens of the translation
 * @param alpha one row a token, weights over the tokens of the source
 * @param source tokens of the source as they were written
 * @throws where there is not one row of alpha a token, or a row reaches past the source
 */
export function replaceUnknown(
  tokens: readonly string[],
  alpha: readonly ArrayLike<number>[],
  source: readonly string[],
  options: UnknownWords = {},
): string[] {
  const { unknown = '<unknown>', dictionary } = options;
  if (alpha.length !== tokens.length)
    throw new Error(
      `replaceUnknown: expected ${tokens.length} rows of alpha, one a token, got ${alpha.length}`,
    );
  return tokens.map((token, t) => {
    if (token !== unknown) return token;
    const place = largest(alpha[t]!);
    const word = source[place];
    if (word === undefined)
      throw new Error(
        `replaceUnknown: token ${t} looks at position ${place}, the source has ${source.length} tokens`,
      );
    return dictionary?.get(word) ?? word;
  });
}

/** Place of the largest, the first of equals. */
function largest(weights: ArrayLike<number>): number {
  let best = 0;
  for (let n = 1; n < weights.length; n++) if (weights[n]! > weights[best]!) best = n;
  return best;
}
