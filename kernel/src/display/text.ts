import { inspect, types } from 'node:util';
import { describeFrame, isFrameLike } from './frame.js';
import { limitText, reasonOf } from './mime.js';
import { describeTensor, isTensorLike } from './tensor.js';

/**
 * Any value as plain text, as `util.inspect` writes it, without colours.
 *
 * Numbers are plain (`0.5`), so that graders can read them; long lists, deep objects and long strings are cut
 * with a note. Never throws: a getter that does is shown with its reason.
 */
export function plainText(value: unknown): string {
  try {
    if (types.isNativeError(value)) return limitText(errorText(value));
    return limitText(
      inspect(withSummaries(value), {
        colors: false,
        depth: 4,
        maxArrayLength: 200,
        maxStringLength: 50_000,
        breakLength: 100,
      }),
    );
  } catch (thrown) {
    return `[a value that cannot be shown: ${reasonOf(thrown)}]`;
  }
}

/**
 * An error that is shown as a value (not thrown): name, message, causes, own fields. The stack is left out: in
 * a cell it holds the kernel's own files, and a saved notebook must not tell where it was made.
 */
export function errorText(error: Error): string {
  const lines = [reasonOf(error)];
  const fields = Object.entries(error).filter(
    ([key]) => key !== 'name' && key !== 'message' && key !== 'stack',
  );
  for (const [key, value] of fields)
    lines.push(`  ${key}: ${inspect(withSummaries(value), { depth: 1, maxArrayLength: 20 })}`);
  const inner = error instanceof AggregateError || 'errors' in error ? (error as AggregateError).errors : [];
  if (Array.isArray(inner) && !('errors' in Object.fromEntries(fields))) {
    for (const one of inner.slice(0, 10)) lines.push(`  - ${reasonOf(one)}`);
  }
  for (let cause = error.cause, level = 0; cause !== undefined && level < 5; level++) {
    lines.push(`  caused by ${reasonOf(cause)}`);
    cause = typeof cause === 'object' && cause !== null ? (cause as Error).cause : undefined;
  }
  return lines.join('\n');
}

const deepest = 4;
const longestList = 200;

/**
 * The value with every tensor and frame inside plain lists and objects replaced by one line about it: a tree of
 * parameters is read by its shapes, not by the fields that an engine keeps in a tensor.
 */
function withSummaries(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > deepest || types.isProxy(value)) return value;
  const line = isTensorLike(value)
    ? describeTensor(value)
    : isFrameLike(value)
      ? describeFrame(value)
      : undefined;
  if (line !== undefined) return { [inspect.custom]: () => `[${line}]` };
  if (Array.isArray(value)) {
    if (value.length > longestList) return value;
    const list = value.map((item) => withSummaries(item, depth + 1));
    return list.every((item, at) => item === value[at]) ? value : list;
  }
  if (Object.getPrototypeOf(Object.getPrototypeOf(value) ?? {}) !== null) return value;
  const entries = Object.entries(Object.getOwnPropertyDescriptors(value));
  if (entries.length > longestList || entries.some(([, { get, enumerable }]) => get || !enumerable))
    return value;
  const fields = entries.map(
    ([key, { value: item }]) => [key, item, withSummaries(item, depth + 1)] as const,
  );
  if (fields.every(([, item, summary]) => item === summary)) return value;
  return Object.fromEntries(fields.map(([key, , summary]) => [key, summary]));
}
