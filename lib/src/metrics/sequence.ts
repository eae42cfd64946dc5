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
