/**
 * Checks sizes such as units or looks.
 *
 * @param owner what they are sizes of, for the message
 * @throws naming the first one that is no integer of at least `least`
 */
export function checkSizes(
  owner: string,
  sizes: { readonly [name: string]: number | undefined },
  least = 1,
): void {
  const expected = least === 1 ? 'a positive integer' : `an integer of at least ${least}`;
  for (const [name, value] of Object.entries(sizes))
    if (!(Number.isSafeInteger(value) && value! >= least))
      throw new Error(`${owner}: ${name} must be ${expected}, got ${value}`);
}

/**
 * Checks a choice between words. Types do so too, but a notebook runs without them, and an unknown word would be taken for some
 * other choice in silence.
 *
 * @throws naming what is known
 */
export function checkOneOf(owner: string, name: string, value: unknown, known: readonly string[]): void {
  if (!known.includes(value as string))
    throw new Error(`${owner}: ${name} must be one of ${known.join(', ')}, got ${JSON.stringify(value)}`);
}
