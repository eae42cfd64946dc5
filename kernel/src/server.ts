import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Converter } from './convert/index.js';
import { keepHeapSmall } from './execution/memory.js';
import { kernelInfoReply } from './handlers/kernel-info.js';
import { GLOBAL_DECLARATIONS } from './host.js';
import { Kernel } from './kernel.js';
import { userDataFolder } from './run/kernelspec.js';
import { readConnectionFile } from './wire/connection.js';

export interface StartOptions {
  /** The file in which Jupyter says where the sockets shall be. */
  readonly connectionFile: string;
}

/**
 * Starts the kernel in this process; cells run in the present working directory.
 * @throws Error if the connection file is unusable or a port is taken.
 */
export async function startKernel({ connectionFile }: StartOptions): Promise<void> {
  keepHeapSmall();
  const connection = await readConnectionFile(connectionFile);
  const versionOf = (file: string | URL): string => JSON.parse(readFileSync(file, 'utf8')).version;
  const { resolve } = createRequire(import.meta.url);
  const info = kernelInfoReply({
    kernel: versionOf(new URL('../package.json', import.meta.url)),
    // The compiler takes a second to load, its version nothing.
    typescript: versionOf(resolve('typescript/package.json')),
  });
  const folder = process.cwd();
  const historyFile = process.env.HEED_HISTORY ?? join(userDataFolder(), 'heed', 'history.sqlite');
  await Kernel.start({
    connection,
    info,
    folder,
    createConverter: (shield) => createConverter(folder, shield),
    ...(historyFile === 'none' ? {} : { historyFile }),
  });
}

type Shield = <T>(work: () => T) => T;
// The kernel's own turn of the loop must not be taken for that of a cell.
const { setImmediate: soon } = globalThis;

/** Loads the compiler, after what the sockets have brought so far. */
async function createConverter(folder: string, shield: Shield): Promise<Converter> {
  await new Promise<void>((resolve) => soon(resolve));
  const { createConverter: create, createNodeHost, noDeclarations } = await import('./convert/index.js');
  const converter = create(createNodeHost(folder), { globals: GLOBAL_DECLARATIONS });
  const shielded: Converter = {
    typescriptVersion: converter.typescriptVersion,
    convert: (...values) => shield(() => converter.convert(...values)),
    complete: (...values) => shield(() => converter.complete(...values)),
    inspect: (...values) => shield(() => converter.inspect(...values)),
    isComplete: (...values) => shield(() => converter.isComplete(...values)),
    withoutNames: (...values) => shield(() => converter.withoutNames(...values)),
    close: () => converter.close(),
  };
  // Reads the standard library's types, which the first cell would wait for: readers are slower than that.
  soon(() => shielded.convert('console.log([1].map(String))', noDeclarations));
  return shielded;
}
