import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Form, ourForms, stockForms } from './works/work.js';

/** An engine as a process, and the ways in which it can do a work. */
export interface PeerPlan {
  readonly name: string;
  readonly ours: boolean;
  readonly forms: readonly Form[];
  /** takes minutes for all but the smallest shape of a work */
  readonly slow: boolean;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Every engine that is asked, ours first; which of them is there is found out by starting them. */
export function peerPlans(python: string | undefined): PeerPlan[] {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const node = [process.execPath, '--conditions=heed-source', '--import', 'tsx', file('worker.ts')];
  const plan = (whose: 'ours' | 'stock', backend: string, name: string): PeerPlan => ({
    name,
    ours: whose === 'ours',
    forms: whose === 'ours' ? ourForms : stockForms,
    slow: backend === 'cpu',
    command: [...node, whose, backend],
    environment: { TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  const inPython = (name: string, worker: string, threads: number): PeerPlan => ({
    name: `${name}, ${threads} thread${threads > 1 ? 's' : ''}`,
    ours: false,
    forms: ['layers'],
    slow: false,
    command: [python!, file(`peers/${worker}`), String(threads)],
    environment: {
      OMP_NUM_THREADS: String(threads),
      MKL_NUM_THREADS: String(threads),
      TF_CPP_MIN_LOG_LEVEL: '3',
    },
  });
  const cores = availableParallelism();
  return [
    plan('ours', 'wasm', 'wasm'),
    plan('ours', 'native', 'native'),
    plan('ours', 'cpu', 'cpu'),
    plan('stock', 'wasm', 'tfjs-wasm'),
    plan('stock', 'cpu', 'tfjs-cpu'),
    plan('stock', 'native', 'tfjs-node'),
    ...(python === undefined
      ? []
      : [
          inPython('PyTorch', 'torch_worker.py', 1),
          ...(cores > 1 ? [inPython('PyTorch', 'torch_worker.py', cores)] : []),
          inPython('Keras', 'keras_worker.py', cores),
        ]),
  ];
}

/** What a started engine said of itself. */
export interface Peer {
  readonly plan: PeerPlan;
  readonly version: string;
  /** from the start of the process to its first product */
  readonly startMilliseconds: number;
  /** resident memory after the first product, in bytes */
  readonly startRss: number;
  /** the largest resident memory seen after a step, in bytes */
  peakRss(): number;
  /** one stretch of steps; null where the engine has no such work */
  time(work: string, shape: readonly number[], form: Form): Promise<number | null>;
  stop(): void;
}

type Answer = {
  ready?: string;
  missing?: string;
  error?: string;
  ms?: number | null;
  rss?: number;
};

/** @returns the running engine, or why it cannot be measured */
export async function startPeer(plan: PeerPlan): Promise<Peer | string> {
  const began = performance.now();
  const [command, ...args] = plan.command as [string, ...string[]];
  const child: ChildProcess = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...plan.environment },
  });
  let noise = '';
  child.stderr!.on('data', (chunk) => {
    noise = `${noise}${chunk}`.slice(-2000);
  });
  // A process that dies while it is written to is told by the end of its answers.
  child.stdin!.on('error', () => {});
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const answer = async (): Promise<Answer> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) return { error: noise.trim().split('\n').at(-1) || 'the process ended' };
      // Engines greet on the same stream.
      if (value.startsWith('{')) return JSON.parse(value) as Answer;
    }
  };
  const failed = once(child, 'error').then(([error]) => ({ error: String(error) }) as Answer);
  const first = await Promise.race([answer(), failed]);
  const startMilliseconds = performance.now() - began;
  if (first.ready === undefined) {
    child.kill();
    return first.missing ?? first.error ?? 'it did not start';
  }
  let peak = first.rss ?? 0;
  return {
    plan,
    version: first.ready,
    startMilliseconds,
    startRss: first.rss ?? 0,
    peakRss: () => peak,
    stop: () => void child.kill(),
    time: async (work, shape, form) => {
      child.stdin!.write(`${JSON.stringify({ work, shape, form })}\n`);
      const { ms, error, rss } = await answer();
      if (error !== undefined) throw new Error(`${plan.name}, ${form}, ${work} ${shape}: ${error}`);
      peak = Math.max(peak, rss ?? 0);
      return ms ?? null;
    },
  };
}
