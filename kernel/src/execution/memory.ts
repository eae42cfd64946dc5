import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect when the heap has grown by this much over what was in use. By itself it waits until there is up to four
 * times as much; each cell leaves some megabytes of the compiler's, which live just long enough to be moved to the old
 * generation, and so a kernel of 120 MB became one of 500. The figure is the one that V8 takes when it is told to save memory;
 * its collections run beside the program, and never inside a cell at our bidding: a forced one stops everything.
 */
const GROWTH_PERCENT = 30;

export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
