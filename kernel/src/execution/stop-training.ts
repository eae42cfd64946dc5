import { createRequire } from 'node:module';

/** What is touched of a model of TensorFlow.js. */
interface Model {
  stopTraining: boolean;
  isTraining: boolean;
}
type Fit = (this: Model, ...values: unknown[]) => Promise<unknown>;

const layersModule = /[\\/]tfjs-layers[\\/]dist[\\/]tf-layers\.node\.js$/;
const patched = new WeakSet<object>();
/** Models whose training was left in the middle because its cell was stopped. */
const abandoned = new WeakSet<Model>();
let seen = 0;

/**
 * Lets the Stop button reach `fit` and `fitDataset` of every copy of TensorFlow.js that is loaded: the model's own
 * `stopTraining` is set when the signal of the cell that trains is aborted, so that the loop ends with its batch.
 */
export function makeTrainingStoppable(cellSignal: () => AbortSignal | undefined): void {
  const { cache } = createRequire(import.meta.url);
  const paths = Object.keys(cache);
  if (paths.length === seen) return;
  seen = paths.length;
  for (const path of paths.filter((known) => layersModule.test(known))) {
    const prototype = cache[path]?.exports?.LayersModel?.prototype as Record<string, Fit> | undefined;
    if (!prototype || patched.has(prototype)) continue;
    patched.add(prototype);
    for (const name of ['fit', 'fitDataset']) {
      const fit = prototype[name];
      if (typeof fit === 'function') prototype[name] = stoppable(fit, cellSignal);
    }
  }
}

function stoppable(fit: Fit, cellSignal: () => AbortSignal | undefined): Fit {
  return async function (this: Model, ...values) {
    const signal = cellSignal();
    if (!signal) return fit.apply(this, values);
    signal.throwIfAborted();
    // Code that was terminated could not say that it trains no more.
    if (abandoned.delete(this)) this.isTraining = false;
    const stop = () => {
      abandoned.add(this);
      this.stopTraining = true;
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await fit.apply(this, values);
    } finally {
      abandoned.delete(this);
      signal.removeEventListener('abort', stop);
    }
  };
}

interface TapeNode {
  readonly saved?: readonly { dispose(): void }[];
}

interface Engine {
  endScope(): void;
  readonly state: {
    readonly scopeStack: readonly unknown[];
    activeScope: unknown;
    gradientDepth: number;
    kernelDepth: number;
    activeTape: readonly TapeNode[] | null;
  };
}

/**
 * After code was terminated in the middle of a `tidy` or a gradient: ends what it had begun, which disposes its tensors;
 * otherwise TensorFlow.js would record every later operation.
 */
export function leaveTensorScopes(): void {
  const { _tfengine: engine } = globalThis as { _tfengine?: Engine };
  if (!engine?.state?.scopeStack) return;
  // Bounded, so that an engine of another make cannot hold the kernel.
  for (let left = engine.state.scopeStack.length; left > 0; left--) {
    // The two go together, but for code that was terminated between them.
    engine.state.activeScope = engine.state.scopeStack.at(-1);
    engine.endScope();
  }
  engine.state.activeScope = null;
  // What a gradient keeps for its way back belongs to no scope.
  for (const { saved = [] } of engine.state.activeTape ?? []) for (const tensor of saved) tensor.dispose();
  engine.state.gradientDepth = 0;
  engine.state.kernelDepth = 0;
  engine.state.activeTape = null;
}
