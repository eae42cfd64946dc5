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

export async function writeBytesAtomically(path: string, _bytes: Uint8Array): Promise<void> {
  throw new Error(
    `Cannot write ${path}: a browser page has no files; use encodeSafetensors and offer the bytes as a download`,
  );
}

/** The engine finds its files beside the script by itself. */
export function wasmFolder(): string | undefined {
  return undefined;
}

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
