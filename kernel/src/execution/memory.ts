import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Garbage that is left lying: a share of what lives, and a part that a small heap may have besides, in bytes. */
const SHARE = 0.25;
const BASE = 16 * 2 ** 20;

/**
 * Collects the compiler's garbage between cells. V8 alone lets the heap grow to several times what lives, and gives
 * pages back late, so that many small cells would double the memory of a kernel that keeps nothing.
 */
export class Collector {
  #collect: (() => void) | undefined;
  #limit = 0;

  /** To be called when a cell has ended and its reply is sent. */
  afterCell(): void {
    if (getHeapStatistics().used_heap_size < this.#limit) return;
    this.#collect ??= exposedCollector();
    this.#collect();
    this.#limit = getHeapStatistics().used_heap_size * (1 + SHARE) + BASE;
  }
}

function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Cells see the globals of a plain Node.
  setFlagsFromString('--no-expose-gc');
  return collect;
}
