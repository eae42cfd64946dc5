import ts from 'typescript';
import type { CellSpan } from './diagnostics.js';
import { exportedNames, identifiers, topLevelNames } from './names.js';
import { visibleNames } from './state.js';
import type { Declarations, NameEntry } from './types.js';

/** A cell laid out for the compiler. */
export interface Layout {
  readonly text: string;
  readonly cell: CellSpan;
  readonly declared: ReadonlyMap<string, { value: boolean; type: boolean }>;
  readonly merged: readonly NameEntry[];
  readonly identifiers: ReadonlySet<string>;
}

/**
 * A cell with what it may name of earlier cells on one line before it, and after it an export of all it declares, so that
 * its declarations are written out whole.
 */
export function layOut(
  cellFile: string,
  source: string,
  declarations: Declarations,
  { everyName }: { everyName: boolean },
): Layout {
  const prefix = 'export {};';
  const parsed = ts.createSourceFile(cellFile, prefix + source, ts.ScriptTarget.Latest, true);
  const statements = parsed.statements.slice(1);
  const declared = new Map<string, { value: boolean; type: boolean }>();
  for (const { name, value, type } of topLevelNames(statements)) {
    const before = declared.get(name);
    declared.set(name, { value: value || (before?.value ?? false), type: type || (before?.type ?? false) });
  }
  const used = identifiers(parsed);
  const { header, merged } = visibleNames(declarations, declared, (name) => everyName || used.has(name));
  const exported = exportedNames(statements);
  const footer = [...declared.keys()].filter((name) => !exported.has(name));
  const text = `${header}${source}\n;export { ${footer.join(', ')} };`;
  const cell = { file: cellFile, start: header.length, source };
  return { text, cell, declared, merged, identifiers: used };
}
