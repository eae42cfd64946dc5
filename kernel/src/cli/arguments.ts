import { parseArgs } from 'node:util';

/** A wrong use of the command line: exit code 2, the message is all the user needs. */
export class UsageError extends Error {
  override name = 'UsageError';
}

type Options = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;

/** An option that was not given is absent. */
type Values<T extends Options> = { [K in keyof T]?: T[K]['type'] extends 'boolean' ? boolean : string };

/** Steps from one word to another by inserting, removing or replacing a letter (Levenshtein). */
export function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1));
    row = next;
  }
  return row[other.length]!;
}

/** The known word that a mistyped one was probably meant to be. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((one, other) => one.distance - other.distance);
  return best && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

/**
 * Reads the arguments of a command.
 *
 * @throws UsageError that names the nearest known option when one is unknown.
 */
export function readArguments<const T extends Options>(
  command: string,
  args: readonly string[],
  options: T,
): { values: Values<T>; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values: values as Values<T>, positionals };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw new UsageError(`${message}\nSee: heed ${command} --help`);
    const unknown = message.match(/'(-[^']*)'/)?.[1] ?? '';
    const guess = nearest(unknown.replace(/^-+/, '').split('=')[0]!, [...Object.keys(options), 'help']);
    throw new UsageError(
      `heed ${command} has no option ${unknown}.${guess ? ` Did you mean --${guess}?` : ''}\nSee: heed ${command} --help`,
    );
  }
}

/**
 * A number given as an option.
 *
 * @throws UsageError when it is none or outside the bounds.
 */
export function numberOption(
  name: string,
  text: string | undefined,
  { min, max = Number.POSITIVE_INFINITY, integer = false }: { min: number; max?: number; integer?: boolean },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  const fits = text.trim() !== '' && value >= min && value <= max && (!integer || Number.isInteger(value));
  if (fits) return value;
  const bounds = max === Number.POSITIVE_INFINITY ? `from ${min} up` : `from ${min} to ${max}`;
  throw new UsageError(
    `--${name} wants ${integer ? 'a whole number' : 'a number'} ${bounds}, got "${text}".`,
  );
}

/** Takes `-p name value` out of the arguments; the option has two values, which no standard parser knows. */
export function takeParameters(args: readonly string[]): {
  rest: string[];
  parameters: [name: string, value: string][];
} {
  const rest: string[] = [];
  const parameters: [string, string][] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] !== '-p' && args[i] !== '--parameter') {
      rest.push(args[i]!);
      continue;
    }
    const [name, value] = [args[++i], args[++i]];
    if (name === undefined || value === undefined)
      throw new UsageError(`-p wants a name and a value, as in: -p epochs 3`);
    parameters.push([name, value]);
  }
  return { rest, parameters };
}
