/** Share of predictions that are equal to what was expected, character for character. @throws RangeError on unequal counts or none */
export function exactMatch(predicted: readonly string[], expected: readonly string[]): number {
  if (predicted.length !== expected.length || expected.length === 0) {
    throw new RangeError(
      `Cannot match ${predicted.length} predictions with ${expected.length} expected texts: give equally many, at least one.`,
    );
  }
  return predicted.filter((text, index) => text === expected[index]).length / expected.length;
}

/**
 * Share of the expected tokens that stand at their place; a prediction that ends early misses the rest, and what it has
 * beyond the expected end is not counted. The hard measure beside it is `exactMatch`.
 *
 * @throws RangeError on unequal counts of sequences, or no expected token
 */
export function tokenAccuracy(
  predicted: readonly ArrayLike<unknown>[],
  expected: readonly ArrayLike<unknown>[],
): number {
  if (predicted.length !== expected.length) {
    throw new RangeError(
      `Token accuracy: ${predicted.length} predictions for ${expected.length} expected sequences; give equally many.`,
    );
  }
  let right = 0;
  let total = 0;
  expected.forEach((tokens, row) => {
    total += tokens.length;
    for (let at = 0; at < tokens.length; at++) {
      if (at < predicted[row]!.length && predicted[row]![at] === tokens[at]) right++;
    }
  });
  if (total === 0) throw new RangeError('Token accuracy of no tokens is not defined: expected at least one.');
  return right / total;
}

/**
 * Levenshtein distance: the fewest insertions, deletions and replacements that turn one sequence into the other.
 * Strings are compared by code point.
 */
export function editDistance<Token>(a: string | readonly Token[], b: string | readonly Token[]): number {
  const from: readonly unknown[] = Array.from(a as Iterable<unknown>);
  const to: readonly unknown[] = Array.from(b as Iterable<unknown>);
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  from.forEach((token, i) => {
    const next = [i + 1];
    to.forEach((other, j) => {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (token === other ? 0 : 1)));
    });
    row = next;
  });
  return row[to.length]!;
}
