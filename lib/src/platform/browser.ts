export const platformName = 'browser';

/** There are no environment variables in a browser. */
export function environment(_name: string): string | undefined {
  return undefined;
}

export function runtimeVersion(): string {
  return 'browser';
}

/** Fetches the file, which must be reachable from the page. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`Cannot read ${path}: the server answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A page cannot see which files a server has. */
export async function listFiles(folder: string): Promise<string[]> {
  throw new Error(`Cannot list ${folder}: a browser page has no folders; fetch the files one by one`);
}

/** The bytes of a file that the page can fetch, piece by piece, unpacked where they begin as gzip does. */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  let packed = false;
  try {
    const response = await fetch(path);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    if (reader === undefined || first === undefined || first.done) return;
    packed = first.value[0] === 0x1f && first.value[1] === 0x8b;
    const whole = startingWith(first.value, reader);
    yield* chunksOf(packed ? whole.pipeThrough(new DecompressionStream('gzip')) : whole);
  } catch (error) {
    throw new Error(
      `Cannot read ${path}${packed ? ' (gzip)' : ''}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

function startingWith(first: Bytes, rest: ReadableStreamDefaultReader<Bytes>): ReadableStream<Bytes> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      const next = await rest.read();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: (reason) => rest.cancel(reason),
  });
}

/** Not every browser can iterate over a stream. */
async function* chunksOf(stream: ReadableStream<Bytes>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

export async function writeBytesAtomically(path: string, _bytes: Uint8Array): Promise<void> {
  throw new Error(
    `Cannot write ${path}: a browser page has no files; use encodeSafetensors and offer the bytes as a download`,
  );
}

/** The engine finds its files beside the script by itself. */
export function wasmFolder(): string | undefined {
  return undefined;
}

/** A page has no such listeners. */
export const withoutErrorListeners = <T>(work: () => Promise<T>): Promise<T> => work();

export function loadNative(): {
  readonly loaded?: string;
  readonly version?: string;
  readonly reason: string;
} {
  return { reason: 'a browser has no native engine' };
}

export function readLibrarySource(path: string): string {
  throw new Error(
    `lib/src/${path} cannot be shown in a browser: sources are read from the installed package in Node`,
  );
}
