import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { Diagnostic } from '../convert/index.js';
import { readableMessage } from '../convert/scope.js';
import type { ErrorContent } from '../wire/messages.js';
import type { Locate } from './source-map.js';

/** What a stopped cell ends with. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Both `src/` and `dist/` of this package: frames from here are the kernel's own. */
const kernelFolder = fileURLToPath(new URL('..', import.meta.url));

/** Writes stacks as a reader of the notebook wants them: places in his own source, no machine paths, no inner frames. */
export class StackWriter {
  readonly #sources = new Map<string, Locate>();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the places of a cell or a local module known. `file` is the name under which it was compiled. */
  add(file: string, locate: Locate): void {
    this.#sources.set(file, locate);
  }

  /** From now on `error.stack` of every error is written by this. */
  install(): void {
    Error.prepareStackTrace = (error, frames) => {
      const lines = frames.flatMap((frame) => this.#frame(frame));
      return [header(error), ...lines.map((line) => `    at ${line}`)].join('\n');
    };
  }

  /** A thrown value as the content of an `error` message. */
  describe(thrown: unknown): ErrorContent {
    if (!isError(thrown)) {
      const evalue = typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 2 });
      return { ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`] };
    }
    const ename = nameOf(thrown);
    const evalue = messageOf(thrown);
    const traceback = [ename + (evalue ? `: ${evalue}` : ''), ...stackLines(thrown)];
    const seen = new Set<unknown>([thrown]);
    let { cause } = thrown;
    while (isError(cause) && !seen.has(cause)) {
      seen.add(cause);
      traceback.push(`Caused by ${nameOf(cause)}: ${messageOf(cause)}`, ...stackLines(cause));
      cause = cause.cause;
    }
    if (thrown instanceof AggregateError) {
      for (const inner of thrown.errors) {
        traceback.push(
          `One of them: ${isError(inner) ? `${nameOf(inner)}: ${messageOf(inner)}` : inspect(inner)}`,
        );
      }
    }
    return { ename, evalue, traceback };
  }

  #frame(frame: NodeJS.CallSite): string[] {
    const file = frame.getFileName() ?? frame.getEvalOrigin() ?? '';
    if (file === '' || file.startsWith('node:') || file.startsWith('evalmachine')) return [];
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    if (path.startsWith(kernelFolder)) return [];
    const generated = { line: frame.getLineNumber() ?? 1, column: frame.getColumnNumber() ?? 1 };
    const locate = this.#sources.get(path);
    const at = locate ? locate(generated) : generated;
    // Code that the conversion added has no place in the source.
    if (!at) return [];
    const place = `${this.#shorten(path)}:${at.line}:${at.column}`;
    const name = frame.isToplevel() || !frame.getTypeName() ? frame.getFunctionName() : methodName(frame);
    const shown = name && !/^(eval|<anonymous>)$/.test(name) ? `${name} (${place})` : place;
    return [frame.isAsync() ? `async ${shown}` : shown];
  }

  #shorten(path: string): string {
    if (!isAbsolute(path)) return path;
    const modules = path.lastIndexOf(`${sep}node_modules${sep}`);
    if (modules >= 0) return path.slice(modules + 1).replaceAll(sep, '/');
    const source = this.#sources.has(path) ? path.replace(/\.js$/, '.ts') : path;
    const short = relative(this.#folder, source).replaceAll(sep, '/');
    // Far from the notebook the way there would tell about the machine.
    return short.startsWith('../../../') ? short.slice(short.lastIndexOf('/') + 1) : short;
  }
}

/** Diagnostics as the content of an `error` message: place, message, the line of the source, a caret under it. */
export function describeDiagnostics(
  diagnostics: readonly Diagnostic[],
  source: string,
  cell: string,
): ErrorContent {
  const lines = source.split('\n');
  const place = ({ file, line, character }: Diagnostic) => `${file ?? cell}:${line}:${character}`;
  const first = diagnostics[0]!;
  // TypeScript numbers the errors of the grammar from 1000 to 1999.
  const ename = diagnostics.some(({ code }) => code >= 1000 && code < 2000)
    ? 'SyntaxError'
    : 'TypeScriptError';
  const evalue = `${place(first)} - TS${first.code}: ${first.message}`;
  const traceback = diagnostics.flatMap((diagnostic) => {
    const { line, character, length, code, message, file } = diagnostic;
    const text = file === undefined ? lines[line - 1] : undefined;
    const head = `${place(diagnostic)} - TS${code}: ${message}`;
    if (text === undefined) return [head];
    const width = Math.max(1, Math.min(length, text.length - character + 1));
    // Tabs stay tabs, so that the caret stands below its place.
    const indent = text.slice(0, character - 1).replace(/[^\t]/g, ' ');
    return [head, `    ${text}`, `    ${indent}${'^'.repeat(width)}`];
  });
  return { ename, evalue, traceback: [`${ename}: nothing of this cell was run`, ...traceback] };
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function nameOf(error: Error): string {
  const { name } = error;
  const own = error.constructor?.name;
  // A class that extends Error without setting a name is still best known by its own.
  return String(name === 'Error' && own && own !== 'Object' ? own : (name ?? 'Error'));
}

function messageOf(error: Error): string {
  // Node adds the chain of files that led to a missing module, as machine paths.
  return readableMessage(String(error.message ?? '').replace(/\nRequire stack:\n(?:- .*\n?)*/, ''));
}

function header(error: Error): string {
  try {
    const message = messageOf(error);
    return message ? `${error.name}: ${message}` : `${error.name}`;
  } catch {
    return 'Error';
  }
}

function stackLines(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  return stack.split('\n').filter((line) => /^\s+at /.test(line));
}

function methodName(frame: NodeJS.CallSite): string | null {
  const name = frame.getFunctionName();
  const type = frame.getTypeName();
  if (frame.isConstructor()) return `new ${name ?? '<anonymous>'}`;
  if (!name) return frame.getMethodName() ? `${type}.${frame.getMethodName()}` : null;
  return type && type !== 'Object' && type !== 'global' && !name.startsWith(`${type}.`)
    ? `${type}.${name}`
    : name;
}
