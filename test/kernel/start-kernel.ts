import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Connection,
  createConnection,
  type Exchange,
  KernelClient,
  type Message,
  writeConnectionFile,
} from '../../kernel/src/wire/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = fileURLToPath(new URL('./kernel-program.ts', import.meta.url));

/** A kernel of this working tree in a process of its own, and a client of it. */
export interface TestKernel {
  readonly client: KernelClient;
  readonly process: ChildProcess;
  readonly connection: Connection;
  readonly folder: string;
  /** The kernel's own log so far. */
  log(): string;
  execute(code: string, options?: Record<string, unknown>): Promise<Cell>;
  stop(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into contents of every kind.
type Content = Record<string, any>;

/** What came of an execute_request, sorted. */
export interface Cell {
  readonly reply: Content;
  readonly published: readonly Message[];
  readonly types: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly result: Content | undefined;
  readonly error: Content | undefined;
  readonly displays: readonly Content[];
}

export function sorted({ reply, published }: Exchange): Cell {
  const of = (type: string) => published.filter(({ header }) => header.msg_type === type);
  const text = (name: string) =>
    of('stream')
      .filter(({ content }) => content.name === name)
      .map(({ content }) => content.text)
      .join('');
  return {
    reply: reply.content,
    published,
    types: published.map(({ header }) => header.msg_type),
    stdout: text('stdout'),
    stderr: text('stderr'),
    result: of('execute_result')[0]?.content,
    error: of('error')[0]?.content,
    displays: of('display_data').map(({ content }) => content),
  };
}

/** Lets cells in a folder import the kernel's own package, as in a project that has it installed. */
export async function installKernelPackage(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(modules, { recursive: true });
  await symlink(join(root, 'kernel'), join(modules, 'heed-kernel'), 'junction');
}

/** Starts a kernel in `folder`, or in a new folder that is removed at the end. */
export async function startTestKernel(
  options: { readonly folder?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<TestKernel> {
  const own = await mkdtemp(join(tmpdir(), 'heed kernel '));
  const folder = options.folder ?? own;
  const connection = await createConnection();
  const file = join(own, 'connection.json');
  await writeConnectionFile(file, connection);
  const tsx = import.meta.resolve('tsx');
  const child = spawn(process.execPath, ['--conditions=heed-source', '--import', tsx, program, file], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TSX_TSCONFIG_PATH: join(root, 'tsconfig.base.json'),
      HEED_HISTORY: 'none',
      ...options.env,
    },
  });
  let log = '';
  child.stdout!.on('data', (data) => (log += data));
  child.stderr!.on('data', (data) => (log += data));
  const exited = once(child, 'exit');
  const client = KernelClient.connect(connection);
  const early = exited.then(([code]) => {
    throw new Error(`the kernel ended with ${code} before it answered: ${log}`);
  });
  early.catch(() => undefined);
  await Promise.race([client.ready(60_000), early]);
  return {
    client,
    process: child,
    connection,
    folder,
    log: () => log,
    execute: async (code, more = {}) =>
      sorted(await client.request('shell', 'execute_request', { code, ...more }, { timeout: 30_000 })),
    stop: async () => {
      client.close();
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
      await rm(own, { recursive: true, force: true });
    },
  };
}
