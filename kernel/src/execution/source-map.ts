import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

/** Where a frame of generated code stands in the source; lines and columns counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** From a place in generated code to the place in the source, if the map knows it. */
export type Locate = (place: Place) => Place | undefined;

/** Reads a source map of version 3. */
export function locator(sourceMap: string): Locate {
  let map: TraceMap | undefined;
  return ({ line, column }) => {
    map ??= new TraceMap(sourceMap);
    const found = originalPositionFor(map, { line, column: Math.max(0, column - 1) });
    return found.line === null ? undefined : { line: found.line, column: found.column + 1 };
  };
}
