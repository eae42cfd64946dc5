import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, KernelClient, type Message, writeConnectionFile } from '../wire/index.js';
import type { KernelSpec } from './kernelspec.js';

/** A kernel that could not be started; the message holds what was tried, what it printed and what to do. */
export class KernelStartError extends Error {
  override name = 'KernelStartError';
}

export interface KernelProcessOptions {
  /** Folder in which the cells run. */
  readonly cwd: string;
  /** Milliseconds until the kernel must answer. A loaded machine needs seconds for the compiler alone. */
  readonly startTimeout?: number;
}

/** Starts with ports of their own before it is given up. */
const START_ATTEMPTS = 3;
const START_TIMEOUT = 60_000;
/** Characters of stderr that are kept: enough for a stack, not for a flood. */
const KEPT_STDERR = 16_384;

const running = new Set<ChildProcess>();
const folders = new Set<string>();
let watching = false;

/** However this process ends, its kernels end with it and their connection files, which hold keys, are removed. */
function watchExit(): void {
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL');
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
}

/** A kernel of our own with a client connected to it. */
export class KernelProcess {
  readonly client: KernelClient;
  /** Content of its kernel_info_reply. */
  readonly info: Record<string, unknown>;
  /** Settles when the process has ended, with how. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #spec: KernelSpec;
  readonly #folder: string;
  readonly #stderr: () => string;

  private constructor(
    parts: Started & { spec: KernelSpec; folder: string; client: KernelClient; info: Message },
  ) {
    this.client = parts.client;
    this.info = parts.info.content;
    this.ended = parts.ended;
    this.#child = parts.child;
    this.#stderr = parts.stderr;
    this.#spec = parts.spec;
    this.#folder = parts.folder;
  }

  /**
   * Starts a kernel and waits until it answers and its published messages arrive.
   *
   * @throws KernelStartError when the program is missing, ends, or does not answer in time.
   */
  static async start(spec: KernelSpec, options: KernelProcessOptions): Promise<KernelProcess> {
    watchExit();
    for (let attempt = 1; ; attempt++) {
      const tried = await tryStart(spec, options);
      if (tried.failure === undefined) return new KernelProcess(tried);
      // A port that was free when it was chosen may be somebody else's by the time the kernel binds it.
      const again = /EADDRINUSE|address already in use/i.test(tried.stderr()) && attempt < START_ATTEMPTS;
      if (!again) throw new KernelStartError(startFailure(spec, tried.failure, tried.stderr()));
    }
  }

  /** The end of what the kernel printed on stderr past the protocol. */
  get stderr(): string {
    return this.#stderr();
  }

  /** Asks the running cell to stop, by message or by signal as the kernel wants it. */
  async interrupt(): Promise<void> {
    if (this.#spec.interruptMode === 'message') await this.client.send('control', 'interrupt_request', {});
    else this.#child.kill('SIGINT');
  }

  /** Asks the kernel to end, ends it if it does not, and removes the connection file. */
  async stop({ patience = 3000 }: { patience?: number } = {}): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await this.client.send('control', 'shutdown_request', { restart: false });
      if (!(await within(this.ended, patience))) await this.kill();
    }
    this.client.close();
    removeFolder(this.#folder);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

async function tryStart(spec: KernelSpec, options: KernelProcessOptions) {
  const timeout = options.startTimeout ?? START_TIMEOUT;
  // mkdtemp makes the folder for its owner alone.
  const folder = mkdtempSync(join(tmpdir(), `heed-run-${process.pid}-`));
  folders.add(folder);
  const file = join(folder, 'connection.json');
  const connection = await createConnection();
  await writeConnectionFile(file, connection);
  const started = spawnKernel(spec, { file, cwd: options.cwd });
  const client = KernelClient.connect(connection);
  try {
    const info = await answers(client, { timeout, ended: started.ended });
    return { ...started, spec, folder, client, info, failure: undefined };
  } catch (error) {
    client.close();
    started.child.kill('SIGKILL');
    removeFolder(folder);
    return { failure: (error as Error).message, stderr: started.stderr };
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  readonly stderr: () => string;
}

function spawnKernel(spec: KernelSpec, { file, cwd }: { file: string; cwd: string }): Started {
  const [program, ...args] = spec.argv.map((part) =>
    part.replaceAll('{connection_file}', file).replaceAll('{resource_dir}', spec.folder ?? ''),
  );
  const child = spawn(program!, args, {
    cwd,
    // JPY_PARENT_PID lets a kernel end by itself should this process be killed.
    env: { ...process.env, ...spec.env, JPY_PARENT_PID: String(process.pid) },
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  running.add(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-KEPT_STDERR);
  });
  const ended = new Promise<string>((done) => {
    child.once('error', (error) => {
      running.delete(child);
      done(`could not be started (${error.message})`);
    });
    child.once('exit', (code, signal) => {
      running.delete(child);
      done(signal ? `was ended by ${signal}` : `ended with exit code ${code}`);
    });
  });
  return { child, ended, stderr: () => stderr };
}

/** Repeats kernel_info until its reply and its idle arrive: a subscription takes effect some time after the connection. */
async function answers(
  client: KernelClient,
  { timeout, ended }: { timeout: number; ended: Promise<string> },
): Promise<Message> {
  const end = performance.now() + timeout;
  const gone = ended.then((how) => {
    throw new Error(`it ${how} before it answered`);
  });
  for (;;) {
    const asked = client.request('shell', 'kernel_info_request', {}, { timeout: 500 }).then(
      ({ reply }) => reply,
      () => undefined,
    );
    const reply = await Promise.race([asked, gone]);
    if (reply) return reply;
    if (performance.now() > end) throw new Error(`it did not answer within ${timeout / 1000} s`);
  }
}

function startFailure(spec: KernelSpec, reason: string, stderr: string): string {
  return [
    `the kernel "${spec.name}" did not start: ${reason}.`,
    `Tried: ${spec.argv.join(' ')}`,
    stderr.trim() ? `It printed:\n${stderr.trim()}` : 'It printed nothing.',
    'Run `heed doctor` to see what is missing, or choose another kernel with --kernel.',
  ].join('\n');
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/** Whether a promise settles within some milliseconds. */
export async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), milliseconds);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
