import { setFlagsFromString } from 'node:v8';

/**
 * How much the heap may grow over what is in use before V8 collects, in per cent. By itself V8 waits until there is up to
 * four times as much. The compiler leaves some megabytes a cell that live just long enough to be moved to the old generation,
 * and so a kernel of 300 MB became one of 600.
 */
const GROWTH_PERCENT = 20;

/** Collections come early: for the compiler, imports, and all that happens between cells. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}

/**
 * V8's own rule, while code of a cell runs: one that keeps hundreds of megabytes of objects in motion takes three times as
 * long under the other. Nothing is ever forced: a collection at our bidding stops everything.
 */
export function letHeapGrow(): void {
  setFlagsFromString('--heap-growing-percent=0');
}
