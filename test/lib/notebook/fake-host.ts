import { HOST, type Host } from '../../../lib/src/notebook/host.js';

type Shown = Parameters<Host['display']>;

/** A kernel's host that remembers what it was asked to show. Installed at once; `clear` puts it back empty. */
export function fakeHost(signal?: AbortSignal) {
  const shown: Shown[] = [];
  const globals = globalThis as { [HOST]?: Host };
  const install = (): void => {
    globals[HOST] = { display: (...call) => void shown.push(call), signal: () => signal };
  };
  install();
  return {
    shown,
    bundles: () => shown.map(([bundle]) => bundle),
    clear: () => {
      shown.length = 0;
      install();
    },
    remove: () => {
      delete globals[HOST];
    },
  };
}
