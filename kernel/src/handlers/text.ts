/** The protocol counts Unicode characters, JavaScript UTF-16 units. */
export function toUnits(text: string, characters: number): number {
  let units = 0;
  for (const character of text) {
    if (characters-- <= 0) break;
    units += character.length;
  }
  return units;
}

/** The inverse of `toUnits`. */
export function toCharacters(text: string, units: number): number {
  return [...text.slice(0, units)].length;
}
