/*
 * One engine in a process of its own, since what mends an engine stays in the process. Reads requests and writes answers as lines of
 * JSON, like the workers in Python:
 *
 *     -> { "work": "lstm-step", "shape": [32, 20, 32, 64], "form": "fused" }
 *     <- { "ms": 1.9 }, or { "ms": null } where there is no such form
 */
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths, version_wasm as wasmVersion } from '@tensorflow/tfjs-backend-wasm';
import { type BackendName, describeBackend, type EngineLevel, limitEngine, useBackend } from 'heed';
import { tensorflowVersion } from '../lib/src/backend/native/index.js';
import { loadNative, wasmFolder } from '../lib/src/platform/node.js';
import { works } from './works/index.js';
import { type Form, ourForms } from './works/work.js';

/** Shortest time over which a step is averaged, in milliseconds. */
const STRETCH = 150;

async function stock(backend: BackendName): Promise<string> {
  limitEngine('reference');
  if (backend === 'native') {
    const { loaded, reason } = loadNative();
    if (loaded === undefined) throw new Error(reason);
  }
  setWasmPaths(wasmFolder()!);
  await tf.setBackend(backend === 'native' ? 'tensorflow' : backend);
  const versions = {
    native: `TensorFlow ${backend === 'native' ? tensorflowVersion() : ''}`,
    wasm: `wasm ${wasmVersion}`,
    cpu: 'cpu',
  };
  return `tfjs ${tf.version_core}, ${versions[backend]}, Node ${process.versions.node}, nothing mended`;
}

async function ours(backend: BackendName): Promise<string> {
  await useBackend(backend);
  return describeBackend().line;
}

interface Request {
  readonly work: string;
  readonly shape: readonly number[];
  readonly form: Form;
}

let current = '';
let prepared = new Map<Form, (() => void) | undefined>();

/** The step of a request, warmed up; what an earlier work left is freed. */
function stepOf({ work: name, shape, form }: Request): (() => void) | undefined {
  const key = `${name} ${shape}`;
  if (key !== current) {
    if (current !== '') tf.engine().endScope();
    tf.disposeVariables();
    tf.engine().startScope();
    current = key;
    prepared = new Map();
  }
  if (!prepared.has(form)) {
    const work = works.find((candidate) => candidate.name === name);
    if (work === undefined) throw new Error(`unknown work "${name}"`);
    const step = work.start(form, shape);
    step?.();
    prepared.set(form, step);
  }
  return prepared.get(form);
}

function measure(request: Request): number | null {
  if (ourForms.includes(request.form)) limitEngine(request.form as EngineLevel);
  const step = stepOf(request);
  if (step === undefined) return null;
  const begin = performance.now();
  let count = 0;
  do {
    step();
    count++;
  } while (performance.now() - begin < STRETCH);
  return (performance.now() - begin) / count;
}

const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

const [whose, backend] = process.argv.slice(2) as ['ours' | 'stock', BackendName];
try {
  const version = await (whose === 'ours' ? ours : stock)(backend);
  tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync());
  answer({ ready: version, rss: process.memoryUsage().rss });
} catch (error) {
  answer({ missing: error instanceof Error ? error.message : String(error) });
  process.exit(0);
}
for await (const line of createInterface({ input: process.stdin })) {
  try {
    answer({ ms: measure(JSON.parse(line) as Request), rss: process.memoryUsage().rss });
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) });
  }
}
