import { randomBytes } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

export const platformName = 'node';

const require = createRequire(import.meta.url);

/** An environment variable; undefined where it is not set or empty. */
export function environment(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** Version of the runtime, for reports. */
export function runtimeVersion(): string {
  return `Node ${process.versions.node}`;
}

/** @throws naming the file where it cannot be read */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`Cannot read ${path}: ${reason(error)}`);
  }
}

/** Names of the files of a folder. @throws naming the folder where it cannot be read */
export async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    throw new Error(`Cannot read the folder ${folder}: ${reason(error)}`);
  }
}

/**
 * The bytes of a file, piece by piece, unpacked where they begin as gzip does: the name need not say it.
 *
 * @throws naming the file where it cannot be read, or its gzip data are damaged or end too early
 */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  let packed = false;
  try {
    const chunks: AsyncIterator<Uint8Array> = file[Symbol.asyncIterator]();
    const first = await chunks.next();
    if (first.done) return;
    packed = first.value[0] === 0x1f && first.value[1] === 0x8b;
    const whole = startingWith(first.value, chunks);
    // Errors of the source reach the reader through the unpacker, which pipeline destroys with them.
    yield* packed ? pipeline(Readable.from(whole), createGunzip(), () => {}) : whole;
  } catch (error) {
    throw new Error(`Cannot read ${path}${packed ? ' (gzip)' : ''}: ${reason(error)}`);
  } finally {
    file.destroy();
  }
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Writes a neighbour of the file first and renames it, so that the old file stays whole until the new one is. */
export async function writeBytesAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw new Error(`Cannot write ${path}: ${reason(error)}`);
  }
}

/** The text of a source file of this library, by its path below `src`. @throws naming the file where there is none */
export function readLibrarySource(path: string): string {
  // Compiled or not, this file lies two folders below the package, and sources are published beside it.
  const file = new URL(`../../src/${path}`, import.meta.url);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`There is no lib/src/${path}: ${reason(error)}`);
  }
}

/** Folder of the WebAssembly files of the engine, with a separator at its end. */
export function wasmFolder(): string | undefined {
  return dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm')) + sep;
}

/**
 * Runs what listens to the errors of the whole process, as Emscripten's loader of the wasm engine does, and takes its listeners away
 * again. It throws each error once more from its own code: a line of 30,000 characters stands before the message, and a process
 * that has a listener of its own, such as a kernel, ends all the same.
 */
export async function withoutErrorListeners<T>(work: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.rawListeners(event)));
  try {
    return await work();
  } finally {
    events.forEach((event, n) => {
      for (const listener of process.rawListeners(event)) {
        // By its text as well: somebody else may begin to listen in the meantime.
        const theirs = !before[n]!.has(listener) && /ExitStatus|throw reason/.test(String(listener));
        if (theirs) process.removeListener(event, listener as () => void);
      }
    });
  }
}

/**
 * Loads the native engine where one is installed; it registers itself as the backend `tensorflow`.
 *
 * @returns the package that was loaded, or why none was
 */
export function loadNative(): {
  readonly loaded?: string;
  readonly version?: string;
  readonly reason: string;
} {
  // Called by nearly every kernel of the native package; the first was removed from Node 23, the second warns since Node 22.
  const util = require('node:util') as { isNullOrUndefined: unknown; isArray: unknown };
  util.isNullOrUndefined = (value: unknown) => value == null;
  util.isArray = Array.isArray;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const reasons: string[] = [];
  for (const name of ['tfjs-native', '@tensorflow/tfjs-node']) {
    try {
      const manifest = require(join(name, 'package.json')) as { name: string; version: string };
      // Under either name another package can lie: an alias that stands in for the native one.
      if (manifest.name !== '@tensorflow/tfjs-node') continue;
      require(name);
      return { loaded: name, version: manifest.version, reason: '' };
    } catch (error) {
      const missing =
        (error as { code?: string }).code === 'MODULE_NOT_FOUND' && !reason(error).includes('.node');
      if (!missing) reasons.push(`${name} does not load: ${reason(error)}`);
    }
  }
  return { reason: reasons.join('; ') || 'the native package is not installed' };
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
