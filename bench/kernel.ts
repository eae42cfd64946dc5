/**
 * The kernel against tslab and Deno, all in one run and in turns, so that a busy machine slows them alike:
 *
 *     npm run build && node --conditions=heed-source --import tsx bench/kernel.ts [rounds]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ownKernel } from '../kernel/src/run/kernelspec.js';
import {
  createConnection,
  KernelClient,
  type Message,
  writeConnectionFile,
} from '../kernel/src/wire/index.js';
import { denoKernel, installDeno } from './deno.js';

const root = resolve(import.meta.dirname, '..');
const tslab = join(dirname(createRequire(import.meta.url).resolve('tslab/package.json')), 'bin/tslab');

const kernels: Record<string, (file: string) => string[]> = {
  heed: (file) => [process.execPath, join(root, 'kernel/bin/heed-kernel.js'), file],
  tslab: (file) => [process.execPath, tslab, 'kernel', `--config-path=${file}`],
};
const deno = installDeno();
if (deno) kernels.deno = (file) => denoKernel(deno, file);

interface Measured {
  readonly 'start to ready, ms': number;
  readonly 'start to the end of the first cell, ms': number;
  readonly 'later trivial cell, ms': number;
  readonly 'first import of TensorFlow.js, ms': number;
  readonly 'RSS after the first cells, MiB': number;
  readonly 'RSS growth over 500 cells, %': number;
}

/** Resident memory of a process and its children, in MiB; NaN where there is no /proc. */
function memory(child: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function measure(
  command: (file: string) => string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Measured> {
  const connection = await createConnection();
  const file = join(folder, 'connection.json');
  await writeConnectionFile(file, connection);
  const [program, ...args] = command(file);
  const start = performance.now();
  const child = spawn(program!, args, {
    cwd: root,
    stdio: 'ignore',
    // What our kernelspec sets; the others' set nothing.
    env: { ...process.env, ...env, HEED_HISTORY: join(folder, 'history.sqlite') },
  });
  const client = KernelClient.connect(connection);
  // Not until the idle status, as a client should: tslab loses one now and then.
  const run = async (code: string): Promise<number> => {
    const began = performance.now();
    const reply = await new Promise<Message>((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`no reply within a minute to ${code}`)), 60_000);
      const remove = client.listen((channel, message) => {
        if (channel !== 'shell' || message.header.msg_type !== 'execute_reply') return;
        remove();
        clearTimeout(timer);
        done(message);
      });
      void client.send('shell', 'execute_request', { code, stop_on_error: false });
    });
    if (reply.content.status !== 'ok') throw new Error(`${code}: ${JSON.stringify(reply.content)}`);
    return performance.now() - began;
  };
  try {
    for (;;) {
      const asked = client.request('shell', 'kernel_info_request', {}, { timeout: 200 });
      if (
        await asked.then(
          () => true,
          () => false,
        )
      )
        break;
    }
    const ready = performance.now() - start;
    await run('1 + 1');
    const first = performance.now() - start;
    const trivial: number[] = [];
    for (let i = 0; i < 40; i++) trivial.push(await run(`${i} + 1`));
    const before = memory(child);
    const imported = await run("import * as tf from '@tensorflow/tfjs'; tf.version.tfjs");
    const withTensors = memory(child);
    let grown = Number.NaN;
    try {
      for (let i = 0; i < 500; i++) await run(`let name${i % 50} = ${i}; name${i % 50} + 1`);
      grown = (100 * (memory(child) - withTensors)) / withTensors;
    } catch (error) {
      // tslab stops answering now and then.
      console.log(`${args[0]}: ${(error as Error).message}`);
    }
    return {
      'start to ready, ms': ready,
      'start to the end of the first cell, ms': first,
      'later trivial cell, ms': median(trivial),
      'first import of TensorFlow.js, ms': imported,
      'RSS after the first cells, MiB': before,
      'RSS growth over 500 cells, %': grown,
    };
  } finally {
    client.close();
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

const rounds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'heed bench '));
const results: Record<string, Measured[]> = {};
for (let round = 0; round < rounds; round++) {
  for (const [name, command] of Object.entries(kernels)) {
    try {
      results[name] = [
        ...(results[name] ?? []),
        await measure(command, folder, name === 'heed' ? ownKernel().env : {}),
      ];
    } catch (error) {
      // A lost reply spoils one round of one kernel, which is told.
      console.log(`${name}, round ${round + 1}: ${(error as Error).message}`);
    }
  }
}
rmSync(folder, { recursive: true, force: true });
const names = Object.keys(results);
const lines = Object.keys(results.heed![0]!).map((figure) => {
  const values = names.map((name) => median(results[name]!.map((one) => one[figure as keyof Measured])));
  return `| ${figure} | ${values.map((value) => value.toFixed(value < 100 ? 1 : 0)).join(' | ')} |`;
});
console.log(`medians of ${rounds} rounds, Node ${process.versions.node}`);
console.log(
  [`| | ${names.join(' | ')} |`, `|---|${names.map(() => '---:').join('|')}|`, ...lines].join('\n'),
);
if (process.argv[3]) writeFileSync(process.argv[3], JSON.stringify(results, null, 2));
