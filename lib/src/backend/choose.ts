import * as tf from '@tensorflow/tfjs';
import { setWasmPaths, version_wasm as wasmVersion } from '@tensorflow/tfjs-backend-wasm';
import { environment, loadNative, runtimeVersion, wasmFolder, withoutErrorListeners } from '#platform';
import { loadFused } from './fused/index.js';
import { mendGradients, mendWasm } from './mend/index.js';
import { nativeFused, tensorflowVersion } from './native/index.js';

/** The engines under the library: TensorFlow's own library, WebAssembly, plain JavaScript. */
export type BackendName = 'native' | 'wasm' | 'cpu';

const names: readonly BackendName[] = ['native', 'wasm', 'cpu'];
/** What TensorFlow.js calls them. */
const registered: Record<BackendName, string> = { native: 'tensorflow', wasm: 'wasm', cpu: 'cpu' };

export interface BackendDescription {
  /** `native`, `wasm`, `cpu`, or the name of a backend that somebody else set. */
  readonly backend: string;
  /** Why this one, what is mended: whole sentences. */
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  /** All of it in one line. */
  readonly line: string;
}

let notes: string[] = [];

/**
 * Chooses the engine: the named one, else the one in the environment variable `HEED_BACKEND`, else the fastest that loads
 * (native, wasm, cpu in this order).
 *
 * @returns the name of the engine in use
 * @throws for an unknown name, and for a named engine that does not load (with the reason)
 */
export async function useBackend(name?: BackendName): Promise<BackendName> {
  const asked = name ?? environment('HEED_BACKEND');
  if (asked !== undefined && !names.includes(asked as BackendName)) {
    const origin = name === undefined ? ' (from HEED_BACKEND)' : '';
    throw new Error(`Unknown backend "${asked}"${origin}: known are ${names.join(', ')}`);
  }
  const found: string[] = [];
  for (const candidate of asked === undefined ? names : [asked as BackendName]) {
    const failure = await start(candidate);
    if (failure === undefined) {
      mendGradients();
      notes = [...found, ...engineNotes[candidate]()];
      return candidate;
    }
    if (asked !== undefined)
      throw new Error(`The backend "${candidate}" cannot be used: ${failure}. Known are ${names.join(', ')}`);
    found.push(`${candidate}: ${failure}`);
  }
  throw new Error(`No backend can be used: ${found.join('; ')}`);
}

/** The engine in use, what was passed over and why, and the versions that a report of a result should name. */
export function describeBackend(): BackendDescription {
  const current = tf.getBackend();
  const backend = names.find((name) => registered[name] === current) ?? current ?? 'none';
  const versions: Record<string, string> = { tfjs: tf.version_core, runtime: runtimeVersion() };
  if (backend === 'wasm') versions.wasm = wasmVersion;
  if (backend === 'native') versions.tensorflow = tensorflowVersion() ?? 'unknown';
  const facts = Object.entries(versions).map(([what, version]) =>
    what === 'runtime' ? version : `${what} ${version}`,
  );
  const line = `backend ${backend} (${facts.join(', ')})${notes.length > 0 ? `; ${notes.join('; ')}` : ''}`;
  return { backend, notes, versions, line };
}

/** What is done to an engine once it runs, as notes. */
const engineNotes: Record<BackendName, () => string[]> = {
  native: () => [nativeNote()],
  wasm: () => [mendNote(), fusedNote()],
  cpu: () => [],
};

/** Tries TensorFlow's own whole-sequence operations, or says why not. */
function nativeNote(): string {
  const { available, reason } = nativeFused();
  return available ? "TensorFlow's own LSTM in use" : (reason ?? "TensorFlow's own LSTM is not used");
}

/** Repairs the kernels of the wasm engine and says how many. */
function mendNote(): string {
  const mends = mendWasm();
  const failed = mends.filter(({ active }) => !active).flatMap(({ kernels }) => kernels);
  const mended = mends.filter(({ active }) => active).flatMap(({ kernels }) => kernels);
  return `${mended.length} kernels mended${failed.length > 0 ? `, left as they were: ${failed.join(', ')}` : ''}`;
}

/** Puts the fused kernels in place, or says why not. */
function fusedNote(): string {
  const { available, reason } = loadFused();
  return available ? 'fused kernels in use' : (reason ?? 'no fused kernels');
}

/** Starts one engine; returns why it cannot be used, or undefined. */
async function start(name: BackendName): Promise<string | undefined> {
  if (name === 'native' && tf.findBackend('tensorflow') === null) {
    const { loaded, reason } = loadNative();
    if (loaded === undefined) return reason;
    if (tf.findBackend('tensorflow') === null) {
      return `${loaded} brings a TensorFlow.js core of its own, beside the library's`;
    }
  }
  try {
    const folder = wasmFolder();
    if (name === 'wasm' && folder !== undefined && tf.getBackend() !== 'wasm') setWasmPaths(folder);
    const started = await withoutErrorListeners(() => tf.setBackend(registered[name]));
    if (!started) return 'TensorFlow.js could not start it';
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
  if (name === 'cpu') {
    // The engine greets with an advertisement on its first use.
    (tf.backend() as unknown as { firstUse?: boolean }).firstUse = false;
  }
  return undefined;
}
