/** What a caption says of two objects, by their numbers in the caption. */
export interface SceneRelation {
  readonly first: number;
  readonly kind: 'left of' | 'above';
  readonly second: number;
}

/** Where an object stands: cells counted from 0, from the top left. */
export interface ScenePlace {
  readonly name: string;
  readonly row: number;
  readonly column: number;
}

/** A caption word by word. */
export interface SceneCaption {
  readonly words: readonly string[];
  /** Which object each word names, by its number in reading order; null for the words between. */
  readonly named: readonly (number | null)[];
}

/** How the objects of a scene stand: all in one row, all in one column, or one with another to its right and one below it. */
export type SceneLayout = 'row' | 'column' | 'corner';

/**
 * The one caption that the grammar has for some objects:
 *
 *     a circle left of a cross                  two in a row
 *     a circle above a cross                    two in a column
 *     a circle left of a cross and a ring       three in a row, from left to right
 *     a circle above a cross and a ring         three in a column, from the top
 *     a circle left of a cross and above a ring the circle at the corner
 *
 * @param objects two or three, in any order
 * @returns the words, and the objects' numbers in the order in which it names them
 * @throws RangeError where the objects stand in none of these ways
 */
export function describeScene(objects: readonly ScenePlace[]): SceneCaption & {
  readonly layout: SceneLayout;
  /** order[k]: the number, in `objects`, of what the caption names as number k. */
  readonly order: readonly number[];
} {
  const order = objects.map((_, k) => k).sort((a, b) => reading(objects[a]!, objects[b]!));
  const sorted = order.map((k) => objects[k]!);
  const layout = layoutOf(sorted);
  const [first, second, third] = sorted;
  const relation = layout === 'column' ? ABOVE : LEFT_OF;
  const parts: (readonly string[] | number)[] = [0, relation, 1];
  if (third !== undefined) parts.push(['and'], ...(layout === 'corner' ? [ABOVE] : []), 2);
  const words: string[] = [];
  const named: (number | null)[] = [];
  for (const part of parts) {
    const said = typeof part === 'number' ? withArticle([first!, second!, third!][part]!.name) : part;
    words.push(...said);
    named.push(...said.map((_, k) => (typeof part === 'number' && k === 1 ? part : null)));
  }
  return { words, named, layout, order };
}

const LEFT_OF = ['left', 'of'];
const ABOVE = ['above'];
const withArticle = (name: string) => [/^[aeiou]/.test(name) && name !== 'one' ? 'an' : 'a', name];
const reading = (a: ScenePlace, b: ScenePlace) => a.row - b.row || a.column - b.column;

/** @param sorted in reading order */
function layoutOf(sorted: readonly ScenePlace[]): SceneLayout {
  const [first, second, third] = sorted;
  const all = (field: 'row' | 'column') => sorted.every((object) => object[field] === first![field]);
  const apart = sorted.every((object, k) => k === 0 || reading(sorted[k - 1]!, object) !== 0);
  if (apart && (sorted.length === 2 || sorted.length === 3)) {
    if (all('row')) return 'row';
    if (all('column')) return 'column';
    if (third !== undefined && second!.row === first!.row && third.column === first!.column) return 'corner';
  }
  const places = sorted.map(({ name, row, column }) => `${name} at row ${row}, column ${column}`).join('; ');
  throw new RangeError(
    'describeScene: expected two or three objects in one row or in one column, or one with another to its right and ' +
      `one below it; got ${places || 'none'}.`,
  );
}

/**
 * What a caption says: its objects and every relation between two of them.
 *
 * @param words as `describeScene` makes them; what a network wrote may be no sentence of the grammar
 * @returns null where they are none
 */
export function parseSceneCaption(words: readonly string[]): {
  readonly names: readonly string[];
  readonly relations: readonly SceneRelation[];
  readonly layout: SceneLayout;
} | null {
  let at = 0;
  const take = (...expected: readonly string[]): boolean => {
    if (!expected.every((word, k) => words[at + k] === word)) return false;
    at += expected.length;
    return true;
  };
  const names: string[] = [];
  const object = (): boolean => {
    const [article, name] = words.slice(at, at + 2);
    if (name === undefined || NOT_NAMES.has(name) || withArticle(name)[0] !== article) return false;
    names.push(name);
    at += 2;
    return true;
  };
  const relation = (): SceneRelation['kind'] | null =>
    take(...LEFT_OF) ? 'left of' : take(...ABOVE) ? 'above' : null;

  if (!object()) return null;
  const kind = relation();
  if (kind === null || !object()) return null;
  const relations: SceneRelation[] = [{ first: 0, kind, second: 1 }];
  let layout: SceneLayout = kind === 'above' ? 'column' : 'row';
  if (take('and')) {
    const other = relation();
    if (!object()) return null;
    if (other !== null) {
      if (kind !== 'left of' || other !== 'above') return null;
      layout = 'corner';
      relations.push({ first: 0, kind: 'above', second: 2 });
    } else {
      relations.push({ first: 0, kind, second: 2 }, { first: 1, kind, second: 2 });
    }
  }
  return at === words.length ? { names, relations, layout } : null;
}

const NOT_NAMES = new Set(['a', 'an', 'left', 'of', 'above', 'and']);
