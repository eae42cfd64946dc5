import { decode, encode } from '@jridgewell/sourcemap-codec';

/** What moves between TypeScript's own output and what is handed out. */
export interface Shift {
  /** Lines put before the generated code. */
  readonly generated: number;
  /** Lines that stood before the source when it was compiled; what maps to them is dropped. */
  readonly source: number;
  /** The name of the source in the map. */
  readonly name: string;
  readonly content: string;
}

/** A version 3 map, moved. */
export function shiftMap(json: string, shift: Shift): string {
  const map = JSON.parse(json) as { mappings: string; names: string[] };
  const lines = decode(map.mappings).map((segments) =>
    segments.filter((segment) => segment.length === 1 || segment[2] >= shift.source),
  );
  for (const segments of lines)
    for (const segment of segments) if (segment.length !== 1) segment[2] -= shift.source;
  return JSON.stringify({
    version: 3,
    sources: [shift.name],
    sourcesContent: [shift.content],
    names: map.names,
    mappings: ';'.repeat(shift.generated) + encode(lines),
  });
}
