// What Python calls white space: the separators 1C-1F and next line are in it, the byte order mark is not.
const SPACE = '[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const SPACES = new RegExp(`${SPACE}+`, 'u');
const SPACES_AT_END = new RegExp(`${SPACE}+$`, 'u');

/** The words between white space. */
export function splitOnSpace(text: string): string[] {
  return text.split(SPACES).filter((word) => word !== '');
}

export function trimEndOfSpace(text: string): string {
  return text.replace(SPACES_AT_END, '');
}

/** How often each run of `order` tokens stands in a sequence. */
export function countNgramsOf(
  tokens: readonly string[],
  order: number,
  separator: string,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (let from = 0; from + order <= tokens.length; from++) {
    const ngram = tokens.slice(from, from + order).join(separator);
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

export function totalOf(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

/** Occurrences that both have: the sum of the smaller counts. */
export function commonOf(counts: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): number {
  let common = 0;
  for (const [ngram, count] of counts) common += Math.min(count, others.get(ngram) ?? 0);
  return common;
}

/** One reference or several for each hypothesis, as a list a hypothesis. @throws RangeError on unequal counts or none */
export function pairReferences(
  metric: string,
  hypotheses: readonly string[],
  references: readonly (string | readonly string[])[],
): (readonly string[])[] {
  if (hypotheses.length !== references.length || hypotheses.length === 0) {
    throw new RangeError(
      `${metric}: ${hypotheses.length} hypotheses for ${references.length} references; give equally many, at least one ` +
        '(several references of one sentence as a list).',
    );
  }
  return references.map((given, index) => {
    const list = typeof given === 'string' ? [given] : given;
    if (list.length === 0)
      throw new RangeError(`${metric}: sentence ${index} has no reference; expected at least one.`);
    return list;
  });
}

/** Number of references as a signature states it. */
export function referenceCount(references: readonly (readonly string[])[]): string {
  const counts = new Set(references.map((list) => list.length));
  return counts.size === 1 ? String([...counts][0]) : 'var';
}

/**
 * A number with a fixed count of decimals, a tie going to the even digit, as Python prints it (toFixed rounds it up: 6.25
 * would be 6.3 here and 6.2 there).
 */
export function printFixed(value: number, decimals: number): string {
  const scale = 10 ** decimals;
  const below = Math.floor(value * scale);
  // Halfway between two such decimals only where 5^decimals divides it: all else is not exact in binary.
  const tie =
    value * scale - below === 0.5 && (2 * below + 1) % 5 ** decimals === 0 && (below + 0.5) / scale === value;
  return tie && below % 2 === 0 ? (below / scale).toFixed(decimals) : value.toFixed(decimals);
}
