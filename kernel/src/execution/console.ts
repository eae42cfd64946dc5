import type { StreamName } from './outputs.js';

/** Where a write belongs: to a cell, or nowhere. */
export interface StreamSink {
  write(name: StreamName, text: string): void;
}

/** What TensorFlow.js says at its start about itself: of no use to a reader, and on stderr a test would count it as a failure. */
const ENGINE_NOTICES = [
  /looks like you are running TensorFlow\.js in Node\.js/i,
  /backend was already registered/i,
  /kernel '.*' for backend '.*' is already registered/i,
  /Platform .* has already been set/i,
  /^Could not find a global fetch/i,
];

/** Writes to the kernel's own log: the stderr of its process. */
export type Log = (line: string) => void;

/**
 * Turns `process.stdout`, `process.stderr` and the console to the cell that writes. Notices of the numeric engine go to
 * the log, its other warnings to stdout.
 */
export function redirectStreams(sinkOf: () => StreamSink | undefined): Log {
  const writeError = process.stderr.write.bind(process.stderr);
  const log: Log = (line) => {
    writeError(`${line}\n`);
  };
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new TextDecoder();
    const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const text =
        typeof chunk === 'string'
          ? typeof encoding === 'string' && encoding !== 'utf8' && encoding !== 'utf-8'
            ? Buffer.from(chunk, encoding as BufferEncoding).toString()
            : chunk
          : decoder.decode(chunk, { stream: true });
      const sink = sinkOf();
      if (sink) sink.write(name, text);
      else writeError(text);
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') process.nextTick(callback as () => void);
      return true;
    };
    process[name].write = write as typeof process.stdout.write;
  }
  const { console } = globalThis;
  for (const method of ['log', 'info', 'debug', 'warn', 'error', 'trace', 'table', 'dir'] as const) {
    const original = console[method].bind(console) as (...values: unknown[]) => void;
    const wrapped = (...values: unknown[]) => {
      if (
        typeof values[0] === 'string' &&
        ENGINE_NOTICES.some((notice) => notice.test(values[0] as string))
      ) {
        log(values[0].trim());
        return;
      }
      // A write that is refused because its cell was stopped has to reach the loop that writes;
      // the console itself swallows what its stream throws.
      sinkOf()?.write('stdout', '');
      if (method === 'warn' && fromEngine()) console.log(...values);
      else original(...values);
    };
    Object.defineProperty(wrapped, 'name', { value: method });
    console[method] = wrapped as never;
  }
  return log;
}

function fromEngine(): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 8;
  const stack = new Error('where').stack ?? '';
  Error.stackTraceLimit = stackTraceLimit;
  const frame = stack.split('\n')[1] ?? '';
  return /node_modules[\\/]@tensorflow[\\/]/.test(frame);
}
