import { readFileSync } from 'node:fs';
import { TslabConverter } from './execution/tslab-converter.js';
import { kernelInfoReply } from './handlers/kernel-info.js';
import { Kernel } from './kernel.js';
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
  const connection = await readConnectionFile(connectionFile);
  const converter = new TslabConverter();
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const info = kernelInfoReply({ kernel: version, typescript: converter.typescriptVersion });
  await Kernel.start({ connection, converter, info, folder: process.cwd() });
}
