/**
 * What a kernel does at the wire, for ours, for stock tslab and, if asked for, for Deno, as the table of docs/kernel.md.
 * Each check has a kernel of its own:
 *
 *     npm run build && node --conditions=heed-source --import tsx bench/conformance.ts [heed|tslab|deno ...]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findKernel } from '../kernel/src/run/kernelspec.js';
import {
  createConnection,
  KernelClient,
  type Message,
  writeConnectionFile,
} from '../kernel/src/wire/index.js';
import { checks } from './conformance-checks.js';
import { denoKernel, installDeno } from './deno.js';

/** A kernel under examination, and what a check does with it. */
export class Examined {
  constructor(
    readonly client: KernelClient,
    readonly folder: string,
    readonly child: ReturnType<typeof spawn>,
  ) {}

  /** Runs a cell; resolves with its reply and what was published for it until 300 ms after the reply. */
  run(code: string, more: Record<string, unknown> = {}): Promise<Ran> {
    const ran = this.ask('shell', 'execute_request', { code, stop_on_error: false, ...more });
    // A check may have ended by another error before it awaits this.
    ran.catch(() => undefined);
    return ran;
  }

  async ask(channel: 'shell' | 'control', type: string, content: Record<string, unknown> = {}): Promise<Ran> {
    const published: Message[] = [];
    let id = '';
    let done!: (reply: Message) => void;
    const replied = new Promise<Message>((resolve) => {
      done = resolve;
    });
    const early: (() => void)[] = [];
    const take = (from: string, message: Message) => {
      if ((message.parent_header as { msg_id?: string }).msg_id !== id) return;
      if (from === 'iopub') published.push(message);
      else if (from === channel) done(message);
    };
    const remove = this.client.listen((from, message) => {
      if (id === '') early.push(() => take(from, message));
      else take(from, message);
    });
    id = (await this.client.send(channel, type, content)).header.msg_id;
    for (const work of early) work();
    const reply = await Promise.race([
      replied,
      sleep(20_000, undefined, { ref: false }).then(() => {
        throw new Error(`no reply to ${type}`);
      }),
    ]);
    await sleep(300);
    remove();
    return { reply: reply.content, header: reply.header, published };
  }

  /** Starts a cell, waits, interrupts it by message, and resolves with the cell and the milliseconds that it took. */
  async interrupt(code: string): Promise<{ cell: Ran; milliseconds: number }> {
    // A compiler that still loads would be measured with it.
    await this.run('1');
    const running = this.run(code);
    await sleep(700);
    const start = performance.now();
    await this.client.send('control', 'interrupt_request', {});
    const cell = await running;
    return { cell, milliseconds: performance.now() - start - 300 };
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: checks look into contents of every kind.
type Content = Record<string, any>;

export interface Ran {
  readonly reply: Content;
  readonly header: Message['header'];
  readonly published: readonly Message[];
}

function commandOf(name: string, connectionFile: string): string[] {
  if (name !== 'deno')
    return findKernel(name).argv.map((part) => part.replaceAll('{connection_file}', connectionFile));
  const program = installDeno();
  if (!program) throw new Error('there is no deno to examine');
  return denoKernel(program, connectionFile);
}

async function examine(name: string, check: (kernel: Examined) => Promise<boolean>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'heed conformance '));
  const connection = await createConnection();
  const file = join(folder, 'connection.json');
  await writeConnectionFile(file, connection);
  const [program, ...args] = commandOf(name, file);
  mkdirSync(join(folder, 'notebooks'));
  const child = spawn(program!, args, {
    cwd: join(folder, 'notebooks'),
    stdio: 'ignore',
    env: { ...process.env, HEED_HISTORY: join(folder, 'history.sqlite') },
  });
  const client = KernelClient.connect(connection);
  try {
    await client.ready(60_000);
    return (await check(new Examined(client, join(folder, 'notebooks'), child))) ? 'pass' : 'fail';
  } catch (error) {
    return `fail: ${(error as Error).message.split('\n')[0]}`;
  } finally {
    client.close();
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

const names = process.argv.length > 2 ? process.argv.slice(2) : ['heed', 'tslab'];
console.log(`| | ${names.join(' | ')} |\n|---|${names.map(() => '---|').join('')}`);
const passed = names.map(() => 0);
for (const [title, check] of Object.entries(checks)) {
  const results: string[] = [];
  for (const [index, name] of names.entries()) {
    const result = await examine(name, check);
    if (result === 'pass') passed[index]! += 1;
    results.push(result);
  }
  console.log(`| ${title} | ${results.join(' | ')} |`);
}
console.log(`| **together, of ${Object.keys(checks).length}** | ${passed.join(' | ')} |`);
