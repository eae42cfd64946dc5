import { decodedMappings, encodedMap, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

const INLINE = /\n?\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)/g;

/** Where a frame of generated code stands in the source; lines and columns counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** From a place in generated code to the place in the source, if the map knows it. */
export type Locate = (place: Place) => Place | undefined;

/**
 * Takes the source maps out of code that went through several steps, each of which appended its map as a comment,
 * and makes one map of them, from `code` to the first source. `skippedLines` lines were put before that source.
 */
export function composeInlineMaps(
  text: string,
  { skippedLines }: { readonly skippedLines: number },
): { readonly code: string; readonly sourceMap?: string } {
  const code = text.replace(INLINE, '');
  const maps = [...text.matchAll(INLINE)].map(
    ([, data]) => new TraceMap(Buffer.from(data!, 'base64').toString('utf8')),
  );
  const [first, ...later] = maps;
  const last = maps.at(-1);
  if (!first || !last) return { code };
  type Segment = [column: number, source: number, line: number, sourceColumn: number];
  const mappings = decodedMappings(last).map((segments) =>
    segments.flatMap((segment): Segment[] => {
      if (segment.length === 1) return [];
      let [column, , line, sourceColumn] = segment as unknown as Segment;
      for (const map of [first, ...later.slice(0, -1)].slice(0, maps.length - 1).reverse()) {
        const found = originalPositionFor(map, { line: line + 1, column: sourceColumn });
        if (found.line === null) return [];
        line = found.line - 1;
        sourceColumn = found.column;
      }
      line -= skippedLines;
      return line < 0 ? [] : [[column, 0, line, sourceColumn]];
    }),
  );
  const composed = new TraceMap({ version: 3, sources: first.sources as string[], names: [], mappings });
  return { code, sourceMap: JSON.stringify(encodedMap(composed)) };
}

/** Reads a source map of version 3. */
export function locator(sourceMap: string): Locate {
  const map = new TraceMap(sourceMap);
  return ({ line, column }) => {
    const found = originalPositionFor(map, { line, column: Math.max(0, column - 1) });
    return found.line === null ? undefined : { line: found.line, column: found.column + 1 };
  };
}
